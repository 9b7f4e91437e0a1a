"""Write docs/benchmark.md from the figures."""

from collections.abc import Sequence
from pathlib import Path

from bench.measure import Figures, Lines, machine

HEAD = """# How fast Kortisto is

The figures are written by `make bench`, none by hand; a line *Not reached* is added by
whoever publishes them. Each section says which version was measured, and how loaded the
machine was. Times are in milliseconds, one request after another unless the row says
otherwise, on the demo consortium of the scale `{scale}`: {size}.

Machine: {machine}. The disk kept 4 kB in {fsync} ms at the median (`fdatasync`): no
check-out that survives a power cut can be faster than that.
"""
MEASURED = "Measured on {day}, {commit}, {load}."


def write(
    path: Path,
    sections: Sequence[tuple[str, Sequence[Figures | Lines]]],
    *,
    add: bool = False,
    **about: str,
) -> None:
    """A page anew; with ``add`` the sections follow what is there."""
    lines = [HEAD.format(machine=machine(), **about)]
    if add:
        lines = [path.read_text()]
    for title, rows in sections:
        told = [line for row in rows if isinstance(row, Lines) for line in row.lines]
        times = [row for row in rows if isinstance(row, Figures)]
        lines += [f"## {title}", "", MEASURED.format(**about), ""]
        lines += [*(_table(times) if times else ()), *told, ""]
    path.write_text("\n".join(lines).rstrip() + "\n")


def _table(rows: Sequence[Figures]) -> list[str]:
    lines = [
        "| work | p50 | p95 | p99 | a second | statements | MB | must reach | note |",
        "|---|---:|---:|---:|---:|---:|---:|---|---|",
    ]
    for row in rows:
        cells = (
            row.name,
            _number(row.percentile(0.50)),
            _number(row.percentile(0.95)),
            _number(row.percentile(0.99)),
            _number(row.rate),
            "" if row.queries is None else str(row.queries),
            _number(row.memory_mb),
            row.target,
            row.note,
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"

"""``python -m bench [--scale lumme] [--only lending,desk,...] [--add]``.

The data is built once in var/bench-<scale>, or in the database that
KORTISTO_DATABASE_URL names: docs/how-to/measure.md.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.measure import Figures, Lines

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    arguments = parser().parse_args()
    where = "" if "KORTISTO_DATABASE_URL" not in os.environ else "-elsewhere"
    folder = ROOT / "var" / f"bench-{arguments.scale}{where}"
    os.environ.setdefault("KORTISTO_DATA_DIR", str(folder))
    build(arguments.scale)

    from kortisto.interfaces.cli.process import start_django

    start_django()
    from bench.measure import Figures, Lines, fsync_times
    from bench.report import write

    disk = Figures("disk", fsync_times(Path(os.environ["KORTISTO_DATA_DIR"])))
    sections: list[tuple[str, list[Figures | Lines]]] = []
    for title, measure in chosen(arguments.only):
        print(f"{title} ...", flush=True)
        rows: list[Figures | Lines] = []
        for row in measure():
            p50 = row.percentile(0.5) if isinstance(row, Figures) else None
            print(f"  {row.name}: {'' if p50 is None else f'p50 {p50:.2f} ms'}")
            rows.append(row)
        sections.append((title, rows))
    write(
        Path(arguments.output),
        sections,
        scale=arguments.scale,
        size=size(),
        day=datetime.now(UTC).date().isoformat(),
        commit=commit(),
        load=f"loaded {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores",
        fsync=f"{disk.percentile(0.5):.2f}",
        add=arguments.add,
    )
    print(f"Written: {arguments.output}")


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="bench")
    options.add_argument("--scale", default="lumme")
    options.add_argument("--only", default="", help="parts, separated by commas")
    options.add_argument(
        "--add", action="store_true", help="add to the table that is there"
    )
    options.add_argument("--output", default=str(ROOT / "docs" / "benchmark.md"))
    return options


def build(scale: str) -> None:
    """Build the data of the scale, once."""
    command = [str(Path(sys.executable).with_name("kortisto")), "demo"]
    subprocess.run([*command, "--scale", scale, "--no-serve"], check=True)


Measure = Callable[[], "Iterator[Figures] | Iterator[Lines]"]


def chosen(only: str) -> list[tuple[str, Measure]]:
    from django.db import connection

    from bench import (
        doors,
        freshness,
        holds,
        importing,
        lending,
        night,
        patron_page,
        web,
    )
    from bench.replay.report import measure as measure_replay

    parts: dict[str, tuple[str, Measure]] = {
        "lending": (f"Lending on {connection.vendor}", lending.measure),
        "desk": (f"The desk on {connection.vendor}", web.measure_desk),
        "patron": (f"A patron's page on {connection.vendor}", patron_page.measure),
        "holds": (f"Holds on {connection.vendor}", holds.measure),
        "night": (f"The plan of a night on {connection.vendor}", night.measure),
        "replay": ("Two years of holds replayed", measure_replay),
        "public": ("The public site", web.measure_public),
        "import": ("Import", importing.measure),
        "freshness": ("The index", freshness.measure),
        "door": (f"Doors on {connection.vendor}", doors.measure),
        "fines": ("A night's fines", lending.measure_fines),
    }
    names = [name for name in only.split(",") if name] or list(parts)
    return [parts[name] for name in names]


def size() -> str:
    from kortisto.domain.catalogue.models import Item, Record
    from kortisto.domain.circulation.models import Loan
    from kortisto.domain.patrons.models import Patron

    return (
        f"{Record.objects.count():,} titles, {Item.objects.count():,} items, "
        f"{Patron.objects.count():,} patrons, {Loan.objects.count():,} loans"
    )


def commit() -> str:
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    return f"version {done.stdout.strip() or 'unknown'}"


if __name__ == "__main__":
    main()

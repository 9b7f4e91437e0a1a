"""The files of the project, as the tests of its shape read them."""

import ast
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CODE = ROOT / "kortisto"


def modules(*, leaving_out: tuple[str, ...] = ()) -> list[Path]:
    """Modules of ours, without those under a folder (or file) of these names."""
    return [
        path
        for path in sorted(CODE.rglob("*.py"))
        if not {*path.relative_to(CODE).with_suffix("").parts} & {*leaving_out}
    ]


def templates() -> list[Path]:
    return sorted(CODE.rglob("templates/**/*.html"))


def name(path: Path) -> str:
    """How messages call this file."""
    return str(path.relative_to(ROOT))


def faults(
    files: Iterable[Path], look: Callable[[Path], Sequence[object]]
) -> dict[str, Sequence[object]]:
    """What ``look`` found, by file; empty when it found nothing anywhere."""
    return {name(path): found for path in files if (found := look(path))}


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), filename=str(path))


def imports(path: Path) -> Iterator[str]:
    """Full names of every module, or name in a module, that a file imports."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Line and text of each function called: ``(12, "Loan.objects.create")``."""
    for node in _call_nodes(path):
        yield node.lineno, ast.unparse(node.func)


def saves(path: Path) -> Iterator[tuple[int, str]]:
    """Calls of ``save()`` as rows have it: nothing but named arguments."""
    for node in _call_nodes(path):
        called = ast.unparse(node.func)
        if called.endswith(".save") and not node.args:
            yield node.lineno, called


def _call_nodes(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))

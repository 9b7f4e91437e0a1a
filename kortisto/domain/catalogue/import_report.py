"""What an import did: counts for each file, and reasons."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from typing_extensions import override

COUNTED: Final = (
    "read", "added", "changed", "unchanged", "rejected", "repaired",
    "items_added", "items_changed", "items_rejected",
)  # fmt: skip


@dataclass(slots=True)
class Counts:
    """``repaired`` records are among the accepted ones.

    Each record read was added, changed (deleted by its file counts as that),
    unchanged or rejected.
    """

    read: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    repaired: int = 0
    items_added: int = 0
    items_changed: int = 0
    items_rejected: int = 0
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def accepted(self) -> int:
        return self.added + self.changed + self.unchanged

    def add(self, other: Counts) -> None:
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.reasons.update(other.reasons)


@dataclass(slots=True)
class FileReport:
    """``trouble`` says why a file could not be read (to its end)."""

    name: str
    counts: Counts = field(default_factory=Counts)
    trouble: str = ""


@dataclass(slots=True)
class ImportReport:
    """``reject_file`` is the file of reasons, "" when nothing was turned away.

    ``batch_id`` is None for a dry run; ``stopped`` when somebody asked to stop.
    """

    batch_id: int | None
    files: list[FileReport] = field(default_factory=list)
    reject_file: str = ""
    stopped: bool = False
    took: timedelta = timedelta(0)

    @property
    def total(self) -> Counts:
        total = Counts()
        for each in self.files:
            total.add(each.counts)
        return total

    @override
    def __str__(self) -> str:
        """A table for a terminal."""
        width = max([len(each.name) for each in self.files] + [len("Total")])
        rows = [(each.name, each.counts) for each in self.files]
        if len(rows) > 1:
            rows.append(("Total", self.total))
        titles = [name.replace("_", " ") for name in COUNTED]
        sizes = [max(len(title), 9) for title in titles]
        heads = [title.rjust(n) for title, n in zip(titles, sizes, strict=True)]
        lines = [" ".join(["".ljust(width), *heads])]
        for name, counts in rows:
            cells = [
                f"{getattr(counts, column):,}".rjust(n)
                for column, n in zip(COUNTED, sizes, strict=True)
            ]
            lines.append(" ".join([name.ljust(width), *cells]))
        lines += [f"{each.name}: {each.trouble}" for each in self.files if each.trouble]
        reasons = self.total.reasons.most_common()
        if reasons:
            lines += ["", "Reasons and notes:"]
            lines += [f"{times:>9,}  {code}" for code, times in reasons]
        if self.reject_file:
            lines += ["", f"What was turned away, and why: {self.reject_file}"]
        if self.stopped:
            lines.append("The import was stopped before its end.")
        return "\n".join(lines)

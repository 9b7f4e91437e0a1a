"""``kortisto import-patrons FILE.csv``: patrons of an earlier system."""

import argparse
import csv
import gzip
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TextIO

from kortisto.interfaces.cli.importing import must_be_readable
from kortisto.interfaces.cli.process import must_be_migrated, start_django
from kortisto.interfaces.cli.progress import Progress
from kortisto.interfaces.cli.trouble import Trouble


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="CSV in UTF-8 with a header; .gz as well",
    )
    parser.add_argument(
        "--column",
        action="append",
        default=[],
        metavar="THEIRS=OURS",
        help="what a column is called here; THEIRS= leaves it out",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="report only, change nothing"
    )
    parser.add_argument(
        "--rejects",
        type=Path,
        metavar="FILE",
        help="where rows that cannot be written go (FILE.rejects.csv)",
    )


def run(options: argparse.Namespace) -> int:
    """0: every row was read, rejects or not."""
    must_be_readable([options.file])
    renamed = dict(_renaming(one) for one in options.column)
    rejects = options.rejects or options.file.with_name(
        f"{options.file.name}.rejects.csv"
    )
    start_django()
    must_be_migrated()
    from django.utils import timezone

    from kortisto.core.actors import job_actor
    from kortisto.domain.patrons.actions.importing import import_patrons
    from kortisto.domain.patrons.incoming import COLUMNS
    from kortisto.domain.patrons.permissions import PatronPermission

    with ExitStack() as stack:
        reader = csv.DictReader(stack.enter_context(_opened(options.file)))
        theirs = list(reader.fieldnames or ())
        ours = {name: renamed.get(name, name) for name in theirs}
        known = {name: here for name, here in ours.items() if here in COLUMNS}
        if "card_number" not in known.values():
            message = f"{options.file}: no column is the card number (card_number)"
            raise Trouble(message)
        turned_away = stack.enter_context(_Rejects(rejects))
        bar = stack.enter_context(Progress("Patrons"))
        report = import_patrons(
            _rows(reader, known),
            by=job_actor(PatronPermission.EDIT),
            now=timezone.now(),
            reject=turned_away.add,
            progress=bar.reach,
            dry_run=options.dry_run,
        )
    left_out = [name for name in theirs if name not in known]
    if left_out:
        print(f"Columns left out: {', '.join(left_out)}")
    print(
        f"{report.read:,} rows: {report.added:,} patrons added, {report.known:,} were "
        f"there already, {report.rejected:,} turned away; {report.linked:,} guardians."
    )
    if report.rejected:
        print(f"What was turned away, and why: {rejects}")
    if options.dry_run:
        print("Nothing was changed: this was a dry run.")
    return 0


def _renaming(text: str) -> tuple[str, str]:
    theirs, equals, ours = text.partition("=")
    if not equals:
        message = f"--column {text}: write THEIRS=OURS"
        raise Trouble(message)
    return theirs, ours


def _opened(file: Path) -> TextIO:
    if file.suffix == ".gz":
        return gzip.open(file, "rt", encoding="utf-8-sig", newline="")
    return file.open(encoding="utf-8-sig", newline="")


def _rows(
    reader: Iterator[Mapping[str, str]], known: Mapping[str, str]
) -> Iterator[Mapping[str, str]]:
    for row in reader:
        yield {here: row[name] or "" for name, here in known.items()}


class _Rejects:
    """The file of what was turned away: the reason, the row's number, the row.

    Made when there is the first such row; an old one is replaced by an import that has
    some, and removed by one that has none.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: TextIO | None = None

    def __enter__(self) -> "_Rejects":
        self.path.unlink(missing_ok=True)
        return self

    def __exit__(self, *_trouble: object) -> None:
        if self._file is not None:
            self._file.close()

    def add(self, number: int, row: Mapping[str, str], why: str) -> None:
        first = self._file is None
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", newline="")
        writer = csv.DictWriter(self._file, ["row", "reason", *row])
        if first:
            writer.writeheader()
        writer.writerow({"row": number, "reason": why, **row})

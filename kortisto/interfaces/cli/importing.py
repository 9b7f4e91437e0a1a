"""``kortisto import FILE...``: MARC records, and items in 952, into the catalogue."""

import argparse
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import FrameType

from kortisto.interfaces.cli.process import must_be_migrated, start_django
from kortisto.interfaces.cli.progress import Progress
from kortisto.interfaces.cli.trouble import Trouble


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "files",
        nargs="+",
        type=Path,
        metavar="FILE",
        help="ISO 2709 in UTF-8 or MARC-8, or MARCXML; .gz as well",
    )
    parser.add_argument(
        "--profile",
        metavar="NAME",
        help="how to match, and what to do with items: default, supplier, migration",
    )
    parser.add_argument(
        "--source",
        metavar="NAME",
        help="whose the control numbers without 003 are (each file's own)",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="report only, change nothing"
    )


def must_be_readable(files: list[Path]) -> None:
    """Raises Trouble for the first that cannot be read, before anything is done."""
    for file in files:
        if not file.exists():
            message = f"{file}: there is no such file"
            raise Trouble(message)
        if not file.is_file():
            message = f"{file} is not a file"
            raise Trouble(message)
        file.open("rb").close()  # the system's own reason when it may not be read


def run(options: argparse.Namespace) -> int:
    """0: every file was read to its end, rejects or not; 1: one was not."""
    must_be_readable(options.files)
    start_django()
    must_be_migrated()
    from django.utils import timezone

    from kortisto.core.actors import job_actor
    from kortisto.domain.catalogue.actions.importing import Manner, import_files
    from kortisto.domain.catalogue.permissions import CataloguePermission
    from kortisto.domain.catalogue.profiles import UnknownProfile, profile

    try:
        chosen = profile(options.profile)
    except UnknownProfile as error:
        raise Trouble(str(error)) from error
    if options.source:
        chosen = replace(chosen, bare_source=options.source)
    with Progress("Records") as bar, asked_to_stop() as stopped:
        report = import_files(
            options.files,
            by=job_actor(CataloguePermission.IMPORT),
            now=timezone.now(),
            profile=chosen,
            progress=bar.reach,
            manner=Manner(dry_run=options.dry_run, stopped=stopped),
        )
    print(report)
    if options.dry_run:
        print("Nothing was changed: this was a dry run.")
    return 1 if report.stopped or any(file.trouble for file in report.files) else 0


@contextmanager
def asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Whether somebody pressed Ctrl-C: what is in hand ends well. Twice: at once."""
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()
        signal.signal(signal.SIGINT, before)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield asked.is_set
    finally:
        signal.signal(signal.SIGINT, before)

"""``kortisto import FILE...``: MARC records, and items in 952, into the catalogue."""

import argparse
from pathlib import Path

from kortisto.interfaces.cli.process import start_django
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
    parser.add_argument("--profile", help="how to match, and what to do with items")
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
    must_be_readable(options.files)
    start_django()
    from kortisto.core.actors import job_actor
    from kortisto.domain.catalogue.actions.importing import import_files
    from kortisto.domain.catalogue.permissions import CataloguePermission

    with Progress("Records") as bar:
        report = import_files(
            options.files,
            profile=options.profile,
            by=job_actor(*CataloguePermission),
            progress=bar.reach,
            dry_run=options.dry_run,
        )
    print(report)
    return 0

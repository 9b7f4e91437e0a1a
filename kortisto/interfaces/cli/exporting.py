"""``kortisto export``: the catalogue's records with their items, as MARC."""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import IO

from kortisto.interfaces.cli.process import must_be_migrated, start_django
from kortisto.interfaces.cli.progress import Progress
from kortisto.interfaces.cli.trouble import Trouble

FORMATS = ("iso2709", "marcxml", "jsonl")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=FORMATS, required=True)
    parser.add_argument(
        "-o", "--output", required=True, metavar="FILE", help="- for standard output"
    )


def run(options: argparse.Namespace) -> int:
    if options.output == "-":
        return _write(options.format, sys.stdout.buffer)
    target = Path(options.output)
    if not target.parent.is_dir():
        message = f"{target.parent}: there is no such folder"
        raise Trouble(message)
    # Beside the target and then renamed: no half file is ever taken for a whole one.
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as out:
            _write(options.format, out)
        fresh.chmod(0o644)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    print(f"The records are in {target}.")
    return 0


def _write(form: str, out: IO[bytes]) -> int:
    start_django()
    must_be_migrated()
    from kortisto.core.actors import job_actor
    from kortisto.domain.catalogue.actions.exporting import export_records
    from kortisto.domain.catalogue.permissions import CataloguePermission

    with Progress("Records") as bar:
        export_records(
            form, out, by=job_actor(*CataloguePermission), progress=bar.reach
        )
    return 0

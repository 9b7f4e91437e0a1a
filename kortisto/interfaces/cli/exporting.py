"""``kortisto export``: the catalogue's records with their items, as MARC."""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from typing import IO, TextIO

from kortisto.interfaces.cli.process import must_be_migrated, start_django
from kortisto.interfaces.cli.progress import Progress
from kortisto.interfaces.cli.trouble import Trouble

FORMATS = ("iso2709", "marcxml", "jsonl")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--format", choices=FORMATS, required=True)
    parser.add_argument(
        "-o",
        "--output",
        required=True,
        metavar="FILE",
        help="packed when it ends in .gz; - for standard output",
    )


def run(options: argparse.Namespace) -> int:
    """1 when a record could not be written in the format, which is told."""
    if options.output == "-":
        return _export(options.format, sys.stdout.buffer, told=sys.stderr)
    target = Path(options.output)
    if not target.parent.is_dir():
        message = f"{target.parent}: there is no such folder"
        raise Trouble(message)
    # Beside the target and then renamed: no half file is ever taken for a whole one.
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as out:
            code = _export(options.format, out, target=target)
        fresh.chmod(0o644)  # the catalogue is public
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
    return code


def _export(
    form: str, out: IO[bytes], *, target: Path | None = None, told: TextIO = sys.stdout
) -> int:
    start_django()
    must_be_migrated()
    from django.utils import timezone

    from kortisto.core.actors import job_actor
    from kortisto.domain.catalogue.actions.exporting import export_records
    from kortisto.domain.catalogue.permissions import CataloguePermission

    with Progress("Records") as bar:
        report = export_records(
            form,
            out,
            by=job_actor(*CataloguePermission),
            now=timezone.now(),
            progress=bar.reach,
            packed=target is not None and target.suffix == ".gz",
            side=target and target.with_name(f"{target.name}.too-long.xml"),
        )
    print(report, file=told)
    return 1 if report.unwritable else 0

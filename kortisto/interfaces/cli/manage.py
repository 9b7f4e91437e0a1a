"""``kortisto manage ...``: Django's own commands, for developers."""

import argparse
import os
from collections.abc import Sequence


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="as for manage.py")


def run(options: argparse.Namespace) -> int:
    return passes_on(options.arguments)


def passes_on(given: Sequence[str]) -> int:
    """DJANGO_SETTINGS_MODULE chooses the process; the worker's settings otherwise."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kortisto.config.settings.worker")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["kortisto manage", *given])
    return 0

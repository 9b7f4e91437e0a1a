"""``kortisto migrate``: create or upgrade the database."""

import argparse

from kortisto.interfaces.cli.process import pending_migrations, start_django


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--check", action="store_true", help="only say whether there is work (1: yes)"
    )


def run(options: argparse.Namespace) -> int:
    start_django()
    from django.core.management import call_command

    pending = pending_migrations()
    if options.check:
        print(_state(pending))
        return 1 if pending else 0
    if pending:
        call_command("migrate", interactive=False, verbosity=0)
        print(f"The database is ready; {pending} steps were taken.")
    else:
        print(_state(0))
    return 0


def _state(pending: int) -> str:
    if pending:
        return f"{pending} steps are missing: run kortisto migrate."
    return "The database is up to date."

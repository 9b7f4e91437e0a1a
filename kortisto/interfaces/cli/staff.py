"""``kortisto staff create-admin``: the first account that can make the others."""

import argparse
import getpass
import secrets
import sys

from kortisto.interfaces.cli.process import start_django
from kortisto.interfaces.cli.trouble import Trouble

SHORTEST_PASSWORD = 12  # characters


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    admin = verbs.add_parser("create-admin", help="make an administrator")
    admin.add_argument("username")
    admin.add_argument("--name", help="full name; the user name when not given")
    admin.add_argument(
        "--ask", action="store_true", help="ask for the password; otherwise made here"
    )


def run(options: argparse.Namespace) -> int:
    start_django()
    password = _asked() if options.ask else secrets.token_urlsafe(12)
    from django.utils import timezone

    from kortisto.domain.org.actions.staff import create_administrator

    create_administrator(
        options.username,
        password,
        full_name=options.name or options.username,
        now=timezone.now(),
    )
    print(f"The administrator {options.username} can log in at the staff site.")
    if not options.ask:
        print(f"Password, shown only now: {password}")
    return 0


def _asked() -> str:
    if not sys.stdin.isatty():
        message = "--ask needs a terminal; without it a password is made and shown"
        raise Trouble(message)
    first = getpass.getpass("Password: ")
    if len(first) < SHORTEST_PASSWORD:
        message = f"a password has at least {SHORTEST_PASSWORD} characters"
        raise Trouble(message)
    if getpass.getpass("Once more: ") != first:
        message = "the two passwords differ"
        raise Trouble(message)
    return first

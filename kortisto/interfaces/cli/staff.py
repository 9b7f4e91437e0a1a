"""``kortisto staff create-admin``: the first account that can make the others."""

import argparse
import getpass
import secrets
import sys

from kortisto.interfaces.cli.process import start_django
from kortisto.interfaces.cli.trouble import Trouble

RANDOM_BYTES = 15  # 20 characters


def arguments(parser: argparse.ArgumentParser) -> None:
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    admin = verbs.add_parser(
        "create-admin",
        help="make an administrator of the whole consortium",
        description="Make an administrator; on an empty installation also the "
        "consortium and the ready roles. The second factor is set up at first log-in.",
    )
    admin.add_argument("username")
    admin.add_argument("--name", help="full name; the user name when not given")
    admin.add_argument(
        "--consortium", default="Kirjastokimppa", help="name of a new consortium"
    )
    admin.add_argument(
        "--ask", action="store_true", help="ask for the password; otherwise made here"
    )


def run(options: argparse.Namespace) -> int:
    password = _asked() if options.ask else secrets.token_urlsafe(RANDOM_BYTES)
    start_django()
    from django.utils import timezone

    from kortisto.core.actors import job_actor
    from kortisto.domain.org.actions.founding import create_administrator
    from kortisto.domain.org.permissions import OrgPermission

    staff = create_administrator(
        options.username,
        password,
        full_name=options.name or options.username,
        consortium=options.consortium,
        by=job_actor(*OrgPermission),
        now=timezone.now(),
    )
    print(f"The administrator {staff.username} can log in at the staff site.")
    if not options.ask:
        print(f"Password, shown only now: {password}")
    return 0


def _asked() -> str:
    if not sys.stdin.isatty():
        message = "--ask needs a terminal; without it a password is made and shown"
        raise Trouble(message)
    password = getpass.getpass("Password: ")
    if getpass.getpass("Once more: ") != password:
        message = "the two passwords differ"
        raise Trouble(message)
    return password

"""``kortisto staff``: the first account that can make the others, and its computer."""

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
    workstation = verbs.add_parser(
        "enrol-workstation",
        help="add a workstation and show the code that enrols it",
        description="Add a workstation and show its code, for when staff pages open "
        "only on enrolled ones and none is left.",
    )
    workstation.add_argument("unit", help="code of its library or desk")
    workstation.add_argument("label", help="its name, such as LT-204")


def run(options: argparse.Namespace) -> int:
    if options.verb == "enrol-workstation":
        return _add_workstation(options)
    return _create_admin(options)


def _add_workstation(options: argparse.Namespace) -> int:
    start_django()
    from django.utils import timezone

    from kortisto.core.actors import job_actor
    from kortisto.domain.org.actions.workstations import add_workstation
    from kortisto.domain.org.permissions import OrgPermission
    from kortisto.domain.org.queries import organisation

    try:
        unit = organisation().by_code(options.unit)
    except KeyError as error:
        message = f"there is no unit with the code {options.unit}"
        raise Trouble(message) from error
    made, code = add_workstation(
        unit.id, options.label, by=job_actor(*OrgPermission), now=timezone.now()
    )
    print(f"The workstation {made.label} of {unit.code} has been added.")
    print(f"Open /workstation/ on it within a day and type, shown only now: {code}")
    return 0


def _create_admin(options: argparse.Namespace) -> int:
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

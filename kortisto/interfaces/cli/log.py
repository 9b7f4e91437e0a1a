"""``kortisto log``: read the archive of the event log, a month at a time."""

import argparse
import json
import re
from datetime import date
from typing import TYPE_CHECKING, Final

from kortisto.interfaces.cli.process import start_django
from kortisto.interfaces.cli.trouble import Trouble

if TYPE_CHECKING:
    from kortisto.core.models import LoggedEvent

MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("month", nargs="?", help="2026-03; left out, tells the months")
    parser.add_argument(
        "--patron", type=int, metavar="NUMBER", help="only what is about one patron"
    )
    parser.epilog = (
        "One event to a line, as JSON. Newer months are on the page of the audit log. "
        "Reading about a patron is written to the log."
    )


def run(options: argparse.Namespace) -> int:
    if options.month is not None and not MONTH.fullmatch(options.month):
        message = f"{options.month} is not a month: write 2026-03"
        raise Trouble(message)
    start_django()
    if options.month is None:
        return _tell_months()
    from kortisto.core.archive import events_of_month

    if options.patron is not None:
        _note_the_look(options.patron)
    for event in events_of_month(date.fromisoformat(f"{options.month}-01")):
        if options.patron in {None, event.patron_id}:
            print(_line(event))
    return 0


def _tell_months() -> int:
    from kortisto.core.archive import months

    found = months()
    for month, events in found:
        print(f"{month:%Y-%m}  {events:,} events")
    if not found:
        print("Nothing has been archived yet.")
    return 0


def _note_the_look(patron_id: int) -> None:
    from django.utils import timezone

    from kortisto.core.actors import job_actor
    from kortisto.domain.org.permissions import OrgPermission
    from kortisto.domain.patrons.actions.viewing import read_log_of

    by = job_actor(OrgPermission.SEE_AUDIT_LOG)
    read_log_of(patron_id, by=by, now=timezone.now())


def _line(event: "LoggedEvent") -> str:
    told = {
        "id": event.id,
        "at": event.happened_at.isoformat(),
        "kind": event.kind,
        "actor": event.actor,
        "unit_id": event.unit_id,
        "channel": event.channel,
        "patron_id": event.patron_id,
        "body": event.body,
    }
    return json.dumps(told, ensure_ascii=False)

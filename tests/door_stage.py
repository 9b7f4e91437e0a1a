"""What the test of a stopped database sets up and verifies, in its own process.

``python -m tests.door_stage prepare`` writes the token and the cards as JSON;
``verify`` says how many attempts of each kind the database has.
"""

import json
import sys
from datetime import date
from typing import Any

import django

django.setup()

from django.db import transaction  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.utils import timezone  # noqa: E402

from kortisto.core.models import LoggedEvent  # noqa: E402
from kortisto.domain.entry.actions.bans import NewBan, ban  # noqa: E402
from kortisto.domain.entry.actions.devices import add_door  # noqa: E402
from kortisto.domain.entry.models import EntryAttempt  # noqa: E402
from kortisto.domain.entry.tests.place import (  # noqa: E402
    PIN,
    open_library,
    visitor,
)
from kortisto.domain.patrons.pin_hashes import hashed  # noqa: E402
from kortisto.testing.builders import card_of, chief  # noqa: E402


@transaction.atomic
def prepare() -> dict[str, Any]:
    library = open_library(opens="00:00")
    library.hours.filter(self_service=False).update(closes="23:59")
    _door, token = add_door(library.pk, "Main door", by=chief(), now=timezone.now())
    kept = hashed(PIN)
    grown = [visitor(pin_hash=kept) for _ in range(4)]
    child = visitor(pin_hash=kept, born_on=date(2020, 1, 1))
    return {
        "token": token,
        "pin": PIN,
        "cards": [card_of(one) for one in grown],
        "patron": grown[0].pk,
        "child": card_of(child),
    }


def make_ban(patron_id: int) -> None:
    today = timezone.localdate()
    new = NewBan(starts_on=today, ends_on=today, reason="Noise", hearing="On the spot")
    ban(patron_id, new, by=chief(), now=timezone.now())


def verify() -> dict[str, Any]:
    rows = EntryAttempt.objects.values_list("code", "offline").annotate(n=Count("pk"))
    return {
        "attempts": sorted([code, offline, n] for code, offline, n in rows),
        "events": LoggedEvent.objects.filter(kind="EntryAttempted").count(),
    }


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["prepare"]:
            sys.stdout.write(json.dumps(prepare()))
        case ["ban", number]:
            make_ban(int(number))
        case ["verify"]:
            sys.stdout.write(json.dumps(verify()))
        case _:
            sys.exit(__doc__)

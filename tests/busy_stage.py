"""The library of test_busy_day.py: built, worked in by machines, and looked at after.

    python -m tests.busy_stage prepare DESKS | machine SECONDS SEED | verify

speaks JSON on its standard output; ``machine`` reads the stock from its standard input.
"""

import json
import sys
from collections import Counter
from dataclasses import asdict
from typing import Any, Final

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.utils import timezone  # noqa: E402

from kortisto.core.checks import checks  # noqa: E402
from kortisto.core.followers import run_followers_once  # noqa: E402
from kortisto.core.models import LoggedEvent  # noqa: E402
from kortisto.domain.circulation.models import Loan  # noqa: E402
from kortisto.domain.fulfilment.actions.planning import plan_everything  # noqa: E402
from kortisto.domain.holds.models import Hold, Transit  # noqa: E402
from kortisto.interfaces.staff.tests.people import at_work, make_staff  # noqa: E402
from kortisto.testing.builders import (  # noqa: E402
    card_of,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)
from kortisto.testing.busy import Stock, machine_at_work  # noqa: E402

PATRONS: Final = 16
TITLES: Final = 20
COPIES: Final = 3
HERE: Final = "MLI"
CHECKS: Final = ("followers", "jobs", "open-loans", "forgotten-loans", "audit-chain")
TRAPPED: Final = (Hold.State.WAITING, Hold.State.TRAVELLING, Hold.State.PROCESSING)


@transaction.atomic
def prepare(desks: int) -> dict[str, Any]:
    """Few copies for many people, and a session for each desk."""
    make_rules({"values": {"loan_period": 28, "holds_allowed": 50}})
    library = make_library(HERE)
    records = [make_record(f"Suosittu {number}") for number in range(TITLES)]
    copies = [
        make_item(record=record, library=library)
        for record in records
        for _ in range(COPIES)
    ]
    patrons = [make_patron() for _ in range(PATRONS)]
    stock = Stock(
        library=library.pk,
        barcodes=[copy.barcode for copy in copies],
        records=[record.pk for record in records],
        patrons=[patron.pk for patron in patrons],
        cards=[card_of(patron) for patron in patrons],
    )
    sessions = [
        at_work(make_staff(f"desk{number}", library=library)).cookies[
            settings.SESSION_COOKIE_NAME
        ]
        for number in range(desks)
    ]
    return {
        "cookie": settings.SESSION_COOKIE_NAME,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "sessions": [session.value for session in sessions],
        "stock": asdict(stock),
    }


def verify() -> dict[str, int]:
    """Every promise that a crowd could have broken, and what the day came to."""
    while run_followers_once(timezone.now()):
        pass
    open_loans = Loan.objects.filter(returned_at=None)
    most = open_loans.values("item").annotate(n=Count("pk")).filter(n__gt=1)
    assert not most.exists(), "an item is lent twice"
    trapped = Hold.objects.filter(state__in=TRAPPED)
    assert not trapped.filter(item=None).exists(), "a trapped hold has no copy"
    copies = Counter(trapped.values_list("item", flat=True))
    assert set(copies.values()) <= {1}, "a copy is set aside for two holds"
    lent = set(open_loans.values_list("item", flat=True))
    assert not lent & set(copies), "a copy is on loan and set aside at once"
    waiting = Hold.objects.filter(state=Hold.State.QUEUED)
    assert not waiting.exclude(item=None).exists(), "a queued hold holds a copy"
    assert (
        not waiting.values("patron", "record").annotate(n=Count("pk")).filter(n__gt=1)
    ), "somebody waits twice for one title"
    _an_event_for_each()
    assert plan_everything(now=timezone.now())["changed"] == 0, "the plan was old"
    looked_at = [each for each in checks() if each.name in CHECKS]
    assert [finding.sentence for each in looked_at for finding in each.look()] == []
    assert len(looked_at) == len(CHECKS)
    return {
        "loans": Loan.objects.count(),
        "holds": Hold.objects.count(),
        "filled": Hold.objects.filter(state=Hold.State.FILLED).count(),
        "transits": Transit.objects.count(),
    }


def _an_event_for_each() -> None:
    """Promise 6, and nothing told twice."""
    started = LoggedEvent.objects.filter(kind="LoanStarted")
    told = Counter(started.values_list("body__loan_id", flat=True))
    assert told == Counter(Loan.objects.values_list("pk", flat=True))
    ended = LoggedEvent.objects.filter(kind="LoanEnded")
    told = Counter(ended.values_list("body__loan_id", flat=True))
    closed = Loan.objects.exclude(returned_at=None)
    assert told == Counter(closed.values_list("pk", flat=True))
    placed = LoggedEvent.objects.filter(kind="HoldPlaced")
    told = Counter(placed.values_list("body__hold_id", flat=True))
    assert told == Counter(Hold.objects.values_list("pk", flat=True))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["prepare", number]:
            sys.stdout.write(json.dumps(prepare(int(number))))
        case ["machine", seconds, seed]:
            stock = Stock(**json.load(sys.stdin))
            tally = machine_at_work(stock, seconds=float(seconds), seed=int(seed))
            sys.stdout.write(tally.written())
        case ["verify"]:
            sys.stdout.write(json.dumps(verify()))
        case _:
            sys.exit(__doc__)

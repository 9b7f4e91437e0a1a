"""The library that test_crash.py crashes: built, waited for and looked at from outside.

    python -m tests.crash_stage prepare|settle|verify

speaks JSON on its standard output; ``verify`` reads from its standard input what the
clients were told.
"""

import json
import sys
from collections import Counter
from datetime import timedelta
from typing import Any, Final

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.db import transaction  # noqa: E402
from django.db.models import Q, Sum  # noqa: E402
from django.test import Client  # noqa: E402
from django.utils import timezone  # noqa: E402

from kortisto.core.actors import job_actor  # noqa: E402
from kortisto.core.audit import verify as verify_audit  # noqa: E402
from kortisto.core.checks import checks  # noqa: E402
from kortisto.core.followers import followers, last_position, position_of  # noqa: E402
from kortisto.core.jobs import enqueue  # noqa: E402
from kortisto.core.models import Job, LoggedEvent  # noqa: E402
from kortisto.domain.catalogue.models import Item, Record  # noqa: E402
from kortisto.domain.circulation.actions.checkout import checkout  # noqa: E402
from kortisto.domain.circulation.models import Loan  # noqa: E402
from kortisto.domain.fees.models import Charge, Posting  # noqa: E402
from kortisto.domain.fees.queries import unbalanced_entries  # noqa: E402
from kortisto.domain.org.models import Unit  # noqa: E402
from kortisto.interfaces.staff.tests.people import at_work, make_staff  # noqa: E402
from kortisto.testing.builders import (  # noqa: E402
    card_of,
    desk,
    make_item,
    make_item_type,
    make_library,
    make_patron,
    make_record,
    make_rules,
)
from kortisto.testing.waiting import wait_until  # noqa: E402

CLIENTS: Final = 4
LOANS_EACH: Final = 250
LATE_LOANS: Final = 20
FINE_RUNS: Final = 40
CHECKS: Final = ("followers", "jobs", "journal", "open-loans", "forgotten-loans")
UNFINISHED: Final = (Job.State.WAITING, Job.State.RUNNING)


@transaction.atomic
def prepare() -> dict[str, Any]:
    """Items to lend, sessions to lend them in, late loans and runs that fine them."""
    make_rules({"values": {"loan_period": 28, "fine_cents": 20, "fine_max_cents": 600}})
    library = make_library()
    record = make_record()
    late_by = timezone.now() - timedelta(days=40)
    for _ in range(LATE_LOANS):
        item = make_item(record=record)
        checkout(card_of(make_patron()), item.barcode, by=desk(library), now=late_by)
    for _ in range(FINE_RUNS):
        enqueue("circulation.fines", {}, by=job_actor())
    staff = make_staff(library=library)
    return {
        "cookie": settings.SESSION_COOKIE_NAME,
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "clients": [
            {
                "session": session_of(at_work(staff)),
                "patron": make_patron().pk,
                "barcodes": shelve(record, library, shelf=client),
            }
            for client in range(CLIENTS)
        ],
    }


def shelve(record: Record, library: Unit, *, shelf: int) -> list[str]:
    """Put as many items as one client lends on a shelf; their barcodes."""
    made = Item.objects.bulk_create(
        Item(
            record=record,
            barcode=f"K{shelf}{number:05}",
            home_library=library,
            library=library,
            item_type=make_item_type(),
        )
        for number in range(LOANS_EACH)
    )
    return [item.barcode for item in made]


def session_of(browser: Client) -> str:
    return browser.cookies[settings.SESSION_COOKIE_NAME].value


def settle() -> None:
    """Wait until every job has ended and every follower has read everything.

    What the killed worker had taken is free again at once, as if its lease had run
    out meanwhile.
    """
    Job.objects.filter(state=Job.State.RUNNING).update(lease_until=timezone.now())

    def settled() -> bool:
        end = last_position()
        reached = [position_of(each.name) for each in followers()]
        fines = Job.objects.filter(kind="circulation.fines", state__in=UNFINISHED)
        return all(position == end for position in reached) and not fines.exists()

    wait_until(settled, otherwise="the worker did not catch up")


def verify(acknowledged: list[str]) -> None:
    """Nothing acknowledged is lost, nothing happened twice, all sums are right."""
    lent = Counter(Loan.objects.values_list("barcode", flat=True))
    assert set(acknowledged) <= lent.keys(), "an acknowledged loan is gone"
    assert len(acknowledged) == CLIENTS * LOANS_EACH
    assert set(lent.values()) == {1}, "an item was lent twice"
    assert len(lent) == CLIENTS * LOANS_EACH + LATE_LOANS
    told = LoggedEvent.objects.filter(kind="LoanStarted")
    events = Counter(told.values_list("body__loan_id", flat=True))
    assert events == Counter(Loan.objects.values_list("pk", flat=True))

    verdict = verify_audit()
    assert verdict.whole, verdict.broken
    assert verdict.unsealed == 0
    assert verdict.sealed == LoggedEvent.objects.count()

    income = Q(postings__account=Posting.Account.INCOME)
    fines = Charge.objects.annotate(earned=Sum("postings__cents", filter=income))
    assert fines.count() == LATE_LOANS
    assert all(-(fine.earned or 0) == fine.trace["cents"] > 0 for fine in fines)
    assert unbalanced_entries() == []
    assert Posting.objects.aggregate(all=Sum("cents"))["all"] == 0
    runs = Job.objects.filter(kind="circulation.fines")
    assert set(runs.values_list("state", flat=True)) == {Job.State.DONE}
    findings = [finding for name in CHECKS for finding in check(name)]
    assert findings == []


def check(name: str) -> list[str]:
    """What ``kortisto check`` finds in one area."""
    (found,) = (each for each in checks() if each.name == name)
    return [finding.sentence for finding in found.look()]


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["prepare"]:
            sys.stdout.write(json.dumps(prepare()))
        case ["settle"]:
            settle()
        case ["verify"]:
            verify(json.load(sys.stdin))
        case _:
            sys.exit(__doc__)

"""A forgotten loan tells statistics everything and an attacker nobody (S35, GDP-1).

The attacker has the whole database and joins a forgotten loan to whatever may know its
patron: by time, by item, by what other tables say of the loan, by what the event log
told in the same minute, in the same transaction or in the same order.
"""

from collections import Counter
from datetime import date, datetime, timedelta
from functools import partial
from random import SystemRandom

import pytest
from django.utils.timezone import localtime

from kortisto.core.audit import verify
from kortisto.core.followers import follow
from kortisto.core.idempotency import once
from kortisto.core.jobs import enqueue
from kortisto.core.models import IdempotencyKey, LoggedEvent, UndoStep
from kortisto.core.sealed_content import SEALER
from kortisto.domain.circulation.actions.blurring import (
    blur_forgotten_loans,
    due_blurring,
)
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fees.actions.payments import pay
from kortisto.domain.fees.models import Charge, Posting
from kortisto.domain.holds.models import Hold
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    HELSINKI,
    MONDAY_NOON,
    chief,
    desk,
    make_category,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)
from kortisto.testing.jobs import work
from kortisto.testing.loans import lend

pytestmark = pytest.mark.django_db

BACK = MONDAY_NOON + timedelta(days=40)
SOON = BACK + timedelta(days=9)
NEVER = Patron.History.NEVER


def nightly(kind: str, now: datetime) -> None:
    """Let the nightly job do its work at a moment."""
    enqueue(kind, {}, by=chief(), run_after=now)
    work(now)


def night(now: datetime) -> None:
    for kind in ("circulation.forget-history", "holds.forget", "core.forget-old-work"):
        nightly(kind, now)


def a_day_of_lending() -> dict[int, int]:
    """Five patrons borrow one after another and bring it late; loan → who it was."""
    make_rules({"values": {"fine_cents": 20, "fine_max_cents": 400}})
    make_category("LAPSI")
    who: dict[int, int] = {}
    for minutes in range(5):
        category = "LAPSI" if minutes % 2 else "HENKILO"
        patron = make_patron(history=NEVER, category=category)
        item = make_item(record=make_record(f"Kirja {minutes}"))
        at = MONDAY_NOON + timedelta(minutes=10 * minutes)
        hold = make_hold(patron, item.record, state=Hold.State.WAITING, item=item)
        view_patron(patron.pk, by=desk(), now=at, page="desk")
        lent = lend(item, patron, now=at)
        assert Hold.objects.get(pk=hold.pk).state == Hold.State.FILLED
        checkin(item.barcode, by=desk(), now=BACK + timedelta(minutes=minutes))
        once(
            "scan:staff:1",
            f"k{minutes}",
            request={"patron": patron.pk},
            do=partial(dict, loan=lent.loan_id),
        )
        IdempotencyKey.objects.update(created_at=at)
        who[lent.loan_id] = patron.pk
    return who


def settle_everything() -> None:
    owed: Counter[int] = Counter()
    for patron_id, cents in Posting.objects.filter(
        account=Posting.Account.PATRONS
    ).values_list("patron_id", "cents"):
        assert patron_id is not None
        owed[patron_id] += cents
    for patron_id, cents in owed.items():
        if cents:
            pay(patron_id, cents, key=f"p{patron_id}", by=chief(), now=BACK)


def suspects(loan: Loan) -> set[int]:
    """Whom any table but the event log connects with a loan."""
    found = set() if loan.patron_id is None else {loan.patron_id}
    found |= set(
        Charge.objects.filter(loan_id=loan.pk).values_list("patron_id", flat=True)
    )
    found |= set(
        Charge.objects.filter(item_id=loan.item_id).values_list("patron_id", flat=True)
    )
    found |= set(
        Charge.objects.filter(title=loan.title).values_list("patron_id", flat=True)
    )
    found |= set(
        Hold.objects.filter(record_id=loan.record_id).values_list(
            "patron_id", flat=True
        )
    )
    keys = IdempotencyKey.objects.filter(answer__loan=loan.pk)
    found |= {-row.pk for row in keys}
    steps = UndoStep.objects.filter(subject_id=loan.pk)
    return found | {-row.pk for row in steps}


def told_by_the_log() -> set[tuple[int, int]]:
    """Items and the patrons of whom the log told in the same minute, or just before."""
    near = timedelta(minutes=1)
    rows = list(LoggedEvent.objects.order_by("id"))
    about = [row for row in rows if row.patron_id is not None]
    return {
        (row.body["item_id"], other.patron_id)
        for row in rows
        for other in about
        if "item_id" in row.body and other.patron_id is not None
        if abs(row.happened_at - other.happened_at) < near
    }


def test_before_the_night_the_attacker_finds_everybody() -> None:
    """Or else the tests below would prove nothing."""
    who = a_day_of_lending()

    for loan in Loan.objects.all():
        assert who[loan.pk] in suspects(loan)
        assert (loan.item_id, who[loan.pk]) in told_by_the_log()


def test_after_the_night_the_log_tells_no_item_beside_a_patron() -> None:
    """Not by the minute, not by the order. That somebody was served, it still tells."""
    a_day_of_lending()
    settle_everything()
    follow(SEALER, now=SOON)

    night(SOON)

    assert told_by_the_log() == set()
    lending = LoggedEvent.objects.filter(kind__startswith="Loan")
    assert lending.count() == 10
    assert set(lending.values_list("actor", "patron_id")) == {("", None)}
    assert [row.body for row in lending] == [{}] * 10
    days = {localtime(row.happened_at).isoformat()[:16] for row in lending}
    assert days == {"2027-03-01T00:00", "2027-04-10T00:00"}
    looks = LoggedEvent.objects.filter(kind="PatronViewed")
    assert set(looks.values_list("happened_at", flat=True)) == {
        MONDAY_NOON + timedelta(minutes=10 * number) for number in range(5)
    }
    filled = LoggedEvent.objects.filter(kind="HoldFilled")
    assert [row.body for row in filled] == [{}] * 5


def test_the_chain_holds_before_and_after_the_night() -> None:
    a_day_of_lending()
    settle_everything()
    follow(SEALER, now=SOON)
    assert verify().whole

    night(SOON)
    follow(SEALER, now=SOON)

    verdict = verify()
    assert verdict.broken == []
    assert verdict.emptied >= 15


def test_forgotten_loans_change_numbers_so_that_their_order_tells_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    a_day_of_lending()
    settle_everything()
    before = dict(Loan.objects.values_list("item_id", "pk"))
    monkeypatch.setattr(SystemRandom, "shuffle", lambda _self, ids: ids.reverse())

    nightly("circulation.forget-history", SOON)

    after = dict(Loan.objects.values_list("item_id", "pk"))
    assert sorted(after.values()) == sorted(before.values())
    assert [after[item] for item in sorted(after)] == sorted(before.values())[::-1]


def test_a_remembered_loan_keeps_its_events_and_its_neighbour_loses_its_own() -> None:
    make_rules()
    kept, gone = make_item(), make_item()
    lend(kept, make_patron())
    forgotten = lend(gone, make_patron(history=NEVER))
    for item in (kept, gone):
        checkin(item.barcode, by=desk(), now=BACK)

    night(SOON)

    told = LoggedEvent.objects.filter(kind__in=["LoanStarted", "LoanEnded"])
    assert {row.body.get("item_id") for row in told} == {kept.pk, None}
    assert not told.filter(body__loan_id=forgotten.loan_id).exists()


def test_a_return_that_can_still_be_taken_back_is_not_touched() -> None:
    """It was of an earlier day, so that it looks old."""
    make_rules()
    item = make_item()
    lend(item, make_patron(history=NEVER))
    a_week_ago = (BACK - timedelta(days=7)).date()
    checkin(item.barcode, by=desk(), now=BACK, as_of=a_week_ago)

    assert blur_forgotten_loans(by=chief(), now=BACK + timedelta(minutes=5)) == 0
    assert blur_forgotten_loans(by=chief(), now=BACK + timedelta(minutes=31)) == 1


def test_after_the_nights_nobody_is_found_by_any_table() -> None:
    a_day_of_lending()
    settle_everything()

    night(SOON)

    assert {loan.pk: suspects(loan) for loan in Loan.objects.all()} == {
        loan.pk: set() for loan in Loan.objects.all()
    }


def test_the_time_and_the_desk_of_a_loan_do_not_tell_them_apart() -> None:
    """Whoever was seen at the desk that day may have borrowed any of its loans."""
    a_day_of_lending()
    settle_everything()

    night(SOON)

    alike = Counter(
        (
            loan.lent_at,
            loan.returned_at,
            loan.renewed_at,
            loan.lent_by,
            loan.returned_by,
        )
        for loan in Loan.objects.all()
    )
    assert list(alike.values()) == [5]
    loan = Loan.objects.all()[0]
    assert loan.lent_at == datetime(2027, 3, 1, tzinfo=HELSINKI)
    assert (loan.lent_by, loan.returned_by, loan.trace) == ("", "", {})
    assert (loan.due_at.astimezone(HELSINKI).hour, loan.due_at.minute) == (23, 59)


def statistics() -> Counter[tuple[object, ...]]:
    return Counter(
        (
            loan.category.code,
            loan.library.code,
            loan.item_type.code,
            loan.record_id,
            loan.channel,
            loan.lent_at.astimezone(HELSINKI).date(),
            loan.returned_at and loan.returned_at.astimezone(HELSINKI).date(),
        )
        for loan in Loan.objects.select_related("category", "library", "item_type")
    )


def test_statistics_stay_whole() -> None:
    a_day_of_lending()
    settle_everything()
    before, cents = statistics(), Counter(Posting.objects.values_list("cents"))

    night(SOON)

    assert statistics() == before
    assert Counter(Posting.objects.values_list("cents")) == cents
    assert {row[0] for row in before} == {"HENKILO", "LAPSI"}
    assert {row[5] for row in before} == {date(2027, 3, 1)}


def test_a_charge_that_is_owed_keeps_what_it_is_for_until_it_is_paid() -> None:
    """GDP-8: a bill knows its payer and its book as long as it is open."""
    a_day_of_lending()
    night(SOON)

    charges = Charge.objects.exclude(loan_id=None)
    assert charges.count() == 5
    assert set(charges.values_list("title", flat=True)) == {
        f"Kirja {number}" for number in range(5)
    }

    settle_everything()
    night(SOON + timedelta(days=1))
    assert not Charge.objects.exclude(loan_id=None).exists()
    assert set(Charge.objects.values_list("title", flat=True)) == {""}


def test_remembered_and_open_loans_keep_their_minute() -> None:
    make_rules()
    item, open_item = make_item(), make_item()
    lent = lend(item, make_patron())
    lend(open_item, make_patron(history=NEVER))
    checkin(item.barcode, by=desk(make_library()), now=BACK)

    assert not due_blurring(SOON).exists()
    assert blur_forgotten_loans(by=chief(), now=SOON) == 0
    assert Loan.objects.get(pk=lent.loan_id).lent_at == MONDAY_NOON


def test_a_return_of_today_can_still_be_taken_back() -> None:
    make_rules()
    item = make_item()
    lend(item, make_patron(history=NEVER))
    checkin(item.barcode, by=desk(), now=BACK)

    assert blur_forgotten_loans(by=chief(), now=BACK + timedelta(hours=23)) == 0
    assert blur_forgotten_loans(by=chief(), now=BACK + timedelta(hours=25)) == 1
    assert blur_forgotten_loans(by=chief(), now=BACK + timedelta(hours=26)) == 0

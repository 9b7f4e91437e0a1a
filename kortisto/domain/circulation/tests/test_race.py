"""Scarce things: two desks want the same one in the same moment."""

from functools import partial

import pytest
from django.db.models import Sum

from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.core.undo import latest, undo
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.claims import NewClaim, claim
from kortisto.domain.circulation.actions.fines import accrue_fines
from kortisto.domain.circulation.actions.place_bundle import Several, place_bundle
from kortisto.domain.circulation.actions.place_hold import Wish, place_hold
from kortisto.domain.circulation.actions.renew import renew
from kortisto.domain.circulation.actions.voiding import void_loan
from kortisto.domain.circulation.models import Claim, Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.fees.models import Posting
from kortisto.domain.holds.models import Hold, HoldBundle
from kortisto.domain.holds.queue import TRAPPED
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_rules,
)
from kortisto.testing.races import at_once

pytestmark = pytest.mark.django_db(transaction=True)

TIMES = 5


def test_two_desks_lend_the_last_copy_and_one_reads_why() -> None:
    by = desk()
    for _ in range(TIMES):
        barcode = make_item().barcode
        cards = [card_of(make_patron()) for _ in range(2)]
        answers = at_once(
            *(
                partial(checkout, card, barcode, by=by, now=MONDAY_NOON)
                for card in cards
            )
        )
        refusals = [a for a in answers if isinstance(a, Refused)]
        assert [str(refused) for refused in refusals] == ["on-loan-to-another"]
        assert Loan.objects.filter(barcode=barcode).count() == 1
    assert LoggedEvent.objects.filter(kind="LoanStarted").count() == TIMES


def test_the_last_place_under_a_limit_is_given_once() -> None:
    make_rules({"values": {"max_loans": 1}})
    by = desk()
    for _ in range(TIMES):
        patron = make_patron()
        items = [make_item() for _ in range(2)]
        card = card_of(patron)
        answers = at_once(
            *(
                partial(checkout, card, item.barcode, by=by, now=MONDAY_NOON)
                for item in items
            )
        )
        assert sum(isinstance(a, Refused) for a in answers) == 1
        assert Loan.objects.filter(patron=patron).count() == 1


def test_the_last_renewal_is_given_once() -> None:
    make_rules({"values": {"renewals_allowed": 1, "loan_period": 14}})
    by = desk()
    patron, item = make_patron(), make_item()
    lent = checkout(card_of(patron), item.barcode, by=by, now=MONDAY_NOON)
    later = MONDAY_NOON.replace(day=8)
    at_once(*(lambda: renew(lent.loan_id, by=by, now=later) for _ in range(2)))
    assert Loan.objects.get().renewals == 1
    assert LoggedEvent.objects.filter(kind="LoanRenewed").count() == 1


def test_a_return_and_the_nightly_run_charge_an_overdue_loan_once() -> None:
    make_rules({"values": {"loan_period": 14, "fine_cents": 20}})
    by = desk()
    patron, item = make_patron(), make_item()
    checkout(card_of(patron), item.barcode, by=by, now=MONDAY_NOON)
    late = MONDAY_NOON.replace(day=25)  # due on the 15th: ten days
    at_once(
        lambda: checkin(item.barcode, by=by, now=late).fine_cents,
        lambda: accrue_fines(by=by, now=late),
    )
    owed = Posting.objects.filter(patron=patron).aggregate(s=Sum("cents"))["s"]
    assert owed == 200


def test_one_item_scanned_back_at_two_desks_comes_back_once() -> None:
    by = desk()
    patron, item = make_patron(), make_item()
    checkout(card_of(patron), item.barcode, by=by, now=MONDAY_NOON)
    answers = at_once(
        *(lambda: checkin(item.barcode, by=by, now=MONDAY_NOON) for _ in range(2))
    )
    loans = [a.loan_id for a in answers if not isinstance(a, Exception)]
    assert sorted(loan is not None for loan in loans) == [False, True]
    assert LoggedEvent.objects.filter(kind="LoanEnded").count() == 1


def test_the_last_hold_under_a_limit_is_given_once() -> None:
    make_rules({"values": {"holds_max": 1}})
    by = desk()
    for _ in range(TIMES):
        patron = make_patron()
        wishes = [
            Wish(record_id=make_item().record_id, pickup_library_id=make_library().pk)
            for _ in range(2)
        ]
        answers = at_once(
            *(
                partial(place_hold, patron.pk, wish, by=by, now=MONDAY_NOON)
                for wish in wishes
            )
        )
        assert sum(isinstance(a, Refused) for a in answers) == 1
        assert Hold.objects.filter(patron=patron).count() == 1


def test_a_hold_is_cancelled_while_a_copy_is_set_aside_for_it() -> None:
    by = desk()
    for _ in range(TIMES):
        item = make_item()
        hold = make_hold(make_patron(), item.record)
        at_once(
            partial(cancel_holds, [hold.pk], by=by, now=MONDAY_NOON),
            partial(checkin, item.barcode, by=by, now=MONDAY_NOON),
        )
        hold.refresh_from_db()
        assert hold.state in {Hold.State.CANCELLED, Hold.State.UNCLEARED}
        assert (hold.state == Hold.State.UNCLEARED) == (hold.item_id is not None)


def test_two_titles_of_one_wish_come_at_once_and_one_is_set_aside() -> None:
    libraries = [make_library("MLI"), make_library("SVL")]
    desks = [desk(library) for library in libraries]
    for _ in range(TIMES):
        items = [make_item(library=library) for library in libraries]
        patron = make_patron()
        titles = tuple(item.record_id for item in items)
        place_bundle(
            patron.pk,
            Wish(record_id=titles[0], pickup_library_id=libraries[0].pk),
            Several(kind=HoldBundle.Kind.FIRST, record_ids=titles),
            by=desks[0],
            now=MONDAY_NOON,
        )
        at_once(
            *(
                partial(checkin, item.barcode, by=by, now=MONDAY_NOON)
                for item, by in zip(items, desks, strict=True)
            )
        )
        states = Hold.objects.filter(patron=patron).values_list("state", flat=True)
        assert sum(state in TRAPPED for state in states) == 1
        assert sum(state == Hold.State.QUEUED for state in states) == 1


def test_a_wish_is_cancelled_while_a_copy_comes_and_nothing_is_left_over() -> None:
    by = desk()
    for _ in range(TIMES):
        items = [make_item() for _ in range(2)]
        patron = make_patron()
        titles = tuple(item.record_id for item in items)
        placed = place_bundle(
            patron.pk,
            Wish(record_id=titles[0], pickup_library_id=items[0].library_id),
            Several(kind=HoldBundle.Kind.FIRST, record_ids=titles),
            by=by,
            now=MONDAY_NOON,
        )
        at_once(
            partial(cancel_holds, [placed.hold_id], by=by, now=MONDAY_NOON),
            partial(checkin, items[1].barcode, by=by, now=MONDAY_NOON),
        )
        states = set(Hold.objects.filter(patron=patron).values_list("state", flat=True))
        assert states <= {Hold.State.CANCELLED, Hold.State.UNCLEARED}


def test_a_claim_and_a_return_in_the_same_moment_leave_no_open_claim_behind() -> None:
    by = desk()
    for _ in range(TIMES):
        item = make_item()
        lent = checkout(
            card_of(make_patron()), item.barcode, by=by, now=MONDAY_NOON
        ).loan_id
        new = NewClaim(kind="returned", library_id=by.library_id or 0)
        at_once(
            partial(claim, lent, new, by=by, now=MONDAY_NOON),
            partial(checkin, item.barcode, by=by, now=MONDAY_NOON),
        )
        assert Loan.objects.get(pk=lent).returned_at is not None
        assert not Claim.objects.filter(loan=lent, resolved_at=None).exists()


def test_a_loan_is_voided_or_its_return_undone_and_never_both() -> None:
    by = chief()
    for _ in range(TIMES):
        item = make_item()
        lent = checkout(
            card_of(make_patron()), item.barcode, by=by, now=MONDAY_NOON
        ).loan_id
        checkin(item.barcode, by=by, now=MONDAY_NOON)
        step = latest("checkin", lent)
        assert step is not None
        at_once(
            partial(void_loan, lent, by=by, now=MONDAY_NOON),
            partial(
                undo, step.pk, by=by, now=MONDAY_NOON, needs=LendingPermission.UNDO
            ),
        )
        loan = Loan.objects.get(pk=lent)
        assert (loan.patron, loan.ending) == (None, Loan.Ending.VOIDED)
        assert loan.returned_at is not None


def test_a_copy_is_collected_or_released_and_its_hold_is_lost_by_neither() -> None:
    """And when it is released, somebody else's loan does not find it set aside."""
    by = desk()
    for _ in range(TIMES):
        item, patron = make_item(), make_patron()
        hold = make_hold(patron, item.record)
        checkin(item.barcode, by=by, now=MONDAY_NOON)
        step = latest("capture", hold.pk)
        assert step is not None
        needs = LendingPermission.UNDO
        at_once(
            partial(checkout, card_of(patron), item.barcode, by=by, now=MONDAY_NOON),
            partial(undo, step.pk, by=by, now=MONDAY_NOON, needs=needs),
        )
        hold.refresh_from_db()
        assert (hold.state, hold.item) == (Hold.State.FILLED, item)
        assert Loan.objects.get(item=item).returned_at is None


def test_a_captured_hold_is_cancelled_or_released_and_keeps_no_copy_in_its_queue() -> (
    None
):
    by = desk()
    for _ in range(TIMES):
        item = make_item()
        hold = make_hold(make_patron(), item.record)
        checkin(item.barcode, by=by, now=MONDAY_NOON)
        step = latest("capture", hold.pk)
        assert step is not None
        needs = LendingPermission.UNDO
        at_once(
            partial(cancel_holds, [hold.pk], by=by, now=MONDAY_NOON),
            partial(undo, step.pk, by=by, now=MONDAY_NOON, needs=needs),
        )
        hold.refresh_from_db()
        assert hold.state in {Hold.State.CANCELLED, Hold.State.UNCLEARED}
        assert (hold.item is None) == (hold.state == Hold.State.CANCELLED)

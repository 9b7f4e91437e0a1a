"""Stories of renewing what others wait for: only an unmet queue stops it (CIR-31)."""

from datetime import date, timedelta
from typing import Any

import pytest

from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.renew import Renewed, renew, renew_many
from kortisto.domain.circulation.facts import QUEUE_COUNTED
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.holds.models import Hold
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    desk,
    make_hold,
    make_item,
    make_item_type,
    make_library,
    make_patron,
    make_rules,
)
from kortisto.testing.queries import count_queries

pytestmark = pytest.mark.django_db

NEXT_DAY = MONDAY_NOON + timedelta(days=1)


def lend(item: Item, patron: Patron | None = None) -> int:
    card = card_of(patron or make_patron())
    return checkout(card, item.barcode, by=desk(), now=MONDAY_NOON).loan_id


def waits_for(item: Item, **fields: Any) -> Hold:
    """Somebody else in the queue of the item's title."""
    return make_hold(make_patron(), item.record, **fields)


def is_renewed(loan_id: int) -> bool:
    before = Loan.objects.get(pk=loan_id)
    (answer,) = renew_many([loan_id], by=desk(), now=NEXT_DAY)
    if isinstance(answer, Renewed):
        return True
    _loan_id, refused = answer
    assert [r.reason for r in refused.refusals] == [Reason.HELD_BY_OTHERS]
    after = Loan.objects.get(pk=loan_id)
    assert (after.due_at, after.renewals) == (before.due_at, before.renewals)
    assert not LoggedEvent.objects.filter(kind="LoanRenewed").exists()
    return False


def test_the_only_copy_is_not_renewed_while_somebody_waits() -> None:
    item = make_item()
    loan_id = lend(item)
    waits_for(item)
    assert not is_renewed(loan_id)
    by = desk(also=(LendingPermission.OVERRIDE_HOLD.value,))
    over = {Reason.HELD_BY_OTHERS.value}
    assert renew(loan_id, by=by, now=NEXT_DAY, overriding=over).renewals == 1


def test_the_borrowers_own_hold_is_no_obstacle() -> None:
    patron, item = make_patron(), make_item()
    loan_id = lend(item, patron)
    make_hold(patron, item.record)
    assert is_renewed(loan_id)


def test_a_free_copy_anywhere_in_the_consortium_meets_the_queue() -> None:
    item = make_item()
    make_item(record=item.record, library=make_library("SVL"))
    loan_id = lend(item)
    waits_for(item)
    assert is_renewed(loan_id)


def test_one_more_who_waits_than_there_are_free_copies_stops_it_with_the_numbers() -> (
    None
):
    item = make_item()
    for _copy in range(2):
        make_item(record=item.record)
    loan_id = lend(item)
    for _patron in range(3):
        waits_for(item)
    with pytest.raises(Refused) as refused:
        renew(loan_id, by=desk(), now=NEXT_DAY)
    (refusal,) = refused.value.refusals
    assert refusal.facts == {"queue": 3, "free_copies": 2, "want_this_copy": 0}
    make_item(record=item.record)
    assert is_renewed(loan_id)


@pytest.mark.parametrize(
    "status", ["not_for_loan", "lost", "damaged", "withdrawn", "restricted"]
)
def test_a_copy_that_cannot_be_lent_meets_nobody(status: str) -> None:
    item, codes = make_item(), dict[str, Any]({status: "1"})
    other = make_item(record=item.record, **codes)
    loan_id = lend(item)
    waits_for(item)
    assert not is_renewed(loan_id)
    Item.objects.filter(pk=other.pk).update(**{status: ""})
    assert is_renewed(loan_id)


@pytest.mark.parametrize("values", [{"for_loan": False}, {"holdable": False}])
def test_a_kind_of_copy_that_the_rules_keep_back_meets_nobody(
    values: dict[str, bool],
) -> None:
    reference = make_item_type("KASIKIRJASTO")
    make_rules({"item_type": reference, "values": values})
    item = make_item()
    make_item(record=item.record, item_type=reference)
    loan_id = lend(item)
    waits_for(item)
    assert not is_renewed(loan_id)


def test_a_copy_that_is_lent_too_meets_nobody() -> None:
    item = make_item()
    other = make_item(record=item.record)
    loan_id, _other_loan = lend(item), lend(other)
    waits_for(item)
    assert not is_renewed(loan_id)
    checkin(other.barcode, by=desk(), now=NEXT_DAY)  # and it waits for them
    assert is_renewed(loan_id)


@pytest.mark.parametrize("pickup", ["MLI", "SVL"])
def test_a_copy_trapped_for_one_does_not_meet_another(pickup: str) -> None:
    """Here on the shelf, or on its way there."""
    item = make_item()
    other = make_item(record=item.record)
    loan_id = lend(item)
    waits_for(item, pickup=make_library(pickup))
    checkin(other.barcode, by=desk(), now=MONDAY_NOON)
    waits_for(item)
    assert not is_renewed(loan_id)


def test_who_wants_this_very_copy_is_met_by_no_other() -> None:
    item = make_item()
    for _copy in range(3):
        make_item(record=item.record)
    loan_id = lend(item)
    waits_for(item, wanted_item=item)
    with pytest.raises(Refused) as refused:
        renew(loan_id, by=desk(), now=NEXT_DAY)
    (refusal,) = refused.value.refusals
    assert refusal.facts == {"queue": 1, "free_copies": 3, "want_this_copy": 1}


def test_who_wants_another_copy_takes_that_one_and_is_no_queue_of_this() -> None:
    item = make_item()
    other = make_item(record=item.record)
    loan_id = lend(item)
    waits_for(item, wanted_item=other)
    assert is_renewed(loan_id)
    waits_for(item)
    with pytest.raises(Refused, match="held-by-others"):
        renew(loan_id, by=desk(), now=NEXT_DAY + timedelta(days=1))


@pytest.mark.parametrize(
    "fields",
    [
        {"suspended_from": date(2000, 1, 1)},
        {"starts_on": date(2027, 3, 9)},
        {"expires_on": date(2027, 3, 1)},
        {"state": Hold.State.CANCELLED},
    ],
)
def test_a_hold_that_is_not_in_force_stops_nothing(fields: dict[str, Any]) -> None:
    item = make_item()
    loan_id = lend(item)
    waits_for(item, **fields)
    assert is_renewed(loan_id)


def test_a_queue_longer_than_is_counted_is_never_taken_for_met() -> None:
    item = make_item()
    loan_id = lend(item)
    for _each in range(QUEUE_COUNTED + 1):
        make_item(record=item.record)
        waits_for(item)
    assert not is_renewed(loan_id)


def test_a_renewal_costs_as_many_statements_with_a_queue_and_copies() -> None:
    first, second = make_item(), make_item()
    loans = [lend(first), lend(second)]
    renew(lend(make_item()), by=desk(), now=NEXT_DAY)  # warm what is kept
    alone = count_queries(lambda: renew(loans[0], by=desk(), now=NEXT_DAY))
    for _each in range(6):
        make_item(record=second.record)
        waits_for(second)
    crowded = count_queries(lambda: renew(loans[1], by=desk(), now=NEXT_DAY))
    assert crowded == alone

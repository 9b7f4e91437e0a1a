"""Long queues served nearest first: off by default, and nobody is passed for ever."""

from datetime import timedelta

import pytest

from kortisto.domain.catalogue.models import CodedValue, Item
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.circulation.returns import Going
from kortisto.domain.distribution.actions.limiting import set_transfer_limit
from kortisto.domain.fulfilment.actions.planning import plan_titles
from kortisto.domain.fulfilment.facts import titles
from kortisto.domain.fulfilment.forecast_facts import facts_of_hold
from kortisto.domain.fulfilment.settings import (
    NEAREST_LEAST_COPIES,
    NEAREST_LEAST_HOLDS,
    NEAREST_OF_FIRST,
    PASSED_AT_MOST,
)
from kortisto.domain.holds.models import Hold, Pull
from kortisto.domain.holds.reasons import HoldReason
from kortisto.domain.org.actions.settings import set_setting
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_consortium,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
)
from kortisto.testing.queries import count_queries

pytestmark = pytest.mark.django_db


def decide(*, first: int = 5, passes: int = 2) -> None:
    for setting, value in (
        (NEAREST_OF_FIRST, first),
        (PASSED_AT_MOST, passes),
        (NEAREST_LEAST_HOLDS, 2),
        (NEAREST_LEAST_COPIES, 1),
    ):
        set_setting(
            make_consortium().pk, setting, value=value, by=chief(), now=MONDAY_NOON
        )


def queue() -> tuple[Hold, Hold, Hold]:
    """One that is collected far away, and two behind it here; a copy stands here."""
    here, far = make_library("MLI"), make_library("SVL")
    record = make_record()
    make_item(record=record, library=here)
    waiting = [
        make_hold(
            make_patron(),
            record,
            pickup=pickup,
            placed_at=MONDAY_NOON - timedelta(days=9 - number),
        )
        for number, pickup in enumerate((far, here, here))
    ]
    return waiting[0], waiting[1], waiting[2]


def planned_for(record_id: int) -> Pull:
    plan_titles([record_id], now=MONDAY_NOON)
    return Pull.objects.get()


def test_the_order_of_the_queue_decides_by_itself() -> None:
    far, _near, _last = queue()
    pull = planned_for(far.record_id)
    assert pull.hold == far
    assert "passes" not in pull.trace


def test_where_it_is_decided_the_nearest_of_the_first_is_served() -> None:
    decide()
    far, near, _last = queue()
    pull = planned_for(far.record_id)
    assert pull.hold == near
    assert pull.trace["passes"] == 1


def test_holds_that_were_served_before_it_count_as_passes() -> None:
    decide(passes=1)
    far, near, last = queue()
    near.state, near.item = (
        Hold.State.FILLED,
        make_item(record=far.record, restricted="1"),
    )
    near.save()
    assert planned_for(far.record_id).hold == far

    [title] = titles(
        [far.record_id], today=MONDAY_NOON.date(), with_passes=True
    ).values()
    assert [(one.hold_id, one.passed) for one in title.holds] == [
        (far.pk, 1),
        (last.pk, 0),
    ]
    assert title.owned == 2


def test_a_short_queue_keeps_its_order() -> None:
    decide()
    set_setting(
        make_consortium().pk,
        NEAREST_LEAST_HOLDS,
        value=4,
        by=chief(),
        now=MONDAY_NOON,
    )
    far, _near, _last = queue()
    assert planned_for(far.record_id).hold == far


def test_it_costs_the_same_for_many_titles() -> None:
    decide()
    one, many = [queue()[0].record_id], [queue()[0].record_id for _ in range(6)]
    plan_titles([queue()[0].record_id], now=MONDAY_NOON)  # warm what is kept
    few = count_queries(lambda: plan_titles(one, now=MONDAY_NOON))
    assert few == count_queries(lambda: plan_titles(many, now=MONDAY_NOON))


EVERY_REASON = frozenset(
    reason.value for reasons in (Reason, HoldReason) for reason in reasons
)


def lent(item: Item) -> None:
    checkout(
        card_of(make_patron()),
        item.barcode,
        by=chief(item.library),
        now=MONDAY_NOON - timedelta(days=1),
        overriding=EVERY_REASON,
    )


def returned() -> tuple[Hold, Hold, Item]:
    """Nobody's copy stands on a shelf; one is on loan from where the second waits."""
    far, near, _last = queue()
    item = Item.objects.get(record=far.record)
    Pull.objects.all().delete()
    lent(item)
    return far, near, item


def test_a_returned_copy_goes_to_the_first_until_it_is_decided_otherwise() -> None:
    far, _near, item = returned()
    checkin(item.barcode, by=desk(item.library), now=MONDAY_NOON)
    assert Hold.objects.get(item=item) == far


def test_a_returned_copy_serves_the_nearest_of_the_first() -> None:
    decide()
    far, near, item = returned()
    done = checkin(item.barcode, by=desk(item.library), now=MONDAY_NOON)
    assert done.going is Going.HOLD_SHELF
    assert Hold.objects.get(item=item) == near
    far.refresh_from_db()
    assert far.state == Hold.State.QUEUED


def test_one_who_has_been_passed_enough_gets_the_returned_copy() -> None:
    decide(passes=1)
    far, near, item = returned()
    near.state, near.item = (
        Hold.State.FILLED,
        make_item(record=far.record, restricted="1"),
    )
    near.save()
    checkin(item.barcode, by=desk(item.library), now=MONDAY_NOON)
    assert Hold.objects.get(item=item, state=Hold.State.TRAVELLING) == far


def test_a_returned_copy_is_given_as_if_those_it_is_not_sent_to_did_not_wait() -> None:
    """Most wait where its collection is not sent, then in the third library."""
    decide(first=9)
    CodedValue.objects.create(list=CodedValue.List.COLLECTION, code="KOTI")
    here, other, shut, third = map(make_library, ("MLI", "AAA", "SVL", "KAN"))
    item = make_item(library=here, collection="KOTI")
    lent(item)
    holds = [
        make_hold(
            make_patron(),
            item.record,
            pickup=pickup,
            placed_at=MONDAY_NOON - timedelta(days=9 - number),
        )
        for number, pickup in enumerate((other, shut, shut, shut, third, third))
    ]
    set_transfer_limit(here.pk, shut.pk, collection="KOTI", by=chief(), now=MONDAY_NOON)
    checkin(item.barcode, by=desk(here), now=MONDAY_NOON)
    assert Hold.objects.get(item=item) == holds[4]


def test_a_copy_fetched_by_the_plan_serves_whom_it_was_fetched_for() -> None:
    far, _near, _last = queue()
    item = planned_for(far.record_id).item
    decide()
    checkin(item.barcode, by=desk(item.library), now=MONDAY_NOON)
    assert Hold.objects.get(item=item) == far


def test_of_those_farther_off_the_one_without_copies_near_is_served() -> None:
    """A copy is on loan from where the first waits: it comes back there for them."""
    decide()
    here, first_at, second_at = (make_library(code) for code in ("AAA", "BBB", "CCC"))
    record = make_record()
    copy = make_item(record=record, library=here)
    lent(make_item(record=record, library=first_at))
    _first, second = (
        make_hold(
            make_patron(),
            record,
            pickup=pickup,
            placed_at=MONDAY_NOON - timedelta(days=9 - number),
        )
        for number, pickup in enumerate((first_at, second_at))
    )
    assert planned_for(record.pk).hold == second
    assert Pull.objects.get().item == copy


def test_the_first_of_a_long_queue_is_told_that_later_ones_may_pass_it() -> None:
    far, _near, _last = queue()
    bound = Hold.objects.get(pk=far.pk)
    bound.wanted_item = Item.objects.get(record=far.record)

    def passes(hold: Hold) -> int | None:
        facts = facts_of_hold(hold, now=MONDAY_NOON)
        return None if facts is None else facts.passes

    assert passes(far) == 0
    decide(passes=2)
    assert passes(far) == 2
    assert passes(bound) == 0

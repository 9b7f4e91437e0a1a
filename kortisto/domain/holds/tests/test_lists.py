"""Queues, shelves and journeys as lists: their order, and what counts where."""

from datetime import timedelta
from typing import Any

import pytest

from kortisto.domain.holds.lists import (
    before_in_queue,
    hold_at,
    oldest_first,
    on_shelf,
    on_the_way,
    queue_counts,
    queue_of,
    trapped_for,
)
from kortisto.domain.holds.models import Hold, Transit
from kortisto.testing.builders import (
    MONDAY_NOON,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
)

pytestmark = pytest.mark.django_db

TODAY = MONDAY_NOON.date()
DAY = timedelta(days=1)


def waiting(identifier: str, **fields: Any) -> Hold:
    patron = make_patron(hold_identifier=identifier)
    state = fields.pop("state", Hold.State.WAITING)
    item = make_item()
    return make_hold(patron, item.record, state=state, item=item, **fields)


def test_each_hold_counts_once_as_what_it_is_today() -> None:
    record = make_record()

    def hold(**fields: Any) -> None:
        make_hold(make_patron(), record, **fields)

    hold()
    hold(always_last=True)
    hold(suspended_from=TODAY, suspended_until=TODAY)
    hold(suspended_from=TODAY + DAY)  # not yet
    hold(starts_on=TODAY + DAY)
    hold(starts_on=TODAY + DAY, suspended_from=TODAY)  # later, not suspended
    hold(expires_on=TODAY - DAY)  # ends tonight
    hold(state=Hold.State.CANCELLED)
    hold(state=Hold.State.TRAVELLING, item=make_item(record=record))
    hold(state=Hold.State.WAITING, item=make_item(record=record))
    make_hold(make_patron(), make_record())

    counts = queue_counts(record.pk, today=TODAY)

    assert (counts.active, counts.suspended, counts.later, counts.trapped) == (
        3,
        1,
        2,
        2,
    )
    assert counts.queued == 6
    assert trapped_for(record.pk).count() == 2


def test_the_queue_goes_on_after_any_of_its_holds() -> None:
    record = make_record()
    last = make_hold(make_patron(), record, always_last=True)
    later = make_hold(make_patron(), record)
    latest = make_hold(make_patron(), record)
    first = make_hold(make_patron(), record, placed_at=MONDAY_NOON - 9 * DAY)
    make_hold(make_patron(), record, state=Hold.State.EXPIRED)
    order = [first.pk, later.pk, latest.pk, last.pk]

    for number in range(len(order)):
        rest = queue_of(record.pk, after=order[number])
        assert [hold.pk for hold in rest] == order[number + 1 :]

    assert [hold.pk for hold in queue_of(record.pk)] == order
    assert [before_in_queue(hold) for hold in queue_of(record.pk)] == [0, 1, 2, 3]


def test_a_page_goes_on_after_a_hold_that_has_left_the_queue_meanwhile() -> None:
    record = make_record()
    first, second = (make_hold(make_patron(), record) for _ in range(2))
    Hold.objects.filter(pk=first.pk).update(state=Hold.State.CANCELLED)

    assert [hold.pk for hold in queue_of(record.pk, after=first.pk)] == [second.pk]


def test_the_place_to_move_to_is_counted_without_the_hold_itself() -> None:
    record = make_record()
    first, second, third = (make_hold(make_patron(), record) for _ in range(3))

    assert hold_at(1, third) == first
    assert hold_at(2, third) == second
    assert hold_at(1, first) == second
    assert hold_at(2, first) == third
    assert hold_at(3, first) is None
    assert hold_at(0, first) is None


def test_the_hold_shelf_stands_by_identifier_whatever_the_letters() -> None:
    order = [waiting(one).pk for one in ("1000 2", "10003", "aurinko", "Åke")]
    waiting("0", state=Hold.State.UNCLEARED)
    waiting("1", pickup=make_library("SVL"))
    here = make_library().pk

    assert [hold.pk for hold in on_shelf(here, Hold.State.WAITING)] == order
    rest = on_shelf(here, Hold.State.WAITING, after=order[1])
    assert [hold.pk for hold in rest] == order[2:]


def test_journeys_are_listed_the_oldest_first_and_only_while_they_last() -> None:
    here, there = make_library(), make_library("SVL")

    def journey(**fields: Any) -> Transit:
        known = {"origin": here, "destination": there, "item": make_item()}
        return Transit.objects.create(**{**known, **fields})

    new = journey(sent_at=MONDAY_NOON)
    old = journey(sent_at=MONDAY_NOON - 9 * DAY)
    back = journey(sent_at=MONDAY_NOON, origin=there, destination=here)
    journey(sent_at=MONDAY_NOON, arrived_at=MONDAY_NOON)
    journey(sent_at=MONDAY_NOON, cancelled_at=MONDAY_NOON)
    make_hold(
        make_patron(), old.item.record, state=Hold.State.TRAVELLING, item=old.item
    )

    leaving = oldest_first(on_the_way(origin_id=here.pk))

    told = [(one.pk, getattr(one, "for_hold", None)) for one in leaving]
    assert told == [(old.pk, True), (new.pk, False)]
    rest = oldest_first(on_the_way(origin_id=here.pk), after=old.pk)
    assert [one.pk for one in rest] == [new.pk]
    assert [one.pk for one in on_the_way(destination_id=here.pk)] == [back.pk]

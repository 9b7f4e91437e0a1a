"""The place in the queue: counted for many holds at once, by stored facts alone."""

from datetime import timedelta

import pytest

from kortisto.domain.holds import places
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.places import place_of, places_of_patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    make_hold,
    make_item,
    make_patron,
    make_record,
)
from kortisto.testing.queries import count_queries

pytestmark = pytest.mark.django_db


def test_those_before_it_are_counted_and_those_after_it_are_not() -> None:
    record, aino = make_record(), make_patron()
    make_hold(make_patron(), record)
    mine = make_hold(aino, record)
    make_hold(make_patron(), record)
    make_hold(make_patron(), make_record())

    assert places_of_patron(aino.pk) == {mine.pk: 2}
    assert place_of(mine.pk) == 2


def test_a_suspended_hold_keeps_its_place_and_one_that_has_left_has_none() -> None:
    record, aino = make_record(), make_patron()
    make_hold(make_patron(), record, suspended_from=MONDAY_NOON.date())
    make_hold(make_patron(), record, state=Hold.State.CANCELLED)
    make_hold(
        make_patron(),
        record,
        state=Hold.State.WAITING,
        item=make_item(record=record),
    )
    mine = make_hold(aino, record)
    gone = make_hold(aino, record, state=Hold.State.EXPIRED)

    assert places_of_patron(aino.pk) == {mine.pk: 2}
    assert place_of(gone.pk) is None


def test_who_is_always_last_and_who_was_moved_stand_there() -> None:
    record, aino = make_record(), make_patron()
    last = make_hold(aino, record, always_last=True)
    other = make_hold(make_patron(), record)
    moved = make_hold(
        aino, record, counts_from=other.counts_from - timedelta(microseconds=1)
    )

    assert places_of_patron(aino.pk) == {moved.pk: 1, last.pk: 3}


def test_holds_on_another_volume_are_no_rivals() -> None:
    record, aino = make_record("Tekniikan maailma"), make_patron()
    first = make_item(record=record, enumchron="2027:1")
    make_hold(make_patron(), record, wanted_volume="2027:2")
    make_hold(make_patron(), record, wanted_volume="2027:1")
    make_hold(make_patron(), record)  # any copy
    volume = make_hold(aino, record, wanted_volume="2027:1")
    copy = make_hold(aino, record, wanted_item=first)
    whichever = make_hold(aino, record)

    assert places_of_patron(aino.pk) == {
        volume.pk: 3,
        copy.pk: 4,
        whichever.pk: 6,
    }


def test_many_holds_are_one_question_and_long_queues_are_not_counted_to_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record, aino = make_record(), make_patron()
    Hold.objects.bulk_create(
        Hold(
            patron=make_patron(),
            record=record,
            pickup_library=aino.home_library,
            placed_at=MONDAY_NOON,
            counts_from=MONDAY_NOON,
        )
        for _number in range(places.COUNTED // 100)
    )
    for _number in range(4):
        make_hold(aino, record, placed_at=MONDAY_NOON + timedelta(days=1))
    sql = places._SQL.replace(f"LIMIT {places.COUNTED}", "LIMIT 5")
    monkeypatch.setattr(places, "_SQL", sql)

    assert count_queries(lambda: places_of_patron(aino.pk)) == 1
    assert set(places_of_patron(aino.pk).values()) == {6}

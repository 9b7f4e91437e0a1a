"""Stories of holds that wait: suspended, moved, collected elsewhere."""

from datetime import timedelta

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.holds.actions.changing import (
    change_days,
    change_pickup,
    mark,
    move_before,
    resume,
    suspend,
)
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.holds.queue import ORDER, active_on
from kortisto.testing.builders import (
    MONDAY_NOON,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    themself,
)

pytestmark = pytest.mark.django_db

TODAY = MONDAY_NOON.date()
A_DAY = timedelta(days=1)
MAY_MOVE = (HoldPermission.MOVE.value,)


def queue_on(day: int) -> list[Hold]:
    """Who is active so many days from now, the first first."""
    on = TODAY + day * A_DAY
    return list(Hold.objects.filter(active_on(on)).order_by(*ORDER))


def told() -> list[list[str]]:
    rows = LoggedEvent.objects.filter(kind="HoldChanged").order_by("pk")
    return [row.body["fields"] for row in rows]


def test_a_suspension_ends_by_itself_after_its_last_day() -> None:
    hold = make_hold(make_patron(), make_record())
    suspend(
        [hold.pk],
        since=TODAY + A_DAY,
        until=TODAY + 2 * A_DAY,
        by=desk(),
        now=MONDAY_NOON,
    )
    assert [bool(queue_on(day)) for day in range(4)] == [True, False, False, True]
    assert told() == [["suspended_from", "suspended_until"]]


def test_a_suspended_hold_keeps_its_place_for_when_it_is_resumed() -> None:
    record = make_record()
    first = make_hold(make_patron(), record)
    second = make_hold(make_patron(), record, placed_at=MONDAY_NOON)
    suspend([first.pk], until=None, by=themself(first.patron), now=MONDAY_NOON)
    assert queue_on(400) == [second]
    resume([first.pk], by=themself(first.patron), now=MONDAY_NOON)
    assert queue_on(0) == [first, second]


def test_a_suspension_of_the_past_is_refused() -> None:
    hold = make_hold(make_patron(), make_record())
    with pytest.raises(Refused, match="days-in-wrong-order"):
        suspend([hold.pk], until=TODAY - A_DAY, by=desk(), now=MONDAY_NOON)
    assert queue_on(0) == [hold]
    assert told() == []


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (Hold.State.WAITING, "hold-waits-on-shelf"),
        (Hold.State.TRAVELLING, "hold-is-on-its-way"),
        (Hold.State.FILLED, "hold-has-ended"),
    ],
)
def test_a_hold_that_has_left_its_queue_is_not_changed(
    state: Hold.State, reason: str
) -> None:
    item = make_item()
    hold = make_hold(make_patron(), item.record, state=state, item=item)
    queued = make_hold(make_patron(), make_record())
    library = make_library("SVL").pk
    with pytest.raises(Refused, match=reason):
        change_pickup([queued.pk, hold.pk], library, by=desk(), now=MONDAY_NOON)
    queued.refresh_from_db()
    assert queued.pickup_library != make_library("SVL")
    assert told() == []


def test_all_holds_are_collected_elsewhere_from_now_on() -> None:
    patron, there = make_patron(), make_library("SVL")
    holds = [make_hold(patron, make_record()) for _ in range(2)]
    change_pickup(
        [hold.pk for hold in holds], there.pk, by=themself(patron), now=MONDAY_NOON
    )
    assert {hold.pickup_library for hold in Hold.objects.all()} == {there}


def test_nobody_changes_another_patrons_hold() -> None:
    hold = make_hold(make_patron(), make_record())
    with pytest.raises(NotPermitted):
        suspend([hold.pk], until=None, by=themself(make_patron()), now=MONDAY_NOON)
    assert queue_on(0) == [hold]


def test_staff_move_a_hold_for_a_reason_that_is_kept() -> None:
    record = make_record()
    first, second, third = (
        make_hold(make_patron(), record, placed_at=MONDAY_NOON + n * A_DAY)
        for n in range(3)
    )
    by = desk(also=MAY_MOVE)
    move_before(third.pk, second.pk, why="kurssikirja", by=by, now=MONDAY_NOON)
    assert queue_on(0) == [first, third, second]
    moved = LoggedEvent.objects.get(kind="HoldChanged")
    assert moved.body["why"] == "kurssikirja"
    third.refresh_from_db()
    assert third.placed_at == MONDAY_NOON + 2 * A_DAY  # what happened stays a fact


def test_of_two_that_are_moved_before_the_same_the_later_stands_right_before_it() -> (
    None
):
    record = make_record()
    holds = [
        make_hold(make_patron(), record, placed_at=MONDAY_NOON + n * A_DAY)
        for n in range(4)
    ]
    first, second, third, fourth = holds
    by = desk(also=MAY_MOVE)
    move_before(third.pk, second.pk, why="syy", by=by, now=MONDAY_NOON)
    move_before(fourth.pk, second.pk, why="syy", by=by, now=MONDAY_NOON)
    assert queue_on(0) == [first, third, fourth, second]
    move_before(second.pk, first.pk, why="syy", by=by, now=MONDAY_NOON)
    assert queue_on(0) == [second, first, third, fourth]


def test_moving_needs_a_permission_a_reason_and_one_queue() -> None:
    record = make_record()
    first, second = (make_hold(make_patron(), record) for _ in range(2))
    other = make_hold(make_patron(), make_record())
    by = desk(also=MAY_MOVE)
    with pytest.raises(NotPermitted):
        move_before(second.pk, first.pk, why="syy", by=desk(), now=MONDAY_NOON)
    with pytest.raises(ValueError, match="reason"):
        move_before(second.pk, first.pk, why=" ", by=by, now=MONDAY_NOON)
    with pytest.raises(ValueError, match="one queue"):
        move_before(second.pk, other.pk, why="syy", by=by, now=MONDAY_NOON)
    assert told() == []


def test_staff_put_home_delivery_last_and_note_why() -> None:
    record = make_record()
    home = make_hold(make_patron(), record)
    other = make_hold(make_patron(), record, placed_at=MONDAY_NOON)
    mark(
        home.pk,
        always_last=True,
        non_urgent=True,
        note=" kotipalvelu ",
        by=desk(),
        now=MONDAY_NOON,
    )
    assert queue_on(0) == [other, home]
    home.refresh_from_db()
    assert home.note == "kotipalvelu"


def test_a_hold_waits_between_other_days() -> None:
    hold = make_hold(make_patron(), make_record())
    first, last = TODAY + 2 * A_DAY, TODAY + 3 * A_DAY
    change_days(hold.pk, starts_on=first, expires_on=last, by=desk(), now=MONDAY_NOON)
    assert [bool(queue_on(day)) for day in range(5)] == [
        False,
        False,
        True,
        True,
        False,
    ]

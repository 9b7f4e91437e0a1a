"""Stories of more time to pick up: by the staff, and once by the patron."""

from datetime import timedelta
from typing import Any

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.holds.actions.extending import ask_for_more_time, keep_until
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.settings import EXTRA_PICKUP_DAYS
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    close_library,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    themself,
)

pytestmark = pytest.mark.django_db
TODAY = MONDAY_NOON.date()
DAY = timedelta(days=1)


def waiting(patron: Patron | None = None, **fields: Any) -> Hold:
    item = make_item()
    asked = {"state": Hold.State.WAITING, "item": item, "pickup_until": TODAY}
    return make_hold(patron or make_patron(), item.record, **{**asked, **fields})


def ask(hold: Hold) -> str:
    """What is said to the patron who asks: nothing, or the reasons."""
    try:
        ask_for_more_time(hold.pk, by=themself(hold.patron), now=MONDAY_NOON)
    except Refused as refused:
        return str(refused)
    return ""


def test_a_patron_gets_more_time_once_and_only_open_days_count() -> None:
    hold = waiting()
    close_library(make_library(), TODAY + DAY)
    assert ask(hold) == ""
    hold.refresh_from_db()
    assert hold.pickup_until == TODAY + 4 * DAY
    assert ask(hold) == "more-time-was-given"
    told = LoggedEvent.objects.get(kind="HoldChanged")
    assert told.body["fields"] == ["pickup_until"]


def test_not_when_somebody_waits_or_the_time_is_over() -> None:
    wanted, late = waiting(), waiting(pickup_until=TODAY - DAY)
    make_hold(make_patron(), wanted.record)
    assert ask(wanted) == "others-wait"
    assert ask(late) == "pickup-time-is-over"
    assert not LoggedEvent.objects.filter(kind="HoldChanged").exists()


def test_not_where_the_library_gives_none() -> None:
    where = make_library().pk
    set_setting(where, EXTRA_PICKUP_DAYS, value=0, by=chief(), now=MONDAY_NOON)
    assert ask(waiting()) == "no-more-time-there"


def test_not_for_what_is_not_on_the_shelf_nor_for_others() -> None:
    queued = make_hold(make_patron(), make_item().record)
    assert ask(queued) == "not-on-hold-shelf"
    hold = waiting()
    with pytest.raises(NotPermitted):
        ask_for_more_time(hold.pk, by=themself(make_patron()), now=MONDAY_NOON)


def test_staff_choose_any_day_for_as_long_as_it_makes_sense() -> None:
    hold = waiting()
    make_hold(make_patron(), hold.record)
    keep_until(hold.pk, TODAY + 20 * DAY, by=desk(), now=MONDAY_NOON)
    hold.refresh_from_db()
    assert (hold.pickup_until, hold.extended_at) == (TODAY + 20 * DAY, None)
    for wrong in (TODAY - DAY, TODAY + 91 * DAY):
        with pytest.raises(Refused, match="days-in-wrong-order"):
            keep_until(hold.pk, wrong, by=desk(), now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        keep_until(hold.pk, TODAY, by=themself(hold.patron), now=MONDAY_NOON)

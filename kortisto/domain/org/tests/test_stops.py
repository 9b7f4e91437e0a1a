"""Stops of a bookmobile and its timetable."""

from datetime import date, time

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.org.actions.stops import StopPlan, remove_stop, save_stop
from kortisto.domain.org.models import BusStop, Unit
from kortisto.domain.org.rules import ExceptionDays, OpeningCalendar
from kortisto.domain.org.stop_queries import bus_stops, stops_of
from kortisto.domain.org.stops import Call, Stop, Visit, next_visits, visits_on
from kortisto.testing.builders import MONDAY_NOON, chief, desk, make_library, make_unit

TUESDAY = date(2027, 3, 2)
NINE, TEN, NOON, ONE = time(9), time(10), time(12), time(13)
EVERY_OTHER = Call(TUESDAY, 2, NINE, TEN)
SCHOOL = Stop(id=1, library_id=7, names={"fi": "Koulu"}, calls=(EVERY_OTHER,))
SHOP = Stop(
    id=2,
    library_id=7,
    names={"fi": "Kauppa"},
    calls=(Call(TUESDAY, 1, NOON, ONE, last_on=date(2027, 3, 16)),),
)
OPEN = OpeningCalendar(7)


def days(visits: list[Visit]) -> list[str]:
    return [visit.day.isoformat() for visit in visits]


def test_it_comes_every_so_many_weeks_from_its_first_day_to_its_last() -> None:
    found = next_visits(SCHOOL, OPEN, since=date(2027, 2, 1))
    assert days(found) == ["2027-03-02", "2027-03-16", "2027-03-30"]
    found = next_visits(SHOP, OPEN, since=date(2027, 3, 3), most=9)
    assert days(found) == ["2027-03-09", "2027-03-16"]
    assert next_visits(SHOP, OPEN, since=date(2027, 3, 17)) == []


def test_a_day_has_its_stops_in_the_order_of_the_times() -> None:
    found = visits_on([SHOP, SCHOOL], OPEN, TUESDAY)
    assert found == [Visit(TUESDAY, NINE, TEN, 1), Visit(TUESDAY, NOON, ONE, 2)]
    assert [v.stop_id for v in visits_on([SHOP, SCHOOL], OPEN, date(2027, 3, 9))] == [2]


def test_on_a_day_that_is_closed_by_name_it_comes_nowhere() -> None:
    closed = ExceptionDays(7, TUESDAY, TUESDAY, {"fi": "Huolto"})
    calendar = OpeningCalendar(7, exceptions=(closed,))
    assert visits_on([SCHOOL], calendar, TUESDAY) == []
    assert days(next_visits(SCHOOL, calendar, since=TUESDAY, most=1)) == ["2027-03-16"]


def make_bus() -> Unit:
    bus = make_library("AUTO")
    bus.mobile = True
    bus.save()
    return bus


PLAN = StopPlan(names={"fi": "Koulu"}, place="Koulutie 1", calls=(EVERY_OTHER,))


@pytest.mark.django_db
def test_a_stop_is_added_changed_and_removed() -> None:
    bus, by = make_bus(), chief()
    made = save_stop(bus.pk, None, PLAN, by=by, now=MONDAY_NOON)
    assert [stop.name for stop in stops_of(bus.pk)] == ["Koulu"]
    assert bus_stops()[made.pk].calls == (EVERY_OTHER,)
    later = StopPlan(names={"fi": "Koulu"}, place="", calls=())
    save_stop(bus.pk, made.pk, later, by=by, now=MONDAY_NOON)
    assert bus_stops()[made.pk].calls == ()

    remove_stop(made.pk, by=by, now=MONDAY_NOON)

    assert bus_stops() == {}
    kinds = LoggedEvent.objects.order_by("id").values_list("kind", flat=True)
    assert list(kinds) == ["BusStopChanged", "BusStopChanged", "BusStopRemoved"]


@pytest.mark.django_db
def test_what_is_wrong_with_a_stop_is_told_at_once_and_nothing_is_kept() -> None:
    bus, by = make_bus(), chief()
    save_stop(bus.pk, None, PLAN, by=by, now=MONDAY_NOON)
    backwards = Call(TUESDAY, 1, TEN, NINE, last_on=date(2027, 1, 1))
    wrong = StopPlan(names={"fi": "Koulu"}, place="", calls=(backwards,))
    with pytest.raises(Refused) as refused:
        save_stop(bus.pk, None, wrong, by=by, now=MONDAY_NOON)
    assert str(refused.value) == (
        "stop-has-name, leaves-before-it-comes, dates-backwards"
    )
    with pytest.raises(Refused, match="no-bookmobile"):
        save_stop(make_library().pk, None, PLAN, by=by, now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        save_stop(bus.pk, None, PLAN, by=desk(), now=MONDAY_NOON)
    assert BusStop.objects.count() == 1
    assert make_unit("AUTO").mobile

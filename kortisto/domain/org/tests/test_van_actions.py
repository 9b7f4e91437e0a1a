from dataclasses import replace
from datetime import date, time

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.org.actions.vans import RoundPlan, remove_round, save_round
from kortisto.domain.org.models import Unit, VanRound, VanStop
from kortisto.domain.org.van_queries import rounds_from, van_network
from kortisto.domain.org.vans import Stop
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    close_library,
    desk,
    make_consortium,
    make_library,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY = date(2027, 3, 1), date(2027, 3, 2), date(2027, 3, 3)


def plan(*libraries: Unit, starts_on: date = date(2027, 1, 1)) -> RoundPlan:
    stops = tuple(
        Stop(library.pk, time(8 + number), 30 * number)
        for number, library in enumerate(libraries)
    )
    return RoundPlan(
        names={"fi": "Kierros"},
        weekdays=frozenset(range(5)),
        capacity=200,
        stops=stops,
        starts_on=starts_on,
    )


def save(told: RoundPlan, code: str = "KIERROS") -> VanRound:
    return save_round(code, told, by=chief(), now=MONDAY_NOON)


def arrival(origin: Unit, destination: Unit, ready: date) -> date | None:
    ways = van_network().ways(origin.pk, destination.pk, ready=ready)
    return ways[0].arrives_on if ways else None


def test_a_round_is_kept_and_told_and_the_network_follows() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    assert van_network().is_empty

    save(plan(here, there), code="kierros")

    assert arrival(here, there, MONDAY) == TUESDAY
    told = LoggedEvent.objects.get(kind="VanRoundChanged")
    assert told.body == {"round": "KIERROS", "starts_on": "2027-01-01"}


def test_a_round_that_changes_later_stays_as_it_is_until_then() -> None:
    here, there, other = (make_library(code) for code in ("MLI", "SVL", "PRK"))
    save(plan(here, there))
    save(plan(here, other, starts_on=WEDNESDAY))

    assert arrival(here, there, MONDAY) == TUESDAY
    assert arrival(here, there, TUESDAY) is None
    assert arrival(here, other, MONDAY) == WEDNESDAY


def test_what_was_said_for_a_day_is_said_anew() -> None:
    here, there, other = (make_library(code) for code in ("MLI", "SVL", "PRK"))
    first = save(plan(here, there))
    again = save(plan(here, other))

    assert again.pk == first.pk
    assert VanStop.objects.count() == 2
    assert arrival(here, there, MONDAY) is None


def test_a_removed_round_is_gone_and_what_was_before_holds_again() -> None:
    here, there, other = (make_library(code) for code in ("MLI", "SVL", "PRK"))
    save(plan(here, there))
    later = save(plan(here, other, starts_on=TUESDAY))

    remove_round(later.pk, by=chief(), now=MONDAY_NOON)

    assert arrival(here, there, MONDAY) == TUESDAY
    assert LoggedEvent.objects.filter(kind="VanRoundRemoved").count() == 1


def test_a_van_does_not_drive_on_a_holiday_but_comes_on_a_weekly_closed_day() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    save(plan(here, there))
    close_library(there, TUESDAY)
    assert arrival(here, there, MONDAY) == WEDNESDAY

    there.hours.filter(weekday=WEDNESDAY.weekday()).delete()
    assert arrival(here, there, MONDAY) == WEDNESDAY


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_kept() -> None:
    here = make_library()
    wrong = replace(
        plan(here, here),
        names={"fi": ""},
        weekdays=frozenset(),
        ends_on=date(2026, 1, 1),
    )
    with pytest.raises(Refused) as refused:
        save(wrong, code="Ä!")
    assert {one.reason.value for one in refused.value.refusals} == {
        "code-form",
        "name-missing",
        "no-weekday",
        "dates-backwards",
        "same-stop-twice",
    }
    assert not VanRound.objects.exists()
    assert not LoggedEvent.objects.exists()


def test_a_round_has_two_stops_and_they_are_libraries_and_follow_each_other() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    backwards = tuple(reversed(plan(here, there).stops))
    for stops, reason in (
        (plan(here).stops, "too-few-stops"),
        (plan(here, make_consortium()).stops, "not-library"),
        (backwards, "stops-out-of-order"),
    ):
        with pytest.raises(Refused, match=reason):
            save(replace(plan(here, there), stops=stops))
    assert not VanRound.objects.exists()


def test_who_may_not_changes_nothing() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    kept = save(plan(here, there))
    with pytest.raises(NotPermitted):
        save_round("UUSI", plan(here, there), by=desk(), now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        remove_round(kept.pk, by=desk(), now=MONDAY_NOON)
    assert list(VanRound.objects.values_list("code", flat=True)) == ["KIERROS"]


def test_a_list_of_any_length_is_as_many_statements() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    codes = iter("ABCDEFGHIJKLMNOP")

    def add() -> None:
        save(plan(here, there), code=next(codes))

    def ask() -> None:
        for one in rounds_from(MONDAY):
            assert [stop.library.name for stop in one.stops.all()]

    assert_same_queries_with_more_rows(ask, add_rows=add)

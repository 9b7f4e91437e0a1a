import csv
from datetime import date, time
from pathlib import Path

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.org.actions.calendars import (
    Days,
    Hours,
    add_exception,
    copy_to_next_year,
    fill_holidays,
    finnish_holidays,
    remove_exceptions,
    set_weekly_hours,
)
from kortisto.domain.org.models import CalendarException, WeeklyHours
from kortisto.domain.org.queries import organisation, targets
from kortisto.domain.org.rules import Opening, OpeningCalendar
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_consortium,
    make_library,
)

WINTER = [Hours(day, time(10), time(18)) for day in range(5)]
SUMMER = [Hours(day, time(9), time(15)) for day in range(4)]
MIDSUMMER_WEEK = Days(
    starts_on=date(2027, 6, 21), ends_on=date(2027, 6, 27), names={"fi": "Juhannus"}
)


def calendar_of(library_id: int) -> OpeningCalendar:
    return organisation().calendar(library_id)


@pytest.mark.django_db
def test_a_season_is_cut_into_the_hours_and_they_go_on_after_it() -> None:
    library = make_library()
    WeeklyHours.objects.all().delete()
    set_weekly_hours(
        [library.pk], WINTER, starts_on=date(2026, 1, 1), by=chief(), now=MONDAY_NOON
    )
    set_weekly_hours(
        [library.pk],
        SUMMER,
        starts_on=date(2027, 6, 1),
        ends_on=date(2027, 8, 15),
        by=chief(),
        now=MONDAY_NOON,
    )
    hours = calendar_of(library.pk)
    assert hours.hours(date(2027, 5, 31)) == (Opening(time(10), time(18)),)
    assert hours.hours(date(2027, 6, 1)) == (Opening(time(9), time(15)),)
    assert not hours.is_open(date(2027, 6, 4))
    assert hours.hours(date(2027, 8, 16)) == (Opening(time(10), time(18)),)
    assert hours.is_open(date(2035, 1, 5))


@pytest.mark.django_db
def test_hours_given_again_replace_the_earlier_ones() -> None:
    library = make_library()
    for _ in range(2):
        set_weekly_hours(
            [library.pk],
            WINTER,
            starts_on=date(2027, 1, 1),
            by=chief(),
            now=MONDAY_NOON,
        )
    assert calendar_of(library.pk).hours(date(2027, 3, 1)) == (
        Opening(time(10), time(18)),
    )
    assert calendar_of(library.pk).is_open(date(2026, 12, 27))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hours", "reason"),
    [
        ([Hours(0, time(18), time(10))], "hours-backwards"),
        ([Hours(0, time(9), time(12)), Hours(0, time(11), time(15))], "hours-overlap"),
    ],
)
def test_hours_that_cannot_be_are_refused_and_nothing_changes(
    hours: list[Hours], reason: str
) -> None:
    library = make_library()
    before = WeeklyHours.objects.count()
    with pytest.raises(Refused, match=reason):
        set_weekly_hours(
            [library.pk], hours, starts_on=date(2027, 1, 1), by=chief(), now=MONDAY_NOON
        )
    assert WeeklyHours.objects.count() == before
    assert not LoggedEvent.objects.exists()


@pytest.mark.django_db
def test_a_closing_of_the_consortium_holds_in_every_library_until_it_is_removed() -> (
    None
):
    here, there = make_library("MLI"), make_library("SVL")
    ids = add_exception(
        [make_consortium().pk], MIDSUMMER_WEEK, by=chief(), now=MONDAY_NOON
    )
    day = date(2027, 6, 23)
    assert not calendar_of(here.pk).is_open(day)
    closure = calendar_of(there.pk).why_closed(day)
    assert closure is not None
    assert (closure.name, closure.unit_id) == ("Juhannus", make_consortium().pk)

    remove_exceptions(ids, by=chief(), now=MONDAY_NOON)
    assert calendar_of(here.pk).is_open(day)
    remove_exceptions(ids, by=chief(), now=MONDAY_NOON)
    assert LoggedEvent.objects.filter(kind="CalendarChanged").count() == 2


@pytest.mark.django_db
def test_one_action_reaches_every_library_that_is_meant() -> None:
    libraries = [make_library(code) for code in ("MLI", "SVL", "PKS")]
    assert set(targets()) == {library.pk for library in libraries}
    add_exception(targets(), MIDSUMMER_WEEK, by=chief(), now=MONDAY_NOON)
    assert CalendarException.objects.count() == 3
    assert LoggedEvent.objects.count() == 1


@pytest.mark.django_db
def test_holidays_are_filled_once_and_close_the_library() -> None:
    library, consortium = make_library(), make_consortium()
    first = fill_holidays(2027, consortium.pk, by=chief(), now=MONDAY_NOON)
    again = fill_holidays(2027, consortium.pk, by=chief(), now=MONDAY_NOON)
    assert (first > 10, again) == (True, 0)
    closure = calendar_of(library.pk).why_closed(date(2027, 12, 24))
    assert closure is not None
    assert closure.names["sv"] == "Julafton"


@pytest.mark.django_db
def test_next_year_gets_the_own_days_and_its_own_holidays_once() -> None:
    consortium = make_consortium()
    leap = Days(
        starts_on=date(2028, 2, 29), ends_on=date(2028, 2, 29), names={"fi": "Karkaus"}
    )
    add_exception([consortium.pk], leap, by=chief(), now=MONDAY_NOON)
    fill_holidays(2028, consortium.pk, by=chief(), now=MONDAY_NOON)

    added = copy_to_next_year([consortium.pk], 2028, by=chief(), now=MONDAY_NOON)
    again = copy_to_next_year([consortium.pk], 2028, by=chief(), now=MONDAY_NOON)

    assert added == 1 + len(finnish_holidays(2029))
    assert again == 0
    next_year = CalendarException.objects.filter(starts_on__year=2029)
    assert next_year.filter(starts_on=date(2029, 2, 28), name_fi="Karkaus").exists()
    good_friday = next_year.get(name_fi="Pitkäperjantai")
    assert good_friday.starts_on == date(2029, 3, 30)


@pytest.mark.django_db
def test_without_the_permission_the_calendar_stays() -> None:
    library = make_library()
    with pytest.raises(NotPermitted):
        add_exception([library.pk], MIDSUMMER_WEEK, by=desk(), now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        fill_holidays(2027, library.pk, by=desk(), now=MONDAY_NOON)
    assert not CalendarException.objects.exists()


@pytest.mark.data
def test_holidays_agree_with_the_official_list(shared_data: Path) -> None:
    path = shared_data / "vocab" / "fi-holidays-1985-2040.tsv"
    with path.open(encoding="utf-8") as file:
        official = {
            (row["date"], row["fi"], row["sv"])
            for row in csv.DictReader(file, delimiter="\t")
            if "2024" <= row["date"][:4] <= "2030"
        }
    ours = {
        (days.starts_on.isoformat(), days.names["fi"], days.names["sv"])
        for year in range(2024, 2031)
        for days in finnish_holidays(year)
    }
    assert ours == official

"""Opening hours and closed days on their pages."""

from datetime import date, time

import pytest
from django.test import Client

from kortisto.domain.org.models import CalendarException, LibraryGroup, WeeklyHours
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.calendar_year import parse_hours
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import make_consortium, make_library

pytestmark = pytest.mark.django_db


def manager() -> Client:
    library = make_library()
    return at_work(make_staff("pomo", library=make_consortium()), library=library)


def test_the_year_is_drawn_with_its_holidays_closed() -> None:
    client, library = manager(), make_library()
    client.post("/calendars/holidays/", {"unit": library.pk, "year": "2027"})

    page = client.get(f"/calendars/?unit={library.pk}&year=2027")

    december = page.context["months"][11]
    states = {day.number: day.state for week in december.weeks for day in week if day}
    assert (states[6], states[24], states[23]) == ("closed", "closed", "open")
    assert "Christmas Eve" in page.content.decode()


def test_a_weekday_without_hours_is_closed_every_week() -> None:
    library = make_library()
    WeeklyHours.objects.filter(library=library, weekday=6).delete()

    page = manager().get(f"/calendars/?unit={library.pk}&year=2027")

    march = page.context["months"][2]
    assert march.weeks[0][6].state == "weekly"
    assert march.closed == 0


def test_days_are_closed_for_a_whole_group_at_once() -> None:
    one, two, other = make_library("MLI"), make_library("SVL"), make_library("PRK")
    group = LibraryGroup.objects.create(code="itä", purpose="calendar", name_fi="Itä")
    group.libraries.set([one, two])
    sent = {
        "place": "group:itä",
        "name_fi": "Inventaario",
        "starts_on": "2027-08-02",
        "ends_on": "2027-08-03",
    }

    assert manager().post("/calendars/days/", sent).status_code == 302

    tree, day = organisation(), date(2027, 8, 3)
    assert not tree.calendar(one.pk).is_open(day)
    assert not tree.calendar(two.pk).is_open(day)
    assert tree.calendar(other.pk).is_open(day)


def test_weekly_hours_are_written_as_people_write_them() -> None:
    library = make_library()
    sent = {
        "place": f"unit:{library.pk}",
        "starts_on": "2027-06-01",
        "day0": "8–10 self, 10–19",
        "day1": "9.30-15",
    }

    manager().post("/calendars/hours/", sent)

    rows = WeeklyHours.objects.filter(library=library, starts_on=date(2027, 6, 1))
    assert [(row.weekday, row.opens, row.self_service) for row in rows] == [
        (0, time(8), True),
        (0, time(10), False),
        (1, time(9, 30), False),
    ]


def test_hours_that_cannot_be_read_are_told_and_nothing_is_saved() -> None:
    library = make_library()
    before = WeeklyHours.objects.count()
    sent = {
        "place": f"unit:{library.pk}",
        "starts_on": "2027-06-01",
        "day0": "all day long",
    }

    page = manager().post("/calendars/hours/", sent)

    assert page.status_code == 422
    assert "“all day long” is no opening" in page.content.decode()
    assert WeeklyHours.objects.count() == before


def test_midnight_is_the_last_minute_of_the_day() -> None:
    assert parse_hours(0, "10–24")[0].closes == time(23, 59)


def test_own_days_are_copied_to_the_next_year_and_removed() -> None:
    client, library = manager(), make_library()
    sent = {
        "place": f"unit:{library.pk}",
        "name_fi": "Remontti",
        "starts_on": "2027-03-01",
    }
    client.post("/calendars/days/", sent)
    client.post("/calendars/copy/", {"unit": library.pk, "year": "2027"})
    first, copied = CalendarException.objects.order_by("starts_on")

    assert copied.starts_on == date(2028, 3, 1)
    client.post("/calendars/remove/", {"unit": library.pk, "day": [first.pk]})

    assert list(CalendarException.objects.all()) == [copied]


def test_another_library_s_days_are_seen_but_not_changed() -> None:
    own, other = make_library("MLI"), make_library("SVL")
    client = at_work(make_staff(library=own))

    assert client.get("/calendars/", {"unit": other.pk}).status_code == 200
    answer = client.post("/calendars/holidays/", {"unit": other.pk, "year": "2027"})

    assert answer.status_code == 403
    assert not CalendarException.objects.exists()

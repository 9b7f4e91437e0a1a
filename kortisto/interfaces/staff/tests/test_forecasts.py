"""Staff see what a wait is thought to be, and how true such words were in a year."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kortisto.domain.holds.models import Hold
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import make_hold, make_item, make_patron, make_record
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

PAGE = "/forecasts/"


def came(*, after: int) -> Hold:
    """A hold of which 2 to 5 days were told, two weeks ago."""
    now = timezone.now()
    placed = now - timedelta(days=14)
    hold = make_hold(make_patron(), make_record(), placed_at=placed)
    day = timezone.localdate(placed)
    hold.came_on = day + timedelta(days=after)
    hold.forecast_from = day + timedelta(days=2)
    hold.forecast_until = day + timedelta(days=5)
    hold.save()
    return hold


def test_what_was_told_stands_beside_what_came() -> None:
    client = at_work()
    assert "No hold has come yet" in client.get(PAGE).content.decode()
    for after in (1, 3, 4, 5):
        came(after=after)
    found = client.get(PAGE)
    body = found.content.decode()
    assert "1 week at most" in body
    assert "75 %" in body
    assert "80 %" in body
    assert (found.context["every"].sooner, found.context["every"].within) == (1, 3)


def test_more_holds_ask_no_more_statements() -> None:
    client = at_work()
    assert_same_queries_with_more_rows(
        lambda: client.get(PAGE), add_rows=lambda: came(after=3)
    )


def test_who_has_nothing_to_do_with_holds_does_not_see_it() -> None:
    reader = at_work(make_staff("reader", may=(PatronPermission.SEE,)))
    assert reader.get(PAGE).status_code == 403


def test_the_page_of_a_hold_tells_the_range_and_every_fact_of_it() -> None:
    item = make_item()
    hold = make_hold(make_patron(), item.record)
    hold.forecast_from = hold.forecast_until = timezone.localdate()
    hold.save()
    body = at_work().get(f"/holds/{hold.pk}/").content.decode()
    assert "Estimate of the wait" in body
    assert "1 copy can be lent, 1 of them free now, 0 overdue." in body
    assert "Told when it was placed" in body

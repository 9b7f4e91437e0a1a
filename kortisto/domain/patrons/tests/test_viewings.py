"""Who has looked at a patron's data: told by library and time, in one statement."""

from datetime import timedelta

import pytest
from django.db import connection

from kortisto.core.events import publish
from kortisto.core.models import LoggedEvent
from kortisto.domain.patrons.actions.viewing import view_candidates, view_patron
from kortisto.domain.patrons.events import PatronLoggedIn, PatronViewed
from kortisto.domain.patrons.viewings import viewings_of
from kortisto.testing.builders import (
    MONDAY_NOON,
    desk,
    make_library,
    make_patron,
    themself,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def test_a_look_and_a_list_are_told_the_newest_first_with_their_library() -> None:
    patron, svl = make_patron(), make_library("SVL")
    view_patron(patron.pk, by=desk(), now=MONDAY_NOON, page="desk")
    later = MONDAY_NOON + timedelta(hours=1)
    view_candidates("virt", by=desk(svl), now=later)

    found = viewings_of(patron.pk, limit=10)

    assert [(one.at, one.unit_id, one.page) for one in found] == [
        (later, svl.pk, "search"),
        (MONDAY_NOON, make_library().pk, "desk"),
    ]


def test_what_i_do_myself_and_looks_at_others_are_no_looks_at_me() -> None:
    me, other = make_patron(), make_patron()
    myself = themself(me)
    publish(PatronLoggedIn(patron_id=me.pk), by=myself, at=MONDAY_NOON)
    publish(PatronViewed(patron_id=me.pk, page="patron"), by=myself, at=MONDAY_NOON)
    view_patron(other.pk, by=desk(), now=MONDAY_NOON, page="patron")

    assert viewings_of(me.pk, limit=10) == []


def test_a_page_goes_on_where_the_last_one_ended_even_within_one_moment() -> None:
    patron = make_patron()
    for _ in range(5):
        view_patron(patron.pk, by=desk(), now=MONDAY_NOON, page="desk")

    first = viewings_of(patron.pk, limit=3)
    rest = viewings_of(patron.pk, limit=3, before=first[-1].id)

    ids = [one.id for one in (*first, *rest)]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == 5
    assert viewings_of(patron.pk, limit=3, before=999_999_999) == []


def test_any_number_of_looks_costs_one_statement() -> None:
    patron = make_patron()

    assert_same_queries_with_more_rows(
        lambda: viewings_of(patron.pk, limit=50),
        add_rows=lambda: view_patron(
            patron.pk, by=desk(), now=MONDAY_NOON, page="desk"
        ),
    )


@pytest.mark.parametrize(
    ("column", "index"),
    [
        ({"patron_id": 1}, "event_about_patron"),
        ({"actor": "staff:1"}, "event_actor"),
        ({"unit_id": 1}, "event_unit"),
    ],
)
def test_the_log_is_searched_by_an_index_in_the_order_of_time(
    column: dict[str, object], index: str
) -> None:
    """Millions of rows are read from the end that is asked for, without sorting."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:  # a small table is read through otherwise
            cursor.execute("SET LOCAL enable_seqscan = off")
            cursor.execute("SET LOCAL enable_bitmapscan = off")
            cursor.execute("SET LOCAL enable_sort = off")
    events = LoggedEvent.objects.filter(happened_at__lt=MONDAY_NOON, **column)

    plan = events.order_by("-happened_at", "-id")[:51].explain()

    assert index in plan
    assert "SORT" not in plan.upper().replace("SORTED", "")
    assert "TEMP B-TREE" not in plan.upper()

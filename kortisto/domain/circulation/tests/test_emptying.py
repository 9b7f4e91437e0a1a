"""The events of forgotten loans are found by an index, however long the log is."""

from datetime import timedelta

import pytest
from django.db import connection

from kortisto.core.database import on_postgresql
from kortisto.core.models import LoggedEvent
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.emptying import empty_events_of
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_item,
    make_patron,
    make_rules,
)
from kortisto.testing.loans import lend
from kortisto.testing.queries import count_queries

pytestmark = pytest.mark.django_db


FIND = {
    True: "(body->>'loan_id')::bigint = 7 AND (body->>'loan_id')::bigint IS NOT NULL",
    False: (
        "json_extract(body, '$.loan_id') = 7 "
        "AND json_extract(body, '$.loan_id') IS NOT NULL"
    ),
}


def lent_and_back(number: int) -> list[int]:
    """The numbers of so many loans of one patron, all returned."""
    patron = make_patron()
    items = [make_item() for _ in range(number)]
    loans = [lend(item, patron).loan_id for item in items]
    for item in items:
        checkin(item.barcode, by=desk(), now=MONDAY_NOON + timedelta(days=3))
    return loans


def test_the_events_of_a_loan_are_found_by_their_index() -> None:
    """A later migration that remakes the table of events must make it again."""
    where = FIND[on_postgresql()]
    with connection.cursor() as cursor:
        if on_postgresql():  # a small table would be read from end to end
            cursor.execute("SET LOCAL enable_seqscan = off")
        how = "EXPLAIN" if on_postgresql() else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{how} SELECT id FROM event WHERE {where}")
        plan = str(cursor.fetchall())

    assert "event_of_loan" in plan


def test_only_the_loans_that_are_meant_lose_their_events() -> None:
    make_rules()
    first, second = lent_and_back(2)

    assert empty_events_of([first], by=chief(), now=MONDAY_NOON) == 2

    left = LoggedEvent.objects.filter(kind__startswith="Loan").exclude(body={})
    assert {event.body["loan_id"] for event in left} == {second}
    assert empty_events_of([first], by=chief(), now=MONDAY_NOON) == 0


def test_many_loans_cost_what_few_do() -> None:
    make_rules()
    first, few, many = lent_and_back(1), lent_and_back(3), lent_and_back(9)
    empty_events_of(first, by=chief(), now=MONDAY_NOON)

    asked = count_queries(lambda: empty_events_of(few, by=chief(), now=MONDAY_NOON))

    assert asked == count_queries(
        lambda: empty_events_of(many, by=chief(), now=MONDAY_NOON)
    )

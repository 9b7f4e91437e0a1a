"""Patrons are told of moved dates: once, of all of them, and only what still holds."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.utils.translation import override

from kortisto.core.actors import job_actor
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.closures.models import Shift
from kortisto.domain.holds.models import Hold
from kortisto.domain.notices.actions.telling_moves import reached, tell_of_moves
from kortisto.domain.notices.models import Notice
from kortisto.domain.org.models import Closure
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_rules,
)
from kortisto.testing.closures import last_until, make_closure
from kortisto.testing.loans import lend
from kortisto.testing.mail import MemoryMail, let_the_worker_write, post_box

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
FIRST, LAST = date(2027, 3, 22), date(2027, 4, 25)


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


@pytest.fixture(autouse=True)
def post() -> Iterator[MemoryMail]:
    make_rules({"values": {"loan_period": 28, "pickup_days": 5}})
    yield post_box()
    post_box()


def reader(**fields: Any) -> Patron:
    return make_patron(**{"email": "a@posti.example", "language": "en", **fields})


def close() -> tuple[Closure, Shift]:
    closure = make_closure(
        make_library(), starts_on=FIRST, ends_on=LAST, now=MONDAY_NOON
    )
    return closure, last_until(closure, LAST, now=MONDAY_NOON)


def subjects(post: MemoryMail) -> list[str]:
    let_the_worker_write(MONDAY_NOON)
    return [mail.subject for mail in post.sent]


NEW_DATES = "New dates for your loans and holds"


def test_all_that_concerns_a_patron_is_told_in_one_message(post: MemoryMail) -> None:
    patron = reader()
    for _loan in range(2):
        lend(make_item(), patron)
    item = make_item()
    make_hold(
        patron, item.record, item=item,
        state=Hold.State.WAITING, pickup_until=FIRST,
    )  # fmt: skip
    close()
    assert subjects(post) == [NEW_DATES]
    text = post.sent[0].text
    assert "Closed 22.3.2027–25.4.2027: MLI. Remontti" in text
    assert text.count("Seitsemän veljestä: due on 26.4.2027") == 2
    assert "Seitsemän veljestä: waits for you until 26.4.2027" in text


def test_a_second_run_tells_nobody_twice(post: MemoryMail) -> None:
    lend(make_item(), reader())
    _closure, shift = close()
    for _run in range(2):
        tell_of_moves(shift.pk, by=job_actor(), now=MONDAY_NOON)
    assert subjects(post) == [NEW_DATES]


def test_who_is_not_concerned_or_has_no_address_is_not_told(post: MemoryMail) -> None:
    lend(make_item(library=make_library("SVL")), reader())
    silent = reader(email="")
    lend(make_item(), silent)
    _closure, shift = close()
    assert shift.moves.count() == 1
    assert reached([silent.pk]) == 0
    assert subjects(post) == []
    assert not Notice.objects.exists()


def test_what_came_back_before_the_message_goes_is_not_told_of(
    post: MemoryMail,
) -> None:
    patron = reader()
    item = make_item()
    lend(item, patron)
    close()
    checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    assert NEW_DATES not in subjects(post)


def test_opening_sooner_is_told_with_the_dates_that_came_back(
    post: MemoryMail,
) -> None:
    lend(make_item(), reader())
    closure, _shift = close()
    assert subjects(post) == [NEW_DATES]
    last_until(closure, FIRST + 6 * DAY, now=MONDAY_NOON)
    assert subjects(post) == [NEW_DATES, NEW_DATES]
    text = post.sent[-1].text
    assert "Opens sooner, on 29.3.2027: MLI" in text
    assert "due on 29.3.2027" in text


def test_no_mailbox_learns_where_a_protected_person_borrows(post: MemoryMail) -> None:
    lend(make_item(), reader(is_protected=True))
    close()
    assert subjects(post) == [NEW_DATES]
    assert "Closed 22.3.2027–25.4.2027: the library that you use." in post.sent[0].text

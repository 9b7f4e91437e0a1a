"""A group is told of its copies together: when all have come, or shortly before."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from kortisto.core.actors import job_actor
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.place_group import ForAGroup, place_group
from kortisto.domain.circulation.actions.place_hold import Wish
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.holds.actions.expiring import expire_holds
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.notices.actions.reminding import remind_of_holds
from kortisto.domain.patrons.models import MessageChoice, Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    desk,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)
from kortisto.testing.mail import MemoryMail, let_the_worker_write, post_box

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
SOON = MONDAY_NOON + timedelta(minutes=30)
NEEDED_ON = MONDAY_NOON.date() + 21 * DAY
NIGHT = job_actor(HoldPermission.PLACE, FeePermission.CHARGE)
READY = "Your hold can be picked up"


@pytest.fixture(autouse=True)
def post() -> Iterator[MemoryMail]:
    make_rules({"values": {"holds_per_record": 30, "holds_max": 40, "pickup_days": 7}})
    yield post_box()
    post_box()


def group(copies: int = 3) -> tuple[Patron, list[Item]]:
    patron = make_patron(email="6b@koulu.example", language="en")
    record = make_record("Sinuhe")
    items = [make_item(record=record) for _ in range(copies)]
    wish = Wish(record_id=0, pickup_library_id=make_library().pk, expires_on=NEEDED_ON)
    wanted = ForAGroup(record_ids=(record.pk,), copies=copies)
    place_group(patron.pk, wish, wanted, by=desk(), now=MONDAY_NOON)
    return patron, items


def come(*items: Item, at: datetime = MONDAY_NOON) -> None:
    for item in items:
        checkin(item.barcode, by=desk(), now=at)


def sent(post: MemoryMail, at: datetime) -> list[str]:
    let_the_worker_write(at)
    return [mail.subject for mail in post.sent]


def test_one_message_tells_of_all_when_the_last_has_come(post: MemoryMail) -> None:
    _patron, items = group()
    come(*items[:2])
    assert sent(post, SOON) == []
    come(items[2], at=SOON + DAY)
    assert sent(post, SOON + 2 * DAY) == [READY]
    assert "Sinuhe (3)" in post.sent[0].text
    assert sent(post, SOON + 20 * DAY) == [READY]


def test_what_has_come_is_told_of_some_days_before_it_is_needed(
    post: MemoryMail,
) -> None:
    _patron, items = group()
    come(*items[:2])
    assert sent(post, SOON + 17 * DAY) == []
    assert sent(post, SOON + 18 * DAY) == [READY]
    assert "Sinuhe (2)" in post.sent[0].text


def test_when_the_rest_is_given_up_the_group_is_complete(post: MemoryMail) -> None:
    _patron, items = group()
    come(*items[:2])
    queued = Hold.objects.get(state=Hold.State.QUEUED)
    cancel_holds([queued.pk], by=desk(), now=MONDAY_NOON, alone=True)
    assert sent(post, SOON) == [READY]
    assert "Sinuhe (2)" in post.sent[0].text


def test_who_collects_them_before_is_not_told(post: MemoryMail) -> None:
    patron, items = group(2)
    come(*items)
    for item in items:
        checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    assert sent(post, SOON) == []


def test_they_are_reminded_of_and_given_up_in_one_message_each(
    post: MemoryMail,
) -> None:
    patron, items = group()
    MessageChoice.objects.create(
        patron=patron, kind="pickup-reminder", transport="email", days=1
    )
    come(*items)
    assert sent(post, SOON) == [READY]
    for _ in range(2):
        remind_of_holds(by=NIGHT, now=SOON + 20 * DAY)
    assert sent(post, SOON + 20 * DAY)[1:] == ["Your hold waits until 22.3.2027"]
    assert "Sinuhe (3)" in post.sent[1].text
    expire_holds(by=NIGHT, now=SOON + 22 * DAY)
    assert sent(post, SOON + 23 * DAY)[2:] == ["Your hold was not collected"]
    assert "Sinuhe (3)" in post.sent[2].text

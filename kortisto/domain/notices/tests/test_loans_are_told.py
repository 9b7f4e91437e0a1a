"""Patrons are told of their loans: what somebody else needs."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.recalling import recall, take_recall_back
from kortisto.domain.circulation.models import Loan
from kortisto.domain.notices.models import Notice
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_item,
    make_patron,
    make_record,
    make_rules,
)
from kortisto.testing.mail import MemoryMail, let_the_worker_write, post_box

pytestmark = pytest.mark.django_db

SOON = MONDAY_NOON + timedelta(minutes=5)


@pytest.fixture(autouse=True)
def post() -> Iterator[MemoryMail]:
    make_rules({"values": {"loan_period": 28, "recall_days": 7}})
    yield post_box()
    post_box()


def recalled(**fields: Any) -> Loan:
    patron = make_patron(**{"email": "a@posti.example", "language": "en", **fields})
    item = make_item(record=make_record("Sinuhe"))
    made = checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    return recall(made.loan_id, by=chief(), now=MONDAY_NOON)


def test_who_has_it_is_told_what_and_until_when_and_once(post: MemoryMail) -> None:
    loan = recalled()
    due = loan.due_at
    for _ in range(2):
        let_the_worker_write(SOON)
    [mail] = post.sent
    assert mail.subject == f"Please bring your loan by {due.day}.{due.month}.{due.year}"
    for words in ("Sinuhe", "/account/"):
        assert words in mail.text


def test_what_is_back_or_not_needed_any_more_is_not_told(post: MemoryMail) -> None:
    back, free = recalled(), recalled()
    checkin(back.barcode, by=desk(), now=MONDAY_NOON)
    take_recall_back(free.pk, by=chief(), now=MONDAY_NOON)
    let_the_worker_write(SOON)
    assert post.sent == []


def test_who_has_no_address_or_is_in_the_bin_gets_none(post: MemoryMail) -> None:
    recalled(email="")
    binned = recalled().patron
    assert binned is not None
    binned.binned_at, binned.bin_reason = MONDAY_NOON, "Muutti"
    binned.save()
    let_the_worker_write(SOON)
    assert post.sent == []
    assert not Notice.objects.exists()

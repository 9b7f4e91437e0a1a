"""A box of items: what is refused stays out, the rest goes on."""

from datetime import timedelta

import pytest

from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.checkin import Returned, checkin_box
from kortisto.domain.circulation.actions.checkout import Lent, checkout_box
from kortisto.domain.circulation.models import Loan
from kortisto.domain.patrons.actions.cards import replace_card
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    desk,
    make_item,
    make_patron,
    make_rules,
)

pytestmark = pytest.mark.django_db


def test_a_box_is_lent_but_for_what_is_refused() -> None:
    patron = make_patron()
    good, kept_in, last = make_item(), make_item(not_for_loan="1"), make_item()
    barcodes = [good.barcode, kept_in.barcode, "N99999999", last.barcode]
    answers = checkout_box(card_of(patron), barcodes, by=desk(), now=MONDAY_NOON)
    assert [type(answer) for answer in answers] == [Lent, tuple, tuple, Lent]
    told = [
        (answer[0], str(answer[1])) for answer in answers if isinstance(answer, tuple)
    ]
    assert told == [
        (kept_in.barcode, "not-for-loan"),
        ("N99999999", "unknown-item"),
    ]
    assert set(Loan.objects.values_list("item", flat=True)) == {good.pk, last.pk}


def test_a_limit_reached_half_way_lets_no_more_in() -> None:
    make_rules({"values": {"max_loans": 2}})
    items = [make_item().barcode for _ in range(4)]
    answers = checkout_box(card_of(make_patron()), items, by=desk(), now=MONDAY_NOON)
    assert [isinstance(answer, Lent) for answer in answers] == [
        True,
        True,
        False,
        False,
    ]
    assert Loan.objects.count() == 2


def test_a_card_that_opens_nobody_refuses_the_whole_box() -> None:
    patron = make_patron()
    old = card_of(patron)
    replace_card(patron.pk, "UUSI1", by=desk(), now=MONDAY_NOON)
    for card, reason in (("NOBODY1", "unknown-card"), (old, "old-card")):
        with pytest.raises(Refused, match=reason):
            checkout_box(card, [make_item().barcode], by=desk(), now=MONDAY_NOON)
    assert not Loan.objects.exists()


def test_a_box_comes_back_but_for_what_nobody_knows() -> None:
    patron = make_patron()
    items = [make_item() for _ in range(2)]
    barcodes = [item.barcode for item in items]
    checkout_box(card_of(patron), barcodes, by=desk(), now=MONDAY_NOON)
    later = MONDAY_NOON + timedelta(days=1)
    answers = checkin_box(
        [barcodes[0], "N99999999", barcodes[1]],
        by=desk(),
        now=later,
        as_of=MONDAY_NOON.date(),
    )
    assert [type(answer) for answer in answers] == [Returned, tuple, Returned]
    assert not Loan.objects.filter(returned_at=None).exists()
    ends = set(Loan.objects.values_list("returned_at", flat=True))
    assert ends == {MONDAY_NOON.replace(hour=23, minute=59, second=59)}

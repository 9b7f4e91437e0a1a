"""What has drifted is counted, and nothing that is only away for a while (HLD-50)."""

from datetime import timedelta
from typing import Any

import pytest

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.drifting import Drift, drifted
from kortisto.domain.holds.models import Hold, Transit
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_rules,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def away(**fields: Any) -> Item:
    """An item of MLI that stands at SVL."""
    item = make_item(home_library=make_library("MLI"), **fields)
    Item.objects.filter(pk=item.pk).update(library=make_library("SVL"))
    item.refresh_from_db()
    return item


def test_what_stands_elsewhere_is_counted_at_both_libraries() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    make_item(library=here)
    away()
    away()

    assert drifted() == [Drift(there.pk, 0, 2), Drift(here.pk, 2, 0)]
    assert [row.balance for row in drifted()] == [2, -2]


def test_what_is_only_away_for_a_while_has_not_drifted() -> None:
    make_rules()
    lent, sent, kept = away(), away(), away()
    away(lost="1")
    away(withdrawn="1")
    checkout(card_of(make_patron()), lent.barcode, by=desk(), now=MONDAY_NOON)
    Transit.objects.create(
        item=sent,
        origin=sent.library,
        destination=sent.home_library,
        sent_at=MONDAY_NOON - timedelta(hours=1),
    )
    make_hold(make_patron(), kept.record, state=Hold.State.WAITING, item=kept)
    Item.objects.filter(pk=lent.pk).update(library=make_library("SVL"))

    assert drifted() == []


def test_it_asks_the_same_for_many() -> None:
    assert_same_queries_with_more_rows(drifted, add_rows=away)

"""Stories of what is read in the library and left on a table (CIR-20)."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.in_house import count_use, undo_use, uses_of
from kortisto.domain.circulation.models import InHouseUse
from kortisto.domain.holds.models import Hold
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

pytestmark = pytest.mark.django_db

LATER: Final = MONDAY_NOON + timedelta(minutes=5)


def use(item: Item, *, code: str = "MLI") -> int:
    return count_use(item.barcode, by=desk(make_library(code)), now=MONDAY_NOON).use_id


def test_a_use_is_counted_where_it_was_and_the_item_was_seen_there() -> None:
    item = make_item()
    use(item, code="SVL")
    item.refresh_from_db()
    assert (item.library.code, item.last_seen_at) == ("SVL", MONDAY_NOON)
    found = InHouseUse.objects.get()
    assert (found.library.code, found.used_at) == ("SVL", MONDAY_NOON)
    told = LoggedEvent.objects.get(kind="ItemUsedInHouse")
    assert told.body == {"item_id": item.pk, "record_id": item.record_id}


def test_the_same_pile_is_not_counted_twice_and_another_use_is() -> None:
    item = make_item()
    first = use(item)
    again = count_use(item.barcode, by=desk(), now=MONDAY_NOON + timedelta(seconds=20))
    assert (again.use_id, again.already) == (first, True)
    assert not count_use(item.barcode, by=desk(), now=LATER).already
    assert uses_of(item.pk) == 2


def test_what_a_check_in_must_see_is_refused_and_nothing_is_counted() -> None:
    make_rules()
    lent, lost, kept = make_item(), make_item(lost="1"), make_item()
    checkout(card_of(make_patron()), lent.barcode, by=desk(), now=MONDAY_NOON)
    waits = Hold.State.WAITING
    make_hold(make_patron(), kept.record, item=kept, state=waits)
    for item in (lent, lost, kept):
        with pytest.raises(Refused, match="check-in-first"):
            use(item)
    with pytest.raises(Refused, match="unknown-item"):
        count_use("N999", by=desk(), now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        count_use(
            make_item().barcode,
            by=replace(desk(), everywhere=frozenset()),
            now=MONDAY_NOON,
        )
    assert not InHouseUse.objects.exists()


def test_a_mistake_is_taken_back_within_half_an_hour() -> None:
    item = make_item()
    undo_use(use(item), by=desk(), now=LATER)
    assert uses_of(item.pk) == 0
    assert LoggedEvent.objects.filter(kind="InHouseUseUndone").count() == 1
    kept = use(item)
    with pytest.raises(Refused, match="too-late-to-undo"):
        undo_use(kept, by=desk(), now=MONDAY_NOON + timedelta(minutes=31))
    assert uses_of(item.pk) == 1

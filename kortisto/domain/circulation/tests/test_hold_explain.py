"""By which rules a hold could be placed, in whole sentences."""

import pytest

from kortisto.domain.circulation.actions.place_hold import Wish, place_hold
from kortisto.domain.circulation.hold_explain import why_placed
from kortisto.domain.holds.models import Hold
from kortisto.testing.builders import (
    MONDAY_NOON,
    desk,
    make_item,
    make_library,
    make_patron,
    make_rules,
)
from kortisto.testing.queries import count_queries

pytestmark = pytest.mark.django_db


def test_each_value_is_told_with_the_row_that_gave_it() -> None:
    library = make_library()
    make_rules({"library": library, "values": {"holds_max": 40, "holdable": True}})
    item = make_item()
    wish = Wish(record_id=item.record_id, pickup_library_id=library.pk)
    placed = place_hold(make_patron().pk, wish, by=desk(), now=MONDAY_NOON)
    trace = Hold.objects.get(pk=placed.hold_id).trace

    told = {why.sentence: why.source for why in why_placed(trace)}

    row = "MLI, all patrons, all item types"
    assert told["Holds at the same time: 40 holds"] == row
    assert told["Can be put on hold: yes"] == row
    assert "Default of the system" in told.values()
    assert told["The rules are those of the copies of MLI."] == "Rules, version 1"
    assert count_queries(lambda: why_placed(trace)) <= 6


def test_what_was_brought_and_what_had_no_copy_say_so() -> None:
    [brought] = why_placed({})
    assert brought.sentence == "The hold was brought from an earlier system."

    [without] = why_placed({"version": 3})
    assert without.sentence == "There was no copy whose rules could be asked."
    assert without.source == "Rules, version 3"

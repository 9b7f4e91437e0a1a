"""Rotating collections: the whole goes on, and everything follows it (CIR-52)."""

from datetime import date, timedelta
from functools import partial

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkin import Returned, checkin
from kortisto.domain.circulation.drifting import drifted
from kortisto.domain.circulation.returns import Going
from kortisto.domain.circulation.rotating import to_follow
from kortisto.domain.distribution.actions.rotating import (
    FARTHEST,
    Stay,
    add_to_rotation,
    change_rotating,
    end_rotating,
    make_rotating,
    remove_from_rotation,
    send_on,
    set_day,
)
from kortisto.domain.distribution.models import RotatingCollection, RotatingItem
from kortisto.domain.holds.models import Transit
from kortisto.domain.org.models import Unit
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_rules,
)
from kortisto.testing.loans import lend
from kortisto.testing.races import at_once

pytestmark = pytest.mark.django_db

MONDAY = date(2027, 3, 1)
LATER = MONDAY_NOON + timedelta(days=30)
MONTH = 30


def libraries() -> list[Unit]:
    make_rules({"values": {"loan_period": 28}})
    return [make_library(code) for code in ("MLI", "SVL", "KAN")]


def collection(*places: Unit, days: int = MONTH) -> RotatingCollection:
    stays = [Stay(one.pk, days) for one in places]
    return make_rotating(
        "Selkokirjat", stays, starts_on=MONDAY, by=chief(), now=MONDAY_NOON
    )


def member(of: RotatingCollection, item: Item) -> Item:
    return add_to_rotation(of.pk, item.barcode, by=chief(), now=MONDAY_NOON)


def on(found: RotatingCollection) -> RotatingCollection:
    """It goes to its next library."""
    found.refresh_from_db()
    assert found.stop_id is not None
    return send_on(found.pk, seen_stop_id=found.stop_id, by=chief(), now=LATER)


def back(item: Item, at: Unit) -> Returned:
    return checkin(item.barcode, by=desk(at), now=LATER)


def where(found: RotatingCollection) -> str:
    found.refresh_from_db()
    assert found.stop is not None
    return found.stop.library.code


def test_a_new_collection_is_at_its_first_library_for_its_days() -> None:
    first, second, _third = libraries()
    found = collection(first, second)
    assert where(found) == "MLI"
    assert (found.since_on, found.goes_on) == (MONDAY, date(2027, 3, 31))


def test_what_stands_where_the_collection_was_is_listed_and_a_scan_sends_it() -> None:
    first, second, _third = libraries()
    found = collection(first, second)
    item = member(found, make_item(library=first))
    assert not to_follow(first.pk).exists()

    on(found)
    assert where(found) == "SVL"
    assert [one.item for one in to_follow(first.pk)] == [item]
    sent = back(item, first)
    assert (sent.going, sent.destination_id) == (Going.AWAY, second.pk)
    assert sent.sentences[-1] == "Its rotating collection is at SVL: send it there."
    assert Transit.objects.get().reason == Transit.Reason.ROTATION
    assert not to_follow(first.pk).exists()

    arrived = back(item, second)  # home is elsewhere, and yet it stays
    assert arrived.going is Going.SHELF
    assert Transit.objects.get().arrived_at == LATER
    assert drifted() == []


def test_what_is_on_loan_follows_when_it_comes_back_wherever_that_is() -> None:
    first, second, third = libraries()
    found = collection(first, second)
    item = member(found, make_item(library=first))
    lend(item)
    on(found)
    assert not to_follow(first.pk).exists()
    returned = back(item, third)
    assert (returned.going, returned.destination_id) == (Going.AWAY, second.pk)


def test_who_waits_comes_first_and_the_item_follows_afterwards() -> None:
    first, second, _third = libraries()
    found = collection(first, second)
    item = member(found, make_item(library=first))
    make_hold(make_patron(), item.record, pickup=first)
    on(found)
    assert back(item, first).going is Going.HOLD_SHELF
    assert not to_follow(first.pk).exists()


def test_after_the_last_library_comes_the_first_and_closed_ones_are_passed() -> None:
    first, second, third = libraries()
    found = collection(first, second, third)
    Unit.objects.filter(pk=second.pk).update(closed_on=date(2027, 1, 1))
    make_library("JOR")  # the configuration is read anew
    on(found)
    assert where(found) == "KAN"
    on(found)
    assert where(found) == "MLI"
    assert found.goes_on == (LATER + timedelta(days=MONTH)).date()


@pytest.mark.django_db(transaction=True)
def test_two_who_send_it_on_at_once_send_it_one_library_further() -> None:
    first, second, third = libraries()
    found = collection(first, second, third)
    assert found.stop_id is not None
    answers = at_once(
        *(
            partial(
                send_on, found.pk, seen_stop_id=found.stop_id, by=chief(), now=LATER
            )
            for _desk in range(2)
        )
    )
    assert [str(one) for one in answers if isinstance(one, Refused)] == ["gone-already"]
    assert where(found) == "SVL"
    assert LoggedEvent.objects.filter(kind="RotationSentOn").count() == 1


def test_it_goes_earlier_or_later_but_not_yesterday() -> None:
    first, second, _third = libraries()
    found = collection(first, second)
    set_day(found.pk, date(2027, 4, 9), by=chief(), now=MONDAY_NOON)
    found.refresh_from_db()
    assert found.goes_on == date(2027, 4, 9)
    with pytest.raises(Refused, match="day-before-today"):
        set_day(found.pk, date(2027, 2, 28), by=chief(), now=MONDAY_NOON)


@pytest.mark.parametrize("year", [1, 2024, 2030, 9999])
def test_a_year_that_is_a_slip_of_the_hand_is_refused(year: int) -> None:
    first, second, _third = libraries()
    slip = date(year, 12, 31)
    stays = [Stay(first.pk, MONTH), Stay(second.pk, MONTH)]
    with pytest.raises(Refused, match="day-far-away"):
        make_rotating("Selkokirjat", stays, starts_on=slip, by=chief(), now=LATER)
    assert not RotatingCollection.objects.exists()


def test_it_goes_on_within_two_years() -> None:
    first, second, _third = libraries()
    found = collection(first, second)
    farthest = MONDAY + FARTHEST
    set_day(found.pk, farthest, by=chief(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="day-far-away"):
        set_day(found.pk, farthest + timedelta(days=1), by=chief(), now=MONDAY_NOON)
    found.refresh_from_db()
    assert found.goes_on == farthest


def test_an_item_belongs_to_one_collection_and_twice_is_as_once() -> None:
    first, second, _third = libraries()
    one, other = collection(first, second), collection(second, first)
    item = make_item()
    for _twice in range(2):
        member(one, item)
    assert LoggedEvent.objects.filter(kind="RotationItemAdded").count() == 1
    with pytest.raises(Refused, match="rotates-already"):
        member(other, item)
    with pytest.raises(Refused, match="withdrawn-item"):
        member(one, make_item(withdrawn="1"))
    with pytest.raises(Refused, match="no-such-item"):
        add_to_rotation(one.pk, "EIOLE", by=chief(), now=MONDAY_NOON)
    assert RotatingItem.objects.count() == 1


def test_what_is_taken_out_goes_home() -> None:
    first, second, _third = libraries()
    found = collection(second, first)
    item = member(found, make_item(library=second, home_library=first))
    remove_from_rotation(found.pk, item.pk, by=chief(), now=LATER)
    assert back(item, second).destination_id == first.pk
    with pytest.raises(RotatingItem.DoesNotExist):
        remove_from_rotation(found.pk, item.pk, by=chief(), now=LATER)


def test_an_ended_collection_lets_everything_go_home_and_changes_no_more() -> None:
    first, second, _third = libraries()
    found = collection(second, first)
    item = member(found, make_item(library=second, home_library=first))
    end_rotating(found.pk, by=chief(), now=LATER)
    assert back(item, second).destination_id == first.pk
    with pytest.raises(Refused, match="collection-ended"):
        on(found)


def test_another_round_leaves_it_where_it_is() -> None:
    first, second, third = libraries()
    found = collection(first, second)
    on(found)
    stays = [Stay(third.pk, 7), Stay(first.pk, 7), Stay(second.pk, 7)]
    found.refresh_from_db()
    day = found.goes_on
    change_rotating(found.pk, "Selkokirjat 2", stays, by=chief(), now=LATER)
    assert where(found) == "SVL"
    assert (found.name, found.goes_on) == ("Selkokirjat 2", day)
    on(found)
    assert where(found) == "KAN"
    with pytest.raises(Refused, match="is-there-now"):
        change_rotating(found.pk, "X", stays[1:], by=chief(), now=LATER)


def test_a_round_has_two_libraries_and_stays_at_none_of_them() -> None:
    first, second, _third = libraries()
    with pytest.raises(Refused, match="round-too-short"):
        collection(first)
    with pytest.raises(Refused, match="round-stays"):
        collection(first, first, second)
    assert not RotatingCollection.objects.exists()


def test_only_who_keeps_them_may_send_them_on() -> None:
    first, second, _third = libraries()
    found = collection(first, second)
    assert found.stop_id is not None
    nobody = desk().__class__(kind=desk().kind, channel=desk().channel, id=9)
    with pytest.raises(NotPermitted):
        send_on(found.pk, seen_stop_id=found.stop_id, by=nobody, now=LATER)
    with pytest.raises(NotPermitted):
        add_to_rotation(found.pk, make_item().barcode, by=nobody, now=LATER)
    assert where(found) == "MLI"

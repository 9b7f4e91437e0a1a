"""Items are moved to another library by hand, within limits (CIR-51)."""

from datetime import timedelta
from functools import partial

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.transferring import (
    Moved,
    transfer,
    transfer_box,
)
from kortisto.domain.circulation.balancing import suggested
from kortisto.domain.circulation.returns import Going, Note
from kortisto.domain.distribution.actions.limiting import (
    remove_transfer_limit,
    set_transfer_limit,
)
from kortisto.domain.distribution.actions.rotating import (
    Stay,
    add_to_rotation,
    make_rotating,
)
from kortisto.domain.distribution.models import TransferLimit
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.org.models import Unit
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_consortium,
    make_group,
    make_hold,
    make_item,
    make_item_type,
    make_library,
    make_patron,
    make_rules,
)
from kortisto.testing.loans import lend
from kortisto.testing.races import at_once

pytestmark = pytest.mark.django_db

SOON = MONDAY_NOON + timedelta(minutes=5)
TOMORROW = MONDAY_NOON + timedelta(days=1)


def both() -> tuple[Unit, Unit]:
    make_rules({"values": {"loan_period": 28}})
    return make_library("MLI"), make_library("SVL")


def forbid(origin: Unit, destination: Unit, **kind: object) -> TransferLimit:
    return set_transfer_limit(
        origin.pk, destination.pk, by=chief(), now=MONDAY_NOON, **kind  # type: ignore[arg-type]
    )  # fmt: skip


def move(item: Item, there: Unit, *, at: Unit | None = None) -> Moved:
    return transfer(item.barcode, there.pk, by=desk(at), now=SOON)


def test_an_item_is_sent_arrives_and_stays_until_it_is_borrowed() -> None:
    here, there = both()
    item = make_item(library=here)
    move(item, there)
    transit = Transit.objects.get()
    assert (transit.destination, transit.reason) == (there, Transit.Reason.TRANSFER)

    arrived = checkin(item.barcode, by=desk(there), now=TOMORROW)
    assert arrived.going is Going.SHELF
    assert Note.MOVED_HERE in [note for note, _facts in arrived.notes]
    transit.refresh_from_db()
    assert (transit.arrived_at, transit.cancelled_at) == (TOMORROW, None)

    later = checkin(item.barcode, by=desk(there), now=TOMORROW + timedelta(days=1))
    assert later.destination_id == here.pk
    told = [row.body["why"] for row in LoggedEvent.objects.filter(kind="ItemSent")]
    assert told == ["transfer", ""]


def test_a_journey_that_it_was_on_ends_where_it_is_at_hand() -> None:
    here, there = both()
    third = make_library("KAN")
    item = make_item(library=third, home_library=third)
    Transit.objects.create(
        item=item, origin=third, destination=here, sent_at=MONDAY_NOON
    )
    move(item, there)
    assert [one.arrived_at for one in Transit.objects.order_by("pk")] == [SOON, None]
    item.refresh_from_db()
    assert item.library == here


@pytest.mark.parametrize(
    "why",
    [
        "is-here", "on-loan-now", "kept-for-hold", "somebody-waits",
        "rotates-elsewhere", "withdrawn-item", "unknown-item",
    ],
)  # fmt: skip
def test_what_cannot_go_is_told_and_nothing_is_sent(why: str) -> None:
    here, there = both()
    item = make_item(library=here, withdrawn="1" if why == "withdrawn-item" else "")
    if why == "on-loan-now":
        lend(item)
    if why == "kept-for-hold":
        make_hold(make_patron(), item.record, item=item, state=Hold.State.WAITING)
    if why == "somebody-waits":
        make_hold(make_patron(), item.record)
    if why == "rotates-elsewhere":
        stays = [Stay(here.pk, 5), Stay(there.pk, 5)]
        days = {"starts_on": MONDAY_NOON.date(), "now": MONDAY_NOON}
        made = make_rotating("X", stays, by=chief(), **days)  # type: ignore[arg-type]
        add_to_rotation(made.pk, item.barcode, by=chief(), now=MONDAY_NOON)
    if why == "unknown-item":
        item.barcode = "EIOLE"
    with pytest.raises(Refused, match=why):
        move(item, here if why == "is-here" else there)
    assert not Transit.objects.exists()
    assert not LoggedEvent.objects.filter(kind="ItemSent").exists()


def test_a_limit_stops_its_kind_and_its_way_and_an_administrator_sets_it_aside() -> (
    None
):
    here, there = both()
    film = make_item(library=here, item_type=make_item_type("DVD"))
    forbid(make_consortium(), there, item_type=film.item_type)
    with pytest.raises(Refused, match="not-sent-there"):
        move(film, there)
    aside = {"overriding": ["not-sent-there"], "now": SOON}
    with pytest.raises(Refused, match="not-sent-there"):
        transfer(film.barcode, there.pk, by=desk(), **aside)  # type: ignore[arg-type]
    move(make_item(library=here), there)
    move(make_item(library=there, item_type=film.item_type), here, at=there)
    transfer(film.barcode, there.pk, by=chief(), **aside)  # type: ignore[arg-type]
    assert Transit.objects.count() == 3


def test_a_return_fills_no_hold_that_it_may_not_be_sent_to() -> None:
    here, there = both()
    item = make_item(library=here)
    hold = make_hold(make_patron(), item.record, pickup=there)
    limit = forbid(here, there)
    assert checkin(item.barcode, by=desk(here), now=SOON).going is Going.SHELF
    hold.refresh_from_db()
    assert hold.state == Hold.State.QUEUED

    remove_transfer_limit(limit.pk, by=chief(), now=SOON)
    assert checkin(item.barcode, by=desk(here), now=TOMORROW).destination_id == there.pk


def test_what_is_returned_goes_home_whatever_the_limits_say() -> None:
    home, here = both()
    item = make_item(library=home)
    lend(item)
    forbid(here, home)
    assert checkin(item.barcode, by=desk(here), now=SOON).destination_id == home.pk


def test_no_box_for_the_balance_goes_a_forbidden_way() -> None:
    here, there = both()
    make_group(here, there, purpose="floating")
    make_item(library=here, home_library=there)
    asked = partial(suggested, today=MONDAY_NOON.date(), least=1)
    assert len(asked()) == 1
    forbid(here, there)
    assert asked() == []


def test_limits_are_set_once_and_by_who_may() -> None:
    here, there = both()
    assert forbid(here, there) == forbid(here, there)
    assert LoggedEvent.objects.filter(kind="TransferLimitChanged").count() == 1
    with pytest.raises(Refused, match="same-way"):
        forbid(here, here)
    with pytest.raises(NotPermitted):
        set_transfer_limit(here.pk, there.pk, by=desk(), now=SOON)
    with pytest.raises(NotPermitted):
        remove_transfer_limit(TransferLimit.objects.get().pk, by=desk(), now=SOON)
    assert TransferLimit.objects.count() == 1


def test_one_that_cannot_go_stops_no_box() -> None:
    here, there = both()
    good, lent = make_item(library=here), make_item(library=here)
    lend(lent)
    box = [lent.barcode, "EIOLE", good.barcode]
    answers = transfer_box(box, there.pk, by=desk(), now=SOON)
    assert [isinstance(one, Moved) for one in answers] == [False, False, True]
    assert Transit.objects.get().item == good


@pytest.mark.django_db(transaction=True)
def test_two_desks_that_send_one_item_two_ways_send_it_one_way_at_a_time() -> None:
    here, there = both()
    third = make_library("KAN")
    item = make_item(library=here)
    at_once(*(partial(move, item, place) for place in (there, third)))
    on_its_way = Transit.objects.filter(arrived_at=None, cancelled_at=None)
    assert on_its_way.count() == 1

"""A library is merged into another: all that is its own goes over, history stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.renew import renew
from kortisto.domain.circulation.models import Loan
from kortisto.domain.closures.actions.asking import merge_libraries, put_back
from kortisto.domain.closures.merging import preview_merge
from kortisto.domain.closures.models import Shift
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.pickup import pickup_libraries
from kortisto.domain.org.queries import organisation
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)
from kortisto.testing.closures import carried_out
from kortisto.testing.loans import lend

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
LATER = MONDAY_NOON + DAY


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    del db
    make_rules({"values": {"loan_period": 28}})


@pytest.fixture
def world() -> dict[str, Any]:
    """Something of everything at MLI, and nothing at SVL."""
    old, new, third = make_library(), make_library("SVL"), make_library("KAN")
    lent, there, on_shelf = make_item(), make_item(library=third), make_item()
    patron = make_patron()
    loan = lend(lent, patron).loan_id
    travelling = make_item(library=third)
    waits = make_hold(
        patron, on_shelf.record, item=on_shelf, state=Hold.State.WAITING,
        pickup_until=localdate(MONDAY_NOON) + 7 * DAY,
    )  # fmt: skip
    travels = make_hold(
        patron, travelling.record, item=travelling, state=Hold.State.TRAVELLING
    )
    going_home = make_item()
    for item in (travelling, going_home):
        Transit.objects.create(
            item=item, origin=third, destination=old, sent_at=MONDAY_NOON
        )
    return {
        "old": old, "new": new, "third": third, "patron": patron, "loan": loan,
        "lent": lent, "there": there, "waits": waits, "travels": travels,
        "queued": make_hold(patron, make_record()),
        "going_home": going_home,
    }  # fmt: skip


def merge(world: dict[str, Any]) -> Shift:
    old, new = world["old"].pk, world["new"].pk
    asked = merge_libraries(old, new, by=chief(), now=MONDAY_NOON)
    return carried_out(asked, now=MONDAY_NOON)


def fresh(world: dict[str, Any], *names: str) -> list[Any]:
    for name in names:
        world[name].refresh_from_db()
    return [world[name] for name in names]


def test_all_that_is_its_own_goes_over_and_history_stays(world: dict[str, Any]) -> None:
    counted = dict(preview_merge(world["old"].pk).counts)
    shift = merge(world)
    assert sum(counted.values()) == shift.moves.filter(state="done").count()
    assert not shift.moves.exclude(state="done").exists()

    old, new = fresh(world, "old", "new")
    lent, patron, there = fresh(world, "lent", "patron", "there")
    assert (lent.home_library, patron.home_library) == (new, new)
    assert there.home_library == world["third"]
    for hold in fresh(world, "waits", "travels", "queued"):
        assert hold.pickup_library == new
    moving = Transit.objects.filter(cancelled_at=None)
    assert {transit.destination for transit in moving} == {new}
    loan = Loan.objects.get(pk=world["loan"])
    assert (loan.rules_library, loan.library) == (new, old)
    assert old.closed_on == localdate(MONDAY_NOON) - DAY
    today = localdate(MONDAY_NOON)
    assert old.pk not in {library.id for library in pickup_libraries(today)}


def test_what_came_over_works_at_the_new_library(world: dict[str, Any]) -> None:
    merge(world)
    renew(world["loan"], by=chief(world["new"]), now=MONDAY_NOON + 20 * DAY)
    back = MONDAY_NOON + 21 * DAY
    checkin(world["lent"].barcode, by=desk(world["new"]), now=back)
    assert not Transit.objects.filter(item=world["lent"], cancelled_at=None).exists()
    checkin(world["travels"].item.barcode, by=desk(world["new"]), now=LATER)
    [travels] = fresh(world, "travels")
    assert travels.state == Hold.State.WAITING


def test_a_merge_is_taken_back_where_nobody_has_changed_anything_since(
    world: dict[str, Any],
) -> None:
    shift = merge(world)
    world["queued"].refresh_from_db()
    world["queued"].pickup_library = world["third"]
    world["queued"].save()
    back = carried_out(put_back(shift.pk, by=chief(), now=LATER), now=LATER)

    [old] = fresh(world, "old")
    assert old.closed_on is None
    lent, patron = fresh(world, "lent", "patron")
    assert (lent.home_library, patron.home_library) == (old, old)
    waits, travels, queued = fresh(world, "waits", "travels", "queued")
    assert (waits.pickup_library, travels.pickup_library) == (old, old)
    assert queued.pickup_library == world["third"]
    assert back.moves.filter(state="left").count() == 1
    assert Loan.objects.get(pk=world["loan"]).rules_library == old
    assert old.pk in {one.id for one in organisation().libraries(on=localdate(LATER))}
    with pytest.raises(Refused, match="nothing-to-put-back"):
        put_back(shift.pk, by=chief(), now=LATER)


def test_the_log_tells_of_every_thing(world: dict[str, Any]) -> None:
    merge(world)
    kinds = set(LoggedEvent.objects.values_list("kind", flat=True))
    assert kinds >= {
        "ShiftAsked",
        "UnitChanged",
        "LoanRulesMoved",
        "HoldChanged",
        "ItemRedirected",
        "ItemChanged",
        "PatronChanged",
        "ShiftCarriedOut",
    }


def test_a_library_is_not_merged_into_itself_or_into_one_that_has_ended(
    world: dict[str, Any],
) -> None:
    old, new = world["old"].pk, world["new"].pk
    with pytest.raises(Refused, match="same-library"):
        merge_libraries(old, old, by=chief(), now=MONDAY_NOON)
    merge(world)
    with pytest.raises(Refused, match="not-in-use"):
        merge_libraries(old, new, by=chief(), now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        merge_libraries(new, old, by=desk(), now=MONDAY_NOON)
    assert Shift.objects.count() == 1

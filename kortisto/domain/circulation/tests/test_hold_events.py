"""Each change of a hold at a desk is told once, in the same transaction (promise 6)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

import pytest
from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.core.undo import latest, undo
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.undoing import undo_checkout
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.holds.models import Hold
from kortisto.domain.org.models import Unit
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
)
from kortisto.testing.machines import UndoneMachine, run_machine
from kortisto.testing.queries import count_queries

pytestmark = pytest.mark.django_db

SOON = MONDAY_NOON + timedelta(minutes=10)
STATE_AFTER: Final[Mapping[str, str]] = {
    "HoldSent": Hold.State.TRAVELLING,
    "HoldArrived": Hold.State.WAITING,
    "HoldFilled": Hold.State.FILLED,
    "HoldRequeued": Hold.State.QUEUED,
}


def told_of(hold: Hold) -> list[str]:
    rows = LoggedEvent.objects.filter(kind__startswith="Hold", body__hold_id=hold.pk)
    return list(rows.order_by("pk").values_list("kind", flat=True))


def back(item: Item, library: Unit | None = None) -> None:
    checkin(item.barcode, by=desk(library), now=MONDAY_NOON)


def test_a_copy_that_waits_here_and_is_collected() -> None:
    patron, item = make_patron(), make_item()
    hold = make_hold(patron, item.record)
    back(item)
    assert told_of(hold) == ["HoldTrapped", "HoldArrived"]
    back(item)  # scanned again
    checkout(card_of(patron), item.barcode, by=desk(), now=SOON)
    assert told_of(hold) == ["HoldTrapped", "HoldArrived", "HoldFilled"]
    filled = LoggedEvent.objects.get(kind="HoldFilled")
    by, about = desk(), {"item_id": item.pk, "record_id": item.record_id}
    assert filled.body == {"hold_id": hold.pk, **about}
    assert (filled.actor, filled.unit_id) == (by.label, by.library_id)
    assert (filled.channel, filled.happened_at) == (by.channel.value, SOON)
    assert filled.patron_id is None


def test_a_copy_that_travels_is_told_of_on_its_way_and_at_its_end() -> None:
    here, there, third = (make_library(code) for code in ("MLI", "SVL", "PIE"))
    item = make_item(library=here)
    hold = make_hold(make_patron(), item.record, pickup=there)
    back(item, here)
    assert told_of(hold) == ["HoldTrapped", "HoldSent"]
    sent = LoggedEvent.objects.get(kind="HoldSent")
    assert sent.body["destination_id"] == there.pk
    back(item, third)  # it came to a wrong place
    back(item, there)
    assert told_of(hold)[2:] == ["HoldArrived"]
    back(item, here)  # taken from its shelf by mistake
    assert told_of(hold)[3:] == ["HoldSent"]


def test_a_copy_found_on_the_shelf_fills_the_hold_of_its_borrower_only() -> None:
    patron, item = make_patron(), make_item()
    own, others = make_hold(patron, item.record), make_hold(make_patron(), item.record)
    checkout(card_of(patron), item.barcode, by=desk(), now=SOON)
    assert told_of(own) == ["HoldFilled"]
    assert told_of(others) == []


def test_a_hold_set_aside_by_an_override_is_told_back_in_its_queue() -> None:
    item, passer_by = make_item(), make_patron()
    hold = make_hold(make_patron(), item.record)
    own = make_hold(passer_by, item.record, placed_at=MONDAY_NOON)
    back(item)
    by = desk(also=(LendingPermission.OVERRIDE_HOLD.value,))
    over = {Reason.WAITS_FOR_ANOTHER.value}
    checkout(card_of(passer_by), item.barcode, by=by, now=SOON, overriding=over)
    assert told_of(hold) == ["HoldTrapped", "HoldArrived", "HoldRequeued"]
    assert told_of(own) == ["HoldFilled"]


def test_a_refused_check_out_tells_nothing_of_a_hold() -> None:
    item = make_item()
    hold = make_hold(make_patron(), item.record)
    back(item)
    with pytest.raises(Refused, match="waits-for-another"):
        checkout(card_of(make_patron()), item.barcode, by=desk(), now=SOON)
    assert told_of(hold) == ["HoldTrapped", "HoldArrived"]


@pytest.mark.parametrize("trapped", [True, False])
def test_an_undone_check_out_opens_the_hold_again(*, trapped: bool) -> None:
    patron, item = make_patron(), make_item()
    hold = make_hold(patron, item.record)
    if trapped:
        back(item)
    lent = checkout(card_of(patron), item.barcode, by=desk(), now=SOON)
    undo_checkout(lent.loan_id, by=desk(), now=SOON)
    assert told_of(hold)[-2:] == ["HoldFilled", "HoldReopened"]
    reopened = LoggedEvent.objects.get(kind="HoldReopened")
    assert reopened.body["item_id"] == (item.pk if trapped else None)


def test_an_undone_check_in_lets_the_hold_go() -> None:
    item = make_item()
    lent = checkout(card_of(make_patron()), item.barcode, by=desk(), now=MONDAY_NOON)
    hold = make_hold(make_patron(), item.record)
    back(item)
    step = latest("checkin", lent.loan_id)
    assert step is not None
    undo(step.pk, by=desk(), now=SOON, needs=LendingPermission.UNDO)
    assert told_of(hold) == ["HoldTrapped", "HoldArrived", "HoldRequeued"]


def test_telling_of_a_hold_costs_a_check_out_no_statement() -> None:
    def statements(*, held: bool) -> int:
        patron, item = make_patron(), make_item()
        if held:
            make_hold(patron, item.record)
        card, by = card_of(patron), desk()
        return count_queries(lambda: checkout(card, item.barcode, by=by, now=SOON))

    statements(held=True)  # warm what is kept
    on_sqlite_the_hold_itself = transaction.get_connection().vendor == "sqlite"
    assert statements(held=True) == statements(held=False) + on_sqlite_the_hold_itself


class HoldMachine(UndoneMachine):
    """Two copies, three patrons with a hold each, two libraries, anything goes."""

    def __init__(self) -> None:
        super().__init__()
        self.now = MONDAY_NOON
        libraries = [make_library(code) for code in ("MLI", "SVL")]
        over = (LendingPermission.OVERRIDE_HOLD.value,)
        self.desks = [desk(library, also=over) for library in libraries]
        record = make_record()
        self.items = [make_item(record=record) for _ in range(2)]
        self.patrons = [make_patron() for _ in range(3)]
        for number, patron in enumerate(self.patrons):
            make_hold(patron, record, pickup=libraries[number % 2])

    @rule(item=st.integers(0, 1), place=st.integers(0, 1))
    def take_back(self, item: int, place: int) -> None:
        self.now += timedelta(seconds=40)
        checkin(self.items[item].barcode, by=self.desks[place], now=self.now)

    @rule(item=st.integers(0, 1), patron=st.integers(0, 2), place=st.integers(0, 1))
    def lend(self, item: int, patron: int, place: int) -> None:
        self.now += timedelta(seconds=40)
        over = {Reason.WAITS_FOR_ANOTHER.value}
        who, what = card_of(self.patrons[patron]), self.items[item].barcode
        try:
            checkout(who, what, by=self.desks[place], now=self.now, overriding=over)
        except Refused as refused:
            self.refused = refused

    @rule(item=st.integers(0, 1))
    def undo_lending(self, item: int) -> None:
        loan = Loan.objects.filter(item=self.items[item], returned_at=None).first()
        if loan is not None:
            undo_checkout(loan.pk, by=self.desks[0], now=self.now)

    @rule(item=st.integers(0, 1))
    def undo_return(self, item: int) -> None:
        loan = Loan.objects.filter(item=self.items[item]).order_by("-pk").first()
        step = None if loan is None else latest("checkin", loan.pk)
        if step is None:
            return
        needs = LendingPermission.UNDO
        try:
            undo(step.pk, by=self.desks[0], now=self.now, needs=needs)
        except Refused as refused:
            self.refused = refused

    @invariant()
    def the_events_alone_say_what_each_hold_is(self) -> None:
        state: dict[int, Any] = {hold.pk: ("queued", None) for hold in holds()}
        rows = LoggedEvent.objects.filter(kind__startswith="Hold").order_by("pk")
        for row in rows:
            item = row.body["item_id"]
            if row.kind == "HoldReopened":
                after = "queued" if item is None else "waiting"
            elif row.kind == "HoldTrapped":
                assert state[row.body["hold_id"]] == ("queued", None)
                continue
            else:
                after = STATE_AFTER[row.kind]
            kept = None if after == "queued" else item
            assert state[row.body["hold_id"]] != (after, kept), "nothing had changed"
            state[row.body["hold_id"]] = (after, kept)
        assert state == {hold.pk: (hold.state, hold.item_id) for hold in holds()}


def holds() -> list[Hold]:
    return list(Hold.objects.order_by("pk"))


@pytest.mark.machine
@pytest.mark.slow
def test_any_run_at_the_desk_can_be_read_from_the_events_of_holds() -> None:
    run_machine(HoldMachine, examples=60, steps=15)

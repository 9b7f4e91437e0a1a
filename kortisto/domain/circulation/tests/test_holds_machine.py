"""Any run of placing, capturing, cancelling, lending and nights keeps the promises."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Final

import pytest
from django.db.models import Q
from django.utils.timezone import localdate
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule

from kortisto.core.actors import ActorKind, job_actor
from kortisto.core.followers import follow
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.core.undo import latest, undo
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.claims import NewClaim, claim
from kortisto.domain.circulation.actions.losing import Compensation, lose, mark_item
from kortisto.domain.circulation.actions.place_bundle import Several, place_bundle
from kortisto.domain.circulation.actions.place_group import ForAGroup, place_group
from kortisto.domain.circulation.actions.place_hold import Wish, place_hold
from kortisto.domain.circulation.actions.undoing import undo_checkout
from kortisto.domain.circulation.actions.voiding import void_loan
from kortisto.domain.circulation.losses import Mark
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.fees.models import Charge
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.fees.queries import unbalanced_entries
from kortisto.domain.holds.actions.changing import change_pickup, resume, suspend
from kortisto.domain.holds.actions.expiring import expire_holds
from kortisto.domain.holds.actions.restoring import restore
from kortisto.domain.holds.actions.shelving import PlaceTold, save_place
from kortisto.domain.holds.bundles import rest_of
from kortisto.domain.holds.models import (
    OF_A_GROUP,
    ON_THE_SHELF,
    Hold,
    HoldBundle,
    Transit,
)
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.holds.queue import KEEPS_ITS_ITEM, ORDER, TRAPPED, active_on
from kortisto.domain.org.models import Closure
from kortisto.domain.org.queries import organisation
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)
from kortisto.testing.closures import last_until, make_closure
from kortisto.testing.machines import UndoneMachine, run_machine

ITEMS: Final = st.integers(0, 2)
PATRONS: Final = st.integers(0, 2)
PLACES: Final = st.integers(0, 1)
WHICH: Final = st.integers(0, 5)
OVER: Final = {Reason.WAITS_FOR_ANOTHER.value}
FEE: Final = 200  # cents
Kind = HoldBundle.Kind


class HoldsMachine(UndoneMachine):
    """Two libraries, three copies of two titles, three patrons, and the night."""

    def __init__(self) -> None:
        super().__init__()
        self.now = MONDAY_NOON
        make_rules(
            {
                "values": {
                    "holds_per_record": 2,
                    "pickup_days": 3,
                    "uncollected_fee_cents": FEE,
                }
            }
        )
        self.libraries = [make_library(code) for code in ("MLI", "SVL")]
        also = (LendingPermission.OVERRIDE_HOLD.value,)
        self.desks = [desk(library, also=also) for library in self.libraries]
        self.records = [make_record(), make_record("Tuntematon sotilas")]
        self.items = [
            make_item(
                record=self.records[number // 2], library=self.libraries[number % 2]
            )
            for number in range(3)
        ]
        self.patrons = [make_patron() for _ in range(3)]
        self.uncollected = 0
        told = PlaceTold(name="A", capacity=2)
        self.shelf = save_place(self.libraries[0].pk, told, by=chief(), now=self.now)

    def hold(self, which: int) -> Hold | None:
        holds = list(Hold.objects.order_by("pk"))
        return holds[which % len(holds)] if holds else None

    @rule(patron=PATRONS, record=PLACES, place=PLACES)
    def place(self, patron: int, record: int, place: int) -> None:
        wish = Wish(
            record_id=self.records[record].pk,
            pickup_library_id=self.libraries[place].pk,
        )
        before = Hold.objects.count()
        try:
            who = self.patrons[patron].pk
            place_hold(who, wish, by=self.desks[place], now=self.now)
        except Refused:
            assert Hold.objects.count() == before
        else:
            assert Hold.objects.count() == before + 1

    @rule(
        patron=PATRONS,
        place=PLACES,
        kind=st.sampled_from([Kind.EDITIONS, Kind.FIRST, Kind.SERIES]),
        direction=st.sampled_from([1, -1]),
    )
    def place_several(
        self, patron: int, place: int, kind: HoldBundle.Kind, direction: int
    ) -> None:
        titles = [record.pk for record in self.records][::direction]
        wish = Wish(record_id=0, pickup_library_id=self.libraries[place].pk)
        several = Several(kind=kind, record_ids=tuple(titles))
        before = Hold.objects.count()
        who, by = self.patrons[patron].pk, self.desks[place]
        try:
            place_bundle(who, wish, several, by=by, now=self.now)
        except Refused:
            assert Hold.objects.count() == before
        else:
            assert Hold.objects.count() > before

    @rule(patron=PATRONS, place=PLACES, copies=st.integers(1, 2))
    def place_for_a_group(self, patron: int, place: int, copies: int) -> None:
        needed = localdate(self.now) + timedelta(days=6)
        library = self.libraries[place].pk
        wish = Wish(record_id=0, pickup_library_id=library, expires_on=needed)
        titles = tuple(record.pk for record in self.records)
        group = ForAGroup(record_ids=titles, copies=copies)
        before = Hold.objects.count()
        who, by = self.patrons[patron].pk, self.desks[place]
        try:
            place_group(who, wish, group, by=by, now=self.now)
        except Refused:
            assert Hold.objects.count() == before
        else:
            assert Hold.objects.count() == before + 2 * copies

    @rule(which=WHICH, place=PLACES)
    def release_a_copy(self, which: int, place: int) -> None:
        """It was set aside by mistake: the hold stands where it stood before."""
        hold = self.hold(which)
        step = None if hold is None else latest("capture", hold.pk)
        if hold is None or step is None:
            return
        by, needs = self.desks[place], LendingPermission.UNDO
        try:
            undo(step.pk, by=by, now=self.now, needs=needs)
        except Refused:
            return
        back = Hold.objects.get(pk=hold.pk)
        assert (back.state, back.item) == (Hold.State.QUEUED, None)
        assert back.counts_from == hold.counts_from  # promise 4

    @rule(which=WHICH)
    def pass_over_a_part(self, which: int) -> None:
        hold = self.hold(which)
        if hold is None or hold.part is None:
            return
        others = Hold.objects.exclude(pk=hold.pk).order_by("pk")
        before = list(others.values_list("pk", "state"))
        try:
            cancel_holds([hold.pk], by=self.desks[0], now=self.now, alone=True)
        except Refused:
            assert hold.ended_at is not None
        after = dict(others.values_list("pk", "state"))
        for pk, state in before:
            assert after[pk] in {state, *TRAPPED}  # a copy on its way went to another

    @rule()
    def settle(self) -> None:
        while follow("hold-bundles", now=self.now):
            pass
        assert follow("hold-bundles", now=self.now) is False

    @rule(which=WHICH, days=st.sampled_from([None, 0, 2]))
    def suspend(self, which: int, days: int | None) -> None:
        hold = self.hold(which)
        if hold is None:
            return
        others = rest_of([hold.pk]).exclude(state=Hold.State.QUEUED)
        left = others.exists()
        until = None if days is None else self.now.date() + timedelta(days=days)
        try:
            suspend([hold.pk], until=until, by=self.desks[0], now=self.now)
        except Refused:
            assert hold.state != Hold.State.QUEUED or left

    @rule(which=WHICH)
    def resume(self, which: int) -> None:
        hold = self.hold(which)
        if hold is not None and self.can_be_changed(hold):
            resume([hold.pk], by=self.desks[0], now=self.now)

    @rule(which=WHICH, place=PLACES)
    def collect_elsewhere(self, which: int, place: int) -> None:
        hold = self.hold(which)
        if hold is None or not self.can_be_changed(hold):
            return
        library = self.libraries[place].pk
        try:
            change_pickup([hold.pk], library, by=self.desks[0], now=self.now)
        except Refused:
            assert self.is_closed(place)

    def can_be_changed(self, hold: Hold) -> bool:
        others = rest_of([hold.pk]).filter(
            Q(part=None) | Q(part=OF_A_GROUP), state__in=TRAPPED
        )
        return hold.state == Hold.State.QUEUED and not others.exists()

    @rule(which=WHICH)
    def cancel(self, which: int) -> None:
        hold = self.hold(which)
        if hold is None:
            return
        try:
            cancel_holds([hold.pk], by=self.desks[0], now=self.now)
        except Refused:
            assert hold.ended_at is not None

    @rule(which=WHICH)
    def bring_back(self, which: int) -> None:
        hold = self.hold(which)
        if hold is None:
            return
        try:
            back = restore(hold.pk, by=self.desks[0], now=self.now)
        except Refused:
            return
        assert back.counts_from == hold.counts_from  # promise 4
        assert back.state in {Hold.State.QUEUED, *TRAPPED} - {Hold.State.TRAVELLING}

    @rule(item=ITEMS, place=PLACES)
    def take_back(self, item: int, place: int) -> None:
        barcode, by = self.items[item].barcode, self.desks[place]
        queue = Hold.objects.filter(active_on(self.now.date())).order_by(*ORDER)
        first = queue.filter(record=self.items[item].record).first()
        asked = queue.filter(pull__item=self.items[item]).first()
        kept = Hold.objects.filter(item=self.items[item], state__in=TRAPPED).exists()
        checkin(barcode, by=by, now=self.now)
        whole = not Item.objects.get(pk=self.items[item].pk).damaged
        served = asked or first  # what the pull list asks it for, or the first
        if served is not None and not kept and whole:
            served.refresh_from_db()
            assert served.item == self.items[item]

    @rule(item=ITEMS, place=PLACES)
    def bring_back_at_night(self, item: int, place: int) -> None:
        machine = replace(self.desks[place], kind=ActorKind.DEVICE)
        evening = self.now.replace(hour=21, minute=30)
        if evening < self.now:
            return
        self.now = evening
        checkin(self.items[item].barcode, by=machine, now=self.now)

    @rule(item=ITEMS, patron=PATRONS, place=PLACES)
    def lend(self, item: int, patron: int, place: int) -> None:
        who, what = card_of(self.patrons[patron]), self.items[item].barcode
        loans = Loan.objects.count()
        try:
            checkout(who, what, by=self.desks[place], now=self.now, overriding=OVER)
        except Refused:
            assert Loan.objects.count() == loans

    @rule(item=ITEMS)
    def undo_lending(self, item: int) -> None:
        loan = Loan.objects.filter(item=self.items[item], returned_at=None).first()
        if loan is None:
            return
        try:
            undo_checkout(loan.pk, by=self.desks[0], now=self.now)
        except Refused:
            late = self.now - loan.lent_at > timedelta(minutes=30)
            assert late or loan.claimed_at is not None

    @rule(item=ITEMS)
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

    @rule(item=ITEMS)
    def claim_it(self, item: int) -> None:
        loan = Loan.objects.filter(item=self.items[item], returned_at=None).first()
        if loan is not None and loan.claimed_at is None:
            new = NewClaim(kind="never-had", library_id=loan.library_id)
            claim(loan.pk, new, by=self.desks[0], now=self.now)

    @rule(item=ITEMS)
    def lose_it(self, item: int) -> None:
        loan = Loan.objects.filter(item=self.items[item], returned_at=None).first()
        if loan is not None:
            lose(loan.pk, Compensation(cents=2000), by=chief(), now=self.now)

    @rule(item=ITEMS, mark=st.sampled_from(list(Mark)))
    def mark_it(self, item: int, mark: Mark) -> None:
        try:
            mark_item(self.items[item].pk, mark, by=chief(), now=self.now)
        except Refused:
            lent = Loan.objects.filter(item=self.items[item], returned_at=None)
            assert lent.exists()

    @rule(item=ITEMS)
    def void(self, item: int) -> None:
        loan = Loan.objects.filter(item=self.items[item]).order_by("-pk").first()
        if loan is None:
            return
        try:
            void_loan(loan.pk, by=chief(), now=self.now)
        except Refused:
            late = self.now - loan.lent_at > timedelta(hours=72)
            assert late or loan.patron_id is None
        else:
            assert not Charge.objects.filter(loan_id=loan.pk, trace={}).exists()

    def is_closed(self, place: int) -> bool:
        library, today = self.libraries[place].pk, localdate(self.now)
        return organisation().closed_period(library, today) is not None

    @rule(place=PLACES, days=st.sampled_from([0, 3, 35]))
    def close_library(self, place: int, days: int) -> None:
        today, other = localdate(self.now), self.libraries[1 - place]
        until = today + timedelta(days=days)
        try:
            closure = make_closure(
                self.libraries[place],
                starts_on=today,
                ends_on=until,
                now=self.now,
                pickup=other,
            )
        except Refused:
            assert self.is_closed(0) or self.is_closed(1)
            return
        assert last_until(closure, until, now=self.now).state == "done"
        moving = {Hold.State.QUEUED, Hold.State.TRAVELLING}
        here = Hold.objects.filter(pickup_library=self.libraries[place])
        assert not here.filter(state__in=moving).exists()
        for hold in here.filter(state=Hold.State.WAITING, pickup_until__gte=today):
            assert hold.pickup_until is not None
            assert hold.pickup_until > until

    @rule()
    def open_again(self) -> None:
        """Everything goes back that nobody has changed since."""
        for closure in Closure.objects.filter(state=Closure.State.IN_FORCE):
            if closure.ends_on >= localdate(self.now):
                assert last_until(closure, None, now=self.now).state == "done"
        assert not self.is_closed(0)
        assert not self.is_closed(1)

    @rule()
    def night(self) -> None:
        by = job_actor(HoldPermission.PLACE, FeePermission.CHARGE)
        self.uncollected += expire_holds(by=by, now=self.now)["uncollected"]
        assert expire_holds(by=by, now=self.now) == {"uncollected": 0, "out_of_date": 0}

    @rule(minutes=st.sampled_from([1, 40, 60 * 25, 60 * 24 * 5]))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @invariant()
    def a_kept_item_is_neither_lent_nor_kept_twice(self) -> None:
        kept = list(
            Hold.objects.filter(state__in=KEEPS_ITS_ITEM).values_list("item", flat=True)
        )
        assert None not in kept
        assert len(kept) == len(set(kept))
        lent = Loan.objects.filter(returned_at=None).values_list("item", flat=True)
        assert set(kept).isdisjoint(lent)
        assert len(lent) == len(set(lent))

    @invariant()
    def of_a_wish_one_title_is_served_at_a_time(self) -> None:
        active = set(
            Hold.objects.filter(active_on(self.now.date())).values_list("pk", flat=True)
        )
        for bundle in HoldBundle.objects.prefetch_related("holds"):
            holds = sorted(bundle.holds.all(), key=lambda hold: hold.pk)
            assert len({hold.patron_id for hold in holds}) == 1
            served = [hold for hold in holds if hold.state in TRAPPED]
            if bundle.kind == Kind.GROUP:  # every copy comes, all together
                assert {hold.part for hold in holds} == {OF_A_GROUP}
                continue
            if bundle.kind != Kind.SERIES:
                assert len(served) <= 1
                met = any(hold.state == Hold.State.FILLED for hold in holds)
                if served or met:
                    assert active.isdisjoint(hold.pk for hold in holds)
                continue
            for earlier, later in pairwise(holds):
                if earlier.state in {Hold.State.QUEUED, *TRAPPED}:
                    assert later.pk not in active
                assert earlier.part is not None
                assert later.part == earlier.part + 1

    @invariant()
    def no_place_of_the_shelf_has_more_than_it_has_room_for(self) -> None:
        there = self.shelf.holds.filter(state__in=ON_THE_SHELF)
        assert there.count() <= self.shelf.capacity

    @invariant()
    def what_travels_is_on_its_way_to_where_it_is_collected(self) -> None:
        journeys = dict(
            Transit.objects.filter(arrived_at=None, cancelled_at=None).values_list(
                "item", "destination"
            )
        )
        for hold in Hold.objects.filter(state__in=TRAPPED):
            assert hold.item_id is not None
            heading = journeys.get(hold.item_id)
            travels = hold.state == Hold.State.TRAVELLING
            assert heading == (hold.pickup_library_id if travels else None)
            assert (hold.pickup_until is None) == (hold.state != Hold.State.WAITING)

    @invariant()
    def what_has_ended_says_when_and_what_has_not_does_not(self) -> None:
        for hold in Hold.objects.all():
            waits = hold.state in {Hold.State.QUEUED, *TRAPPED}
            assert (hold.ended_at is None) == waits
            assert hold.ending == "" if waits else True

    @invariant()
    def each_uncollected_copy_cost_once(self) -> None:
        assert Charge.objects.filter(type__code="RESERVE_EXPIRED").count() == (
            self.uncollected
        )
        assert unbalanced_entries() == []

    @invariant()
    def the_log_knows_every_hold_and_how_each_ended(self) -> None:
        rows = LoggedEvent.objects.filter(kind__startswith="Hold").order_by("pk")
        last: dict[int, str] = {}
        for hold_id, kind in rows.values_list("body__hold_id", "kind"):
            if kind != "HoldChanged":
                last[hold_id] = kind
        assert set(last) == set(Hold.objects.values_list("pk", flat=True))
        back = {"HoldRestored", "HoldReopened"}
        fits = {
            Hold.State.QUEUED: {"HoldPlaced", "HoldRequeued", *back},
            Hold.State.TRAVELLING: {"HoldSent"},
            Hold.State.PROCESSING: {"HoldLeftForStaff", "HoldRestored"},
            Hold.State.WAITING: {"HoldArrived", *back},
            Hold.State.UNCLEARED: {"HoldEnded"},
            Hold.State.CANCELLED: {"HoldEnded", "HoldCleared"},
            Hold.State.EXPIRED: {"HoldEnded", "HoldCleared"},
            Hold.State.FILLED: {"HoldFilled"},
        }
        for hold in Hold.objects.all():
            assert last[hold.pk] in fits[Hold.State(hold.state)], hold.state


class OtherHoldsMachine(HoldsMachine):
    """The same under another name: where chance is settled, it takes other ways."""


@pytest.mark.machine
@pytest.mark.slow
@pytest.mark.django_db
@pytest.mark.parametrize("machine", [HoldsMachine, OtherHoldsMachine])
def test_any_run_of_holds_and_loans_keeps_the_promises(
    machine: type[HoldsMachine],
) -> None:
    """500 examples in all, which two workers may share."""
    run_machine(machine, examples=250, steps=20)

"""Stories of placing a hold: who may wait for what, and why not (HLD-1 to HLD-8)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Record
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.place_hold import (
    Placed,
    Wish,
    look_and_decide,
    place_hold,
)
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.holds.settings import HOLDS_PICKED_UP
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.models import LibraryGroup, Unit
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_category,
    make_group,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_restriction,
    make_rules,
    themself,
)
from kortisto.testing.queries import count_queries

pytestmark = pytest.mark.django_db

OVER = (HoldPermission.OVERRIDE.value,)
TODAY = MONDAY_NOON.date()


def place(
    patron: Patron, record: Record, *, pickup: Unit | None = None, **options: Any
) -> Placed:
    asked = {
        name: options.pop(name)
        for name in ("by", "now", "overriding")
        if name in options
    }
    library = pickup or make_library()
    wish = Wish(record_id=record.pk, pickup_library_id=library.pk, **options)
    return place_hold(patron.pk, wish, **{"by": desk(), "now": MONDAY_NOON, **asked})


def reasons(refused: pytest.ExceptionInfo[Refused]) -> set[str]:
    return {refusal.reason.value for refusal in refused.value.refusals}


def nothing_was_placed() -> bool:
    told = LoggedEvent.objects.filter(kind="HoldPlaced").exists()
    return not Hold.objects.exists() and not told


def test_a_patron_waits_for_a_title_for_five_years() -> None:
    patron, item = make_patron(), make_item()
    placed = place(patron, item.record)
    hold = Hold.objects.get()
    assert (hold.pk, hold.patron, hold.record) == (placed.hold_id, patron, item.record)
    assert (hold.state, hold.item, hold.pickup_library) == (
        Hold.State.QUEUED,
        None,
        make_library(),
    )
    assert hold.expires_on == date(TODAY.year + 5, TODAY.month, TODAY.day)
    assert hold.counts_from == hold.placed_at == MONDAY_NOON
    assert (hold.placed_by, hold.channel) == ("staff:1", "staff")
    assert hold.trace["library"] == item.home_library_id
    told = LoggedEvent.objects.get(kind="HoldPlaced")
    about = {"hold_id": hold.pk, "record_id": item.record_id}
    assert told.body == {**about, "overridden": []}
    assert told.patron_id is None


def test_the_copy_that_comes_back_is_set_aside_for_it() -> None:
    patron, item = make_patron(), make_item()
    hold_id = place(patron, item.record).hold_id
    checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    hold = Hold.objects.get(pk=hold_id)
    assert (hold.state, hold.item) == (Hold.State.WAITING, item)


def test_a_patron_places_their_own_hold_only() -> None:
    mine, other, item = make_patron(), make_patron(), make_item()
    place(mine, item.record, by=themself(mine))
    assert Hold.objects.get().channel == "web"
    with pytest.raises(NotPermitted):
        place(other, item.record, by=themself(mine))
    assert Hold.objects.count() == 1


@pytest.mark.parametrize("extra", [{"always_last": True}, {"note": "kassissa"}])
def test_what_only_staff_add_is_not_for_patrons(extra: dict[str, Any]) -> None:
    patron, item = make_patron(), make_item()
    with pytest.raises(NotPermitted):
        place(patron, item.record, by=themself(patron), **extra)
    assert nothing_was_placed()


def test_staff_without_the_permission_place_nothing() -> None:
    by = replace(desk(), everywhere=frozenset())
    with pytest.raises(NotPermitted):
        place(make_patron(), make_item().record, by=by)
    assert nothing_was_placed()


def test_every_reason_is_told_at_once() -> None:
    make_rules({"values": {"holdable": False}})
    patron = make_patron(card_lost=True)
    make_restriction(patron)
    with pytest.raises(Refused) as refused:
        place(patron, make_item().record)
    assert reasons(refused) == {"card-lost", "restricted", "not-holdable"}
    assert nothing_was_placed()


def test_a_title_without_copies_is_held_by_an_override_only() -> None:
    record = make_record()
    with pytest.raises(Refused, match="nothing-to-hold"):
        place(make_patron(), record)
    over = {Reason.NOTHING_TO_HOLD.value}
    placed = place(make_patron(), record, by=desk(also=OVER), overriding=over)
    assert [refusal.reason for refusal in placed.overridden] == [Reason.NOTHING_TO_HOLD]
    assert LoggedEvent.objects.get(kind="HoldPlaced").body["overridden"] == [*over]


@pytest.mark.parametrize(
    "status",
    [{"withdrawn": "1"}, {"lost": "1"}, {"damaged": "1"}, {"not_for_loan": "1"}],
)
def test_copies_that_will_never_come_are_nothing_to_hold(
    status: dict[str, Any],
) -> None:
    with pytest.raises(Refused, match="nothing-to-hold"):
        place(make_patron(), make_item(**status).record)


@pytest.mark.parametrize("status", ["-1", "-2"])
def test_ordered_and_received_copies_are_waited_for(status: str) -> None:
    assert place(make_patron(), make_item(not_for_loan=status).record).hold_id


def test_one_kind_of_copies_that_can_be_held_is_enough() -> None:
    there, record = make_library("SVL"), make_record()
    make_item(record=record)
    make_item(record=record, library=there)
    make_rules({"library": make_library(), "values": {"holdable": False}})
    place(make_patron(), record)
    assert Hold.objects.get().trace["library"] == there.pk


def test_the_same_title_is_waited_for_once_unless_rules_say_more() -> None:
    patron, item = make_patron(), make_item()
    place(patron, item.record)
    with pytest.raises(Refused, match="held-already"):
        place(patron, item.record)
    make_rules({"values": {"holds_per_record": 3}})  # a reading circle
    place(patron, item.record)
    assert Hold.objects.count() == 2


def test_issues_of_a_magazine_are_counted_by_themselves() -> None:
    """HLD-6: another issue is no second hold on the title; the same one is."""
    patron, record = make_patron(), make_record("Kotiliesi")
    first = make_item(record=record, enumchron="2027 : 1")
    make_item(record=record, enumchron="2027 : 2")
    place(patron, record, volume="2027 : 1")
    place(patron, record, volume="2027 : 2")
    place(patron, record, item_id=first.pk)
    with pytest.raises(Refused, match="held-already"):
        place(patron, record, volume="2027 : 2")
    assert Hold.objects.count() == 3


def test_a_volume_that_there_is_not_is_nothing_to_hold() -> None:
    item = make_item(enumchron="2027 : 1")
    with pytest.raises(Refused, match="nothing-to-hold"):
        place(make_patron(), item.record, volume="2027 : 9")


def test_a_volume_is_filled_by_that_volume_only() -> None:
    patron, record = make_patron(), make_record("Kotiliesi")
    wrong = make_item(record=record, enumchron="2027 : 1")
    right = make_item(record=record, enumchron="2027 : 2")
    place(patron, record, volume="2027 : 2")
    checkin(wrong.barcode, by=desk(), now=MONDAY_NOON)
    assert Hold.objects.get().state == Hold.State.QUEUED
    checkin(right.barcode, by=desk(), now=MONDAY_NOON)
    assert Hold.objects.get().item == right


def test_a_certain_copy_is_chosen_by_staff_unless_rules_say_otherwise() -> None:
    patron, item = make_patron(), make_item()
    with pytest.raises(Refused, match="copy-chosen-by-staff"):
        place(patron, item.record, item_id=item.pk, by=themself(patron))
    make_rules({"values": {"item_holds_online": True}})
    place(patron, item.record, item_id=item.pk, by=themself(patron))


def test_the_limit_counts_holds_of_all_libraries_and_not_those_that_ended() -> None:
    make_rules({"values": {"holds_max": 2}})
    patron = make_patron()
    make_hold(patron, make_record(), pickup=make_library("SVL"))
    make_hold(patron, make_record(), state=Hold.State.CANCELLED)
    place(patron, make_item().record)
    with pytest.raises(Refused) as refused:
        place(patron, make_item().record)
    [refusal] = refused.value.refusals
    assert refusal.message == "Open holds already: 2; the limit is 2."


def test_the_limit_of_a_day_ends_at_midnight_in_helsinki() -> None:
    make_rules({"values": {"holds_per_day": 1}})
    patron = make_patron()
    place(patron, make_item().record)
    with pytest.raises(Refused, match="too-many-holds-today"):
        place(patron, make_item().record)
    place(patron, make_item().record, now=MONDAY_NOON + timedelta(hours=12))


def test_whoever_has_it_at_home_does_not_wait_for_it() -> None:
    patron, item = make_patron(), make_item()
    checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="has-it-on-loan"):
        place(patron, item.record)
    place(make_patron(), item.record)


@pytest.mark.parametrize(
    ("rule", "out", "allowed"),
    [
        ("yes", 0, True),
        ("any-unavailable", 0, False),
        ("any-unavailable", 1, True),
        ("all-unavailable", 1, False),
        ("all-unavailable", 2, True),
    ],
)
def test_holds_on_what_stands_on_the_shelf(
    rule: str, out: int, *, allowed: bool
) -> None:
    make_rules({"values": {"holds_on_shelf": rule}})
    record = make_record()
    for item in [make_item(record=record) for _ in range(2)][:out]:
        checkout(card_of(make_patron()), item.barcode, by=desk(), now=MONDAY_NOON)
    if allowed:
        place(make_patron(), record)
    else:
        with pytest.raises(Refused, match="on-the-shelf"):
            place(make_patron(), record)


def test_copies_kept_for_the_patrons_of_their_library_or_its_group() -> None:
    make_rules({"values": {"hold_rule": "group"}})
    here, near, far = (make_library(code) for code in ("MLI", "SVL", "PIE"))
    make_group(here, near, purpose=LibraryGroup.Purpose.PICKING)
    item = make_item(library=here)
    place(make_patron(home_library=near), item.record)
    with pytest.raises(Refused, match="for-others-holds"):
        place(make_patron(home_library=far), item.record)


def test_copies_that_are_picked_up_at_home_only() -> None:
    make_rules({"values": {"pickup_rule": "home"}})
    there, item = make_library("SVL"), make_item()
    with pytest.raises(Refused, match="not-picked-up-there") as refused:
        place(make_patron(), item.record, pickup=there)
    assert "SVL" in refused.value.words
    place(make_patron(), item.record)


def test_a_library_without_a_hold_shelf_is_no_place_to_pick_up() -> None:
    library, item = make_library(), make_item()
    set_setting(library.pk, HOLDS_PICKED_UP, value=False, by=chief(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="no-pickup-there"):
        place(make_patron(), item.record, pickup=library)
    assert nothing_was_placed()


@pytest.mark.parametrize(
    ("effect", "refused"), [("", True), ("warn", False), ("none", False)]
)
def test_what_an_expired_card_does_to_a_hold(effect: str, *, refused: bool) -> None:
    """The category's word about holds; empty: what it says about lending (PAT-20)."""
    make_category("YHTEISO", expired_effect="block", expired_hold_effect=effect)
    patron = make_patron(category="YHTEISO", expires_on=TODAY - timedelta(days=1))
    item = make_item()
    if refused:
        with pytest.raises(Refused, match="card-expired"):
            place(patron, item.record)
        assert nothing_was_placed()
    else:
        told = [notice.reason for notice in place(patron, item.record).notices]
        assert told == ([Reason.CARD_EXPIRED] if effect == "warn" else [])


def test_an_age_limit_binds_holds_as_it_binds_loans() -> None:
    record = make_record("Kauhu", age_limit=18)
    make_item(record=record)
    child = make_patron(born_on=date(TODAY.year - 17, 1, 1))
    with pytest.raises(Refused, match="age-limit"):
        place(child, record, by=desk(also=OVER), overriding={"age-limit"})
    assert nothing_was_placed()


def test_days_in_a_wrong_order_are_refused() -> None:
    item = make_item()
    tomorrow = TODAY + timedelta(days=1)
    wrong: list[dict[str, Any]] = [
        {"expires_on": TODAY - timedelta(days=1)},
        {"starts_on": tomorrow, "expires_on": TODAY},
    ]
    for days in wrong:
        with pytest.raises(Refused, match="days-in-wrong-order"):
            place(make_patron(), item.record, **days)
    assert nothing_was_placed()


def test_a_hold_of_the_future_takes_no_copy_before_its_day() -> None:
    item = make_item()
    place(make_patron(), item.record, starts_on=TODAY + timedelta(days=2))
    checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    assert Hold.objects.get().state == Hold.State.QUEUED
    checkin(item.barcode, by=desk(), now=MONDAY_NOON + timedelta(days=2))
    assert Hold.objects.get().state == Hold.State.WAITING


def test_who_does_not_hurry_stops_no_renewal_and_those_last_come_last() -> None:
    make_rules({"values": {"holds_per_record": 5}})
    item = make_item()
    late, early = make_patron(), make_patron()
    place(late, item.record, always_last=True)
    place(early, item.record, now=MONDAY_NOON + timedelta(hours=1))
    checkin(item.barcode, by=desk(), now=MONDAY_NOON + timedelta(hours=2))
    assert Hold.objects.get(patron=early).state == Hold.State.WAITING
    assert Hold.objects.get(patron=late).state == Hold.State.QUEUED


def test_looking_writes_nothing() -> None:
    patron, item = make_patron(), make_item()
    wish = Wish(record_id=item.record_id, pickup_library_id=make_library().pk)
    snapshot, decision = look_and_decide(patron.pk, wish, by=desk(), now=MONDAY_NOON)
    assert (snapshot.title, decision.refusals) == (item.record.title, ())
    assert nothing_was_placed()


def test_a_long_queue_costs_no_more_statements() -> None:
    item = make_item()

    def statements() -> int:
        patron = make_patron()
        return count_queries(lambda: place(patron, item.record))

    statements()  # warm what is kept
    before = statements()
    for _ in range(30):
        make_hold(make_patron(), item.record)
    assert statements() == before

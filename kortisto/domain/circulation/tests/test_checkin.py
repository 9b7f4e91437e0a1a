"""Stories of what comes back to the desk, and where it goes from there."""

from datetime import date, timedelta
from typing import Any

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkin import Returned, checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.returns import Going, Note
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.models import LibraryGroup, Unit
from kortisto.domain.org.settings import FLOAT
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    close_library,
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

pytestmark = pytest.mark.django_db

SOON = MONDAY_NOON + timedelta(minutes=5)


def lend(item: Item, *, at: Unit | None = None) -> Loan:
    lent = checkout(card_of(make_patron()), item.barcode, by=desk(at), now=MONDAY_NOON)
    return Loan.objects.get(pk=lent.loan_id)


def take_back(item: Item, *, at: Unit | None = None) -> Returned:
    return checkin(item.barcode, by=desk(at), now=SOON)


def notes(returned: Returned) -> list[Note]:
    return [note for note, _values in returned.notes]


def events(kind: str) -> int:
    return LoggedEvent.objects.filter(kind=kind).count()


def test_a_loan_never_ends_before_it_began_although_a_desk_waited_its_turn() -> None:
    """Another desk lent the item between this one's scan and its look at the loan."""
    item = make_item()
    loan = lend(item)
    scanned = MONDAY_NOON - timedelta(milliseconds=3)
    checkin(item.barcode, by=desk(), now=scanned)
    loan.refresh_from_db()
    assert (loan.returned_at, loan.ending) == (MONDAY_NOON, Loan.Ending.RETURNED)


def test_an_item_of_the_library_goes_back_to_its_shelf_and_nothing_is_said() -> None:
    item = make_item()
    loan = lend(item)
    back = take_back(item)
    loan.refresh_from_db()
    assert (loan.returned_at, loan.ending) == (SOON, Loan.Ending.RETURNED)
    assert (back.going, back.notes) == (Going.SHELF, ())
    assert events("LoanEnded") == 1
    assert not Transit.objects.exists()
    assert events("ItemSeen") == events("ItemSent") == 0


def test_an_item_at_home_elsewhere_is_sent_there() -> None:
    home, here = make_library("MLI"), make_library("SVL")
    item = make_item(library=home)
    lend(item, at=home)
    back = take_back(item, at=here)
    assert (back.going, back.destination_id) == (Going.AWAY, home.pk)
    assert back.sentences == ["Send to MLI."]
    transit = Transit.objects.get()
    assert (transit.origin, transit.destination) == (here, home)
    assert transit.arrived_at is None
    item.refresh_from_db()
    assert item.library == here
    assert events("ItemSent") == 1


def test_a_journey_ends_when_the_item_is_scanned_at_home() -> None:
    home, here = make_library("MLI"), make_library("SVL")
    item = make_item(library=home)
    lend(item, at=home)
    take_back(item, at=here)
    back = checkin(item.barcode, by=desk(home), now=SOON + timedelta(days=1))
    assert (back.going, back.loan_id) == (Going.SHELF, None)
    assert Note.ARRIVED in notes(back)
    transit = Transit.objects.get()
    assert transit.arrived_at == SOON + timedelta(days=1)
    assert transit.cancelled_at is None
    assert events("ItemSent") == 1


def test_where_items_float_they_stay_where_they_came_back() -> None:
    home, here = make_library("MLI"), make_library("SVL")
    set_setting(make_consortium().pk, FLOAT, value=True, by=chief(), now=MONDAY_NOON)
    item = make_item(library=home)
    lend(item, at=home)
    back = take_back(item, at=here)
    assert back.going is Going.SHELF
    assert not Transit.objects.exists()
    item.refresh_from_db()
    assert (item.library, item.home_library) == (here, home)


@pytest.mark.parametrize(
    ("rule", "goes_to"), [("home", "MLI"), ("lending", "SVL"), ("float", None)]
)
def test_the_return_rule_says_where_an_item_goes(
    rule: str, goes_to: str | None
) -> None:
    make_rules({"values": {"return_rule": rule}})
    item = make_item(library=make_library("MLI"))
    lend(item, at=make_library("SVL"))
    back = take_back(item, at=make_library("PMK"))
    expected = None if goes_to is None else make_library(goes_to).pk
    assert back.destination_id == expected
    assert Transit.objects.count() == (goes_to is not None)


def test_a_floating_type_stays_also_when_it_was_not_on_loan() -> None:
    games = make_item_type("PELI")
    make_rules({"item_type": games, "values": {"return_rule": "float"}})
    item = make_item(library=make_library("MLI"), item_type=games)
    assert take_back(item, at=make_library("SVL")).going is Going.SHELF
    assert not Transit.objects.exists()


def test_an_item_floats_within_its_group_only() -> None:
    make_rules({"values": {"return_rule": "float-group"}})
    home, near, far = (make_library(code) for code in ("MLI", "SVL", "PMK"))
    make_group(home, near, purpose=LibraryGroup.Purpose.FLOATING)
    item = make_item(library=home)
    assert take_back(item, at=near).going is Going.SHELF
    assert not Transit.objects.exists()
    assert take_back(item, at=far).destination_id == home.pk


def test_the_queue_comes_first_and_the_hold_waits_here() -> None:
    home, here = make_library("MLI"), make_library("SVL")
    item = make_item(library=home)
    lend(item, at=home)
    second = make_hold(make_patron(), item.record, pickup=home, placed_at=SOON)
    first = make_hold(make_patron(), item.record, pickup=here)
    back = take_back(item, at=here)
    assert back.going is Going.HOLD_SHELF
    first.refresh_from_db()
    assert (first.state, first.item) == (Hold.State.WAITING, item)
    assert first.pickup_until == date(2027, 3, 8)
    second.refresh_from_db()
    assert (second.state, second.item) == (Hold.State.QUEUED, None)
    assert not Transit.objects.exists()


def test_a_hold_for_another_library_travels_there_and_waits_when_it_arrives() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    item = make_item(library=here)
    lend(item, at=here)
    hold = make_hold(make_patron(), item.record, pickup=there)
    sent = take_back(item, at=here)
    hold.refresh_from_db()
    assert (sent.going, sent.destination_id) == (Going.AWAY, there.pk)
    assert sent.sentences == ["A patron waits for this at SVL: send."]
    assert (hold.state, hold.pickup_until) == (Hold.State.TRAVELLING, None)

    back = checkin(item.barcode, by=desk(there), now=SOON + timedelta(days=1))
    hold.refresh_from_db()
    assert back.going is Going.HOLD_SHELF
    assert (hold.state, hold.pickup_until) == (Hold.State.WAITING, date(2027, 3, 9))
    assert Transit.objects.get().arrived_at is not None


def test_the_days_to_collect_are_open_days_of_the_pickup_library() -> None:
    """REQUIREMENTS HLD-10: a closed day takes nothing from the patron's time."""
    library = make_library()
    item = make_item(library=library)
    hold = make_hold(make_patron(), item.record)
    for day in (4, 5):
        close_library(library, date(2027, 3, day))
    take_back(item)
    hold.refresh_from_db()
    assert hold.pickup_until == date(2027, 3, 10)


def test_a_waiting_item_scanned_again_goes_on_waiting_until_the_same_day() -> None:
    item = make_item()
    hold = make_hold(make_patron(), item.record)
    take_back(item)
    again = checkin(item.barcode, by=desk(), now=SOON + timedelta(days=3))
    hold.refresh_from_db()
    assert again.going is Going.HOLD_SHELF
    assert (hold.state, hold.pickup_until) == (Hold.State.WAITING, date(2027, 3, 8))


def test_a_waiting_item_found_elsewhere_travels_back_and_no_longer_waits() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    item = make_item(library=here)
    hold = make_hold(make_patron(), item.record, pickup=here)
    take_back(item, at=here)
    astray = checkin(item.barcode, by=desk(there), now=SOON + timedelta(days=1))
    hold.refresh_from_db()
    assert (astray.going, astray.destination_id) == (Going.AWAY, here.pk)
    assert (hold.state, hold.item, hold.pickup_until) == (
        Hold.State.TRAVELLING,
        item,
        None,
    )
    checkin(item.barcode, by=desk(here), now=SOON + timedelta(days=2))
    hold.refresh_from_db()
    assert hold.state == Hold.State.WAITING


def test_a_hold_whose_pickup_library_changed_on_the_way_is_sent_on() -> None:
    first, second, third = (make_library(code) for code in ("MLI", "SVL", "PMK"))
    item = make_item(library=first)
    hold = make_hold(make_patron(), item.record, pickup=second)
    take_back(item, at=first)
    hold.pickup_library = third
    hold.save()
    back = checkin(item.barcode, by=desk(second), now=SOON + timedelta(days=1))
    assert (back.going, back.destination_id) == (Going.AWAY, third.pk)
    assert Transit.objects.get(arrived_at=None).destination == third
    assert Transit.objects.exclude(arrived_at=None).get().destination == second


@pytest.mark.parametrize(
    "status", ["withdrawn", "not_for_loan", "damaged", "restricted"]
)
def test_what_cannot_be_lent_fills_no_hold(status: str) -> None:
    codes: dict[str, Any] = {status: "1"}
    item = make_item(**codes)
    hold = make_hold(make_patron(), item.record)
    back = take_back(item)
    hold.refresh_from_db()
    assert hold.state == Hold.State.QUEUED
    assert back.going is Going.SHELF
    assert Note(status.replace("_", "-")) in notes(back)


@pytest.mark.parametrize("status", ["-1", "-2"])
def test_a_new_item_fills_a_hold_before_it_has_been_out(status: str) -> None:
    """HLD-7: ordered and received items are not for loan, yet they trap."""
    patron, item = make_patron(), make_item(not_for_loan=status)
    hold = make_hold(patron, item.record)
    back = take_back(item)
    hold.refresh_from_db()
    assert back.going is Going.HOLD_SHELF
    assert (hold.state, hold.item) == (Hold.State.WAITING, item)
    later = SOON + timedelta(days=1)
    with pytest.raises(Refused, match="not-for-loan"):
        checkout(card_of(make_patron()), item.barcode, by=desk(), now=later)
    assert checkout(card_of(patron), item.barcode, by=desk(), now=later).loan_id


def test_a_new_item_that_came_damaged_fills_no_hold() -> None:
    item = make_item(not_for_loan="-2", damaged="1")
    hold = make_hold(make_patron(), item.record)
    assert take_back(item).going is Going.SHELF
    hold.refresh_from_db()
    assert (hold.state, hold.item) == (Hold.State.QUEUED, None)


def test_a_type_that_is_not_holdable_fills_no_hold() -> None:
    """HLD-8: nobody needs to call such items damaged."""
    quick = make_item_type("PIKALAINA")
    make_rules({"item_type": quick, "values": {"holdable": False}})
    record = make_item().record
    item = make_item(record=record, item_type=quick)
    hold = make_hold(make_patron(), record)
    assert take_back(item).going is Going.SHELF
    hold.refresh_from_db()
    assert hold.state == Hold.State.QUEUED


def test_those_to_whom_a_type_is_not_holdable_are_passed_over() -> None:
    child, grown = make_patron(category="LAPSI"), make_patron()
    item = make_item()
    make_rules({"category": child.category, "values": {"holdable": False}})
    passed = make_hold(child, item.record)
    filled = make_hold(grown, item.record, placed_at=MONDAY_NOON)
    assert take_back(item).going is Going.HOLD_SHELF
    passed.refresh_from_db()
    filled.refresh_from_db()
    assert passed.state == Hold.State.QUEUED
    assert (filled.state, filled.item) == (Hold.State.WAITING, item)


@pytest.mark.parametrize(
    "fields",
    [
        {"suspended_from": date(2000, 1, 1)},
        {"starts_on": date(2027, 3, 2)},
        {"expires_on": date(2027, 2, 28)},
    ],
)
def test_a_hold_that_is_not_in_force_today_is_passed_over(
    fields: dict[str, Any],
) -> None:
    item = make_item()
    hold = make_hold(make_patron(), item.record, **fields)
    assert take_back(item).going is Going.SHELF
    hold.refresh_from_db()
    assert hold.state == Hold.State.QUEUED


def test_a_hold_on_a_certain_item_is_not_filled_by_another() -> None:
    item = make_item()
    other = make_item(record=item.record)
    hold = make_hold(make_patron(), item.record, wanted_item=other)
    assert take_back(item).going is Going.SHELF
    assert take_back(other).going is Going.HOLD_SHELF
    hold.refresh_from_db()
    assert hold.item == other


def test_a_lost_item_that_comes_back_is_lost_no_more() -> None:
    item = make_item()
    loan = lend(item)
    Item.objects.filter(pk=item.pk).update(lost="2", lost_at=MONDAY_NOON)
    back = take_back(item)
    item.refresh_from_db()
    loan.refresh_from_db()
    assert Note.WAS_LOST in notes(back)
    assert (item.lost, item.lost_at) == ("", None)
    assert LoggedEvent.objects.filter(kind="ItemChanged").count() == 1
    assert loan.returned_at == SOON


def test_parts_are_asked_to_be_counted() -> None:
    item = make_item(parts=3, parts_note="kirja ja 2 levyä")
    lend(item)
    assert take_back(item).sentences == ["Are all 3 parts there? kirja ja 2 levyä"]
    plain = make_item(parts=2)
    lend(plain)
    assert take_back(plain).sentences == ["Are all 2 parts there?"]


def test_an_item_that_was_not_on_loan_is_only_seen() -> None:
    item = make_item()
    back = take_back(item)
    item.refresh_from_db()
    assert back.loan_id is None
    assert notes(back) == [Note.NOT_ON_LOAN]
    assert item.last_seen_at == SOON
    assert (events("ItemSeen"), events("LoanEnded")) == (1, 0)


def test_a_second_scan_within_seconds_makes_no_second_event() -> None:
    home, here = make_library("MLI"), make_library("SVL")
    item = make_item(library=home)
    lend(item, at=home)
    take_back(item, at=here)
    before = LoggedEvent.objects.count()
    again = checkin(item.barcode, by=desk(here), now=SOON + timedelta(seconds=29))
    assert LoggedEvent.objects.count() == before
    assert notes(again) == [Note.ALREADY_BACK, Note.SEND_HOME]
    assert Transit.objects.count() == 1


def test_later_or_elsewhere_it_is_a_scan_of_its_own() -> None:
    home, here = make_library("MLI"), make_library("SVL")
    item = make_item(library=home)
    take_back(item, at=home)
    later = SOON + timedelta(seconds=30)
    checkin(item.barcode, by=desk(home), now=later)
    checkin(item.barcode, by=desk(here), now=later + timedelta(seconds=1))
    assert events("ItemSeen") == 3


def test_a_return_can_be_dated_back_to_the_day_of_the_book_drop() -> None:
    item = make_item()
    loan = lend(item)
    tuesday = MONDAY_NOON + timedelta(days=1)
    checkin(item.barcode, by=desk(), now=tuesday, as_of=MONDAY_NOON.date())
    loan.refresh_from_db()
    assert loan.returned_at == MONDAY_NOON.replace(hour=23, minute=59, second=59)


@pytest.mark.parametrize(
    ("as_of", "words"),
    [(date(2027, 3, 3), "future"), (date(2027, 2, 28), "only after")],
)
def test_an_impossible_day_of_return_is_refused_and_the_loan_goes_on(
    as_of: date, words: str
) -> None:
    item = make_item()
    loan = lend(item)
    tuesday = MONDAY_NOON + timedelta(days=1)
    with pytest.raises(ValueError, match=words):
        checkin(item.barcode, by=desk(), now=tuesday, as_of=as_of)
    loan.refresh_from_db()
    assert loan.returned_at is None


def test_dating_back_needs_its_own_permission() -> None:
    item = make_item()
    lend(item)
    by = desk()
    allowed = by.everywhere - {LendingPermission.BACKDATE.value}
    without = type(by)(
        kind=by.kind, id=by.id, library_id=by.library_id, everywhere=allowed
    )
    tuesday = MONDAY_NOON + timedelta(days=1)
    with pytest.raises(NotPermitted):
        checkin(item.barcode, by=without, now=tuesday, as_of=MONDAY_NOON.date())
    checkin(item.barcode, by=without, now=tuesday, as_of=tuesday.date())


def test_a_barcode_that_no_item_has_changes_nothing() -> None:
    with pytest.raises(Refused, match="unknown-item"):
        checkin("N99999999", by=desk(), now=SOON)
    assert not LoggedEvent.objects.exists()


def test_letter_case_and_spaces_of_a_barcode_do_not_matter() -> None:
    item = make_item(barcode="N00abc")
    lend(item)
    assert checkin(" n00 ABC ", by=desk(), now=SOON).loan_id is not None


def test_the_fine_of_the_return_is_told() -> None:
    make_rules({"values": {"loan_period": 14, "fine_cents": 20}})
    item = make_item()
    lend(item)
    late = MONDAY_NOON + timedelta(days=16)
    back = checkin(item.barcode, by=desk(), now=late)
    assert back.fine_cents == 40
    assert back.sentences == ["The item was overdue: 0,40\N{NO-BREAK SPACE}€."]

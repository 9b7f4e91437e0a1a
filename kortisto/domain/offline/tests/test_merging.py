"""What a desk did without a connection: once, at its own time, or a task."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import Errand, LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.fees.models import Posting
from kortisto.domain.holds.models import Hold
from kortisto.domain.offline.actions.making import forget_kits, make_kit
from kortisto.domain.offline.actions.merging import merge, reasons_of
from kortisto.domain.offline.actions.settling import drop, try_again
from kortisto.domain.offline.models import Deed, Kit
from kortisto.domain.offline.rules import MOST_AT_ONCE, NotReadable, Unclear, read_batch
from kortisto.domain.offline.tests.bus import (
    EVENING,
    brought,
    clerk,
    kit_of_the_bus,
    lent,
    make_workstation,
    send,
)
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_restriction,
    make_rules,
)

pytestmark = pytest.mark.django_db


def test_a_day_without_a_network_is_recorded_as_it_was() -> None:
    make_rules({"values": {"loan_period": 14}})
    kit = kit_of_the_bus()
    aino, eino = make_patron(), make_patron()
    first, second, third = make_item(), make_item(), make_item()
    checkout(card_of(eino), third.barcode, by=desk(), now=MONDAY_NOON)

    answers = send(
        kit,
        lent(card_of(aino), first.barcode, 10, told_due_on=date(2027, 3, 15)),
        lent(card_of(aino), second.barcode, 11),
        brought(third.barcode, 20),
        lent(card_of(aino), third.barcode, 21),
        brought(first.barcode, 90),
    )

    assert [answer.state for answer in answers] == ["done"] * 5
    assert [answer.due_on for answer in answers[:2]] == ["2027-03-15"] * 2
    loan = Loan.objects.get(item=first)
    assert loan.lent_at == MONDAY_NOON + timedelta(minutes=10)
    assert loan.returned_at == MONDAY_NOON + timedelta(minutes=90)
    assert loan.patron_id == aino.pk
    old, new = Loan.objects.filter(item=third).order_by("pk")
    assert old.returned_at == MONDAY_NOON + timedelta(minutes=20)
    assert (new.lent_at, new.patron_id) == (
        MONDAY_NOON + timedelta(minutes=21),
        aino.pk,
    )
    assert not Errand.objects.exists()
    sent = LoggedEvent.objects.get(kind="OfflineWorkSent")
    assert sent.body == {"kit_id": kit.pk, "done": 5, "stuck": 0}
    assert not Deed.objects.exclude(card="", patron=None).exists()


def test_the_same_batch_again_creates_nothing_and_is_told_the_same() -> None:
    kit, card = kit_of_the_bus(), card_of(make_patron())
    kept, back = make_item(), make_item()
    work = [lent(card, kept.barcode, 1), lent(card, back.barcode, 2)]
    work += [brought(back.barcode, 30), lent("NOBODY", kept.barcode, 40)]
    first = send(kit, *work)
    before = (Loan.objects.count(), Errand.objects.count(), Deed.objects.count())
    checkin(kept.barcode, by=desk(), now=EVENING)

    again = send(kit, *work, now=EVENING + timedelta(days=3))

    assert again == first
    after = (Loan.objects.count(), Errand.objects.count(), Deed.objects.count())
    assert after == before == (2, 1, 4)
    assert not Loan.objects.filter(returned_at=None).exists()


def test_an_old_file_creates_no_ghost_loans() -> None:
    """Pain 62: it was uploaded again, weeks later."""
    kit, item = kit_of_the_bus(), make_item()
    work = lent(card_of(make_patron()), item.barcode)
    too_late = kit.send_until + timedelta(seconds=1)

    with pytest.raises(Refused, match="sent-too-late"):
        send(kit, work, now=too_late)

    assert not Loan.objects.exists()
    assert not Deed.objects.exists()


def test_another_thing_under_a_key_that_was_used_is_nobodys_work() -> None:
    kit, card = kit_of_the_bus(), card_of(make_patron())
    one, other = make_item(), make_item()
    first = lent(card, one.barcode)
    send(kit, first)

    (answer,) = send(kit, replace(first, barcode=other.barcode))

    assert answer.state == "unclear"
    assert not Loan.objects.filter(item=other).exists()


def test_what_cannot_be_recorded_is_told_in_words_and_becomes_a_task() -> None:
    kit, library = kit_of_the_bus(), make_library()
    patron, blocked, waiting = make_patron(), make_patron(), make_patron()
    make_restriction(blocked, note="shouted at the staff")
    held, taken, free = make_item(), make_item(), make_item()
    make_hold(waiting, held.record, state=Hold.State.WAITING, item=held)
    checkout(card_of(waiting), taken.barcode, by=desk(), now=MONDAY_NOON)

    answers = send(
        kit,
        lent("NOBODY", free.barcode, 1),
        lent(card_of(patron), held.barcode, 2),
        lent(card_of(blocked), free.barcode, 3),
        lent(card_of(patron), taken.barcode, 4),
        lent(card_of(patron), "NONE", 5),
        brought("NONE", 6),
    )

    assert [answer.state for answer in answers] == ["stuck"] * 6
    assert [answer.words for answer in answers] == [
        ("No patron has the card NOBODY.",),
        ("The item waits on the hold shelf for another patron.",),
        ("Borrowing is restricted: …",),
        ("The item is on loan to another patron.",),
        ("No item has the barcode NONE.",),
        ("No item has the barcode NONE.",),
    ]
    tasks = Errand.objects.order_by("pk")
    assert {task.kind for task in tasks} == {"offline.conflict"}
    assert [task.unit_id for task in tasks] == [library.pk] * 6
    assert "shouted" not in str(list(tasks.values())) + str(list(Deed.objects.values()))
    assert Loan.objects.count() == 1
    assert Hold.objects.get().state == Hold.State.WAITING


def test_an_item_that_came_back_meanwhile_is_no_ghost_loan() -> None:
    """It was lent at noon without a network, and checked in elsewhere in the day."""
    kit, item = kit_of_the_bus(), make_item()
    checkin(item.barcode, by=desk(), now=MONDAY_NOON + timedelta(hours=2))

    (answer,) = send(kit, lent(card_of(make_patron()), item.barcode))

    assert answer.state == "stuck"
    (told,) = answer.words
    assert told.startswith("The item has been in the library after that, on 1.3.2027")
    assert not Loan.objects.exists()


def test_an_item_that_was_lent_again_is_not_taken_from_its_new_borrower() -> None:
    kit, item, patron = kit_of_the_bus(), make_item(), make_patron()
    checkout(
        card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON + timedelta(hours=1)
    )
    elsewhere = make_item()
    checkin(
        elsewhere.barcode,
        by=desk(make_library("SVL")),
        now=MONDAY_NOON + timedelta(hours=1),
    )

    answers = send(kit, brought(item.barcode), brought(elsewhere.barcode))

    assert [answer.state for answer in answers] == ["nothing", "nothing"]
    assert Loan.objects.get().returned_at is None
    assert Item.objects.get(pk=elsewhere.pk).library == make_library("SVL")
    assert not Errand.objects.exists()


def test_what_comes_back_fills_a_hold_when_it_is_sent() -> None:
    kit, item, borrower = kit_of_the_bus(), make_item(), make_patron()
    checkout(card_of(borrower), item.barcode, by=desk(), now=MONDAY_NOON)
    hold = make_hold(make_patron(), item.record)

    (answer,) = send(kit, brought(item.barcode))

    assert answer.words == ("A patron waits for this: put it on the hold shelf.",)
    hold.refresh_from_db()
    assert (hold.state, hold.item_id) == (Hold.State.WAITING, item.pk)
    assert hold.pickup_until is not None
    assert hold.pickup_until > EVENING.date()


def test_a_fine_ends_when_the_item_came_and_not_when_it_was_sent() -> None:
    make_rules({"values": {"loan_period": 1, "fine_cents": 50, "grace_days": 0}})
    item = make_item()
    early = MONDAY_NOON - timedelta(days=2)
    checkout(card_of(make_patron()), item.barcode, by=desk(), now=early)
    kit = kit_of_the_bus()

    send(kit, brought(item.barcode), now=EVENING + timedelta(days=10))

    owed = Posting.objects.filter(account=Posting.Account.PATRONS)
    assert sum(row.cents for row in owed) == 50


def test_another_due_date_than_was_told_is_a_task_and_the_rules_hold() -> None:
    make_rules({"values": {"loan_period": 14}})
    kit, item = kit_of_the_bus(), make_item()

    send(
        kit,
        lent(card_of(make_patron()), item.barcode, told_due_on=date(2027, 3, 29)),
    )

    loan, task = Loan.objects.get(), Errand.objects.get()
    assert (task.kind, task.subject_id) == ("offline.other-due-date", loan.pk)
    assert task.facts == {
        "barcode": item.barcode,
        "told": "29.3.2027",
        "due": "15.3.2027",
    }


def test_a_wrong_clock_lends_nothing() -> None:
    kit, card = kit_of_the_bus(), card_of(make_patron())
    days = (-3000, 60 * 24 * 5)
    items = [make_item() for _ in days]

    answers = send(
        kit,
        *(lent(card, item.barcode, at) for item, at in zip(items, days, strict=True)),
    )

    assert [answer.state for answer in answers] == ["stuck", "stuck"]
    assert {code for d in Deed.objects.all() for code, _ in reasons_of(d)} == {
        "wrong-time"
    }
    assert not Loan.objects.exists()


def test_only_a_ticket_of_ours_and_a_workstation_in_use_are_believed() -> None:
    kit, item = kit_of_the_bus(), make_item()
    work = (lent(card_of(make_patron()), item.barcode),)
    for ticket in ("", "nonsense", "1:abc:def"):
        with pytest.raises(Refused, match="not-ours"):
            merge(ticket, work, by=clerk(), now=EVENING)
    with pytest.raises(NotPermitted):
        send(kit, *work, by=desk())
    kit.workstation.removed_at, kit.workstation.removed_why = EVENING, "stolen"
    kit.workstation.save()

    with pytest.raises(Refused, match="workstation-is-out"):
        send(kit, *work)

    assert not Loan.objects.exists()


def test_a_kit_is_for_a_workstation_in_use_and_for_who_may() -> None:
    here = make_workstation()
    with pytest.raises(NotPermitted):
        make_kit(here.pk, by=desk(), now=MONDAY_NOON)
    for nothing in (None, 0):
        with pytest.raises(Refused, match="no-workstation"):
            make_kit(nothing, by=clerk(), now=MONDAY_NOON)
    for _ in range(12):
        make_kit(here.pk, by=clerk(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="too-many-kits"):
        make_kit(here.pk, by=clerk(), now=MONDAY_NOON)

    later = make_kit(here.pk, by=clerk(), now=EVENING)

    assert later.expires_at == EVENING + timedelta(hours=24)
    assert later.send_until == EVENING + timedelta(hours=24, days=14)


def test_a_conflict_is_recorded_by_hand_once_its_cause_is_gone() -> None:
    kit, item, patron = kit_of_the_bus(), make_item(), make_patron()
    other = make_patron()
    checkout(card_of(other), item.barcode, by=desk(), now=MONDAY_NOON)
    send(kit, lent(card_of(patron), item.barcode))
    deed = Deed.objects.get()
    assert (deed.card, deed.patron_id) == (card_of(patron), patron.pk)
    with pytest.raises(Refused, match="on-loan-to-another"):
        try_again(deed.pk, by=clerk(), now=EVENING)
    checkin(
        item.barcode,
        by=clerk(),
        now=EVENING,
        returned_at=MONDAY_NOON + timedelta(minutes=9),
    )

    try_again(deed.pk, by=clerk(), now=EVENING)

    loan = Loan.objects.get(returned_at=None)
    assert (loan.patron_id, loan.lent_at) == (
        patron.pk,
        MONDAY_NOON + timedelta(minutes=10),
    )
    deed.refresh_from_db()
    assert (deed.state, deed.card, deed.patron_id) == ("settled", "", None)
    assert Errand.objects.get().state == Errand.State.DONE
    with pytest.raises(Refused, match="ended-already"):
        drop(deed.pk, by=clerk(), now=EVENING)


def test_a_reason_is_set_aside_only_by_who_may() -> None:
    kit, item, patron = kit_of_the_bus(), make_item(), make_patron()
    make_restriction(patron)
    send(kit, lent(card_of(patron), item.barcode))
    deed, aside = Deed.objects.get(), ["restricted"]
    with pytest.raises(Refused, match="restricted"):
        try_again(deed.pk, by=clerk(), now=EVENING, overriding=aside)
    assert not Loan.objects.exists()

    try_again(deed.pk, by=chief(), now=EVENING, overriding=aside)

    assert Loan.objects.get().patron_id == patron.pk


def test_a_dropped_conflict_forgets_whose_card_it_was() -> None:
    kit, item = kit_of_the_bus(), make_item()
    work = lent("NOBODY", item.barcode)
    send(kit, work)

    drop(Deed.objects.get().pk, by=clerk(), now=EVENING)
    (again,) = send(kit, work)

    assert again.state == "dropped"
    assert not Loan.objects.exists()
    deed = Deed.objects.get()
    assert (deed.card, deed.why, deed.answer) == ("", [], {})


def test_old_work_is_forgotten_but_not_what_waits_for_somebody() -> None:
    old, stuck = kit_of_the_bus(), kit_of_the_bus()
    send(old, lent(card_of(make_patron()), make_item().barcode))
    send(stuck, lent("NOBODY", make_item().barcode))
    may = desk(also=(LendingPermission.WORK_OFFLINE.value,))
    assert forget_kits(by=may, now=old.send_until + timedelta(days=89)) == 0

    assert forget_kits(by=may, now=old.send_until + timedelta(days=91)) == 1

    assert list(Kit.objects.values_list("pk", flat=True)) == [stuck.pk]
    assert Loan.objects.exists()


@pytest.mark.parametrize(
    "raw",
    [
        None,
        [],
        {},
        {"ticket": "x", "work": []},
        {"ticket": 1, "work": [{}]},
        {"ticket": "x", "work": "abc"},
        {"ticket": "x", "work": [{"key": "no key"}]},
        {"ticket": "x", "work": [7]},
        {"ticket": "x", "work": [{"key": str(UUID(int=1))}] * (MOST_AT_ONCE + 1)},
    ],
)
def test_what_is_no_batch_is_refused_whole(raw: object) -> None:
    with pytest.raises(NotReadable):
        read_batch(raw)


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "renew"},
        {"at": "yesterday"},
        {"at": "2027-03-01T12:00:00"},
        {"at": None},
        {"barcode": ""},
        {"barcode": "x" * 31},
        {"barcode": "N1\x00"},
        {"card": ""},
        {"card": 12},
        {"due_on": "soon"},
    ],
)
def test_one_that_cannot_be_read_does_not_stop_the_others(
    wrong: dict[str, object],
) -> None:
    kit, item = kit_of_the_bus(), make_item()
    good = {
        "key": str(UUID(int=900)),
        "kind": "checkout",
        "at": "2027-03-01T12:10:00+02:00",
        "card": card_of(make_patron()).lower(),
        "barcode": f" {item.barcode.lower()} ",
        "due_on": None,
    }
    bad = {**good, "key": str(UUID(int=901)), **wrong}
    batch = read_batch({"ticket": "x", "work": [bad, good]})
    assert batch.work[0] == Unclear(UUID(int=901))

    answers = send(kit, *batch.work)  # type: ignore[arg-type]

    assert [answer.state for answer in answers] == ["unclear", "done"]
    assert Loan.objects.get().item_id == item.pk

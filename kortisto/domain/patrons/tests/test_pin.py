"""PINs: which are taken, and when wrong ones lock an account (S24)."""

from datetime import date, timedelta

import pytest

from kortisto.core.actors import Actor, ActorKind, Channel, NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.settings import PIN_ATTEMPTS
from kortisto.domain.patrons.actions.cards import replace_card
from kortisto.domain.patrons.actions.pin import (
    LogInFailed,
    log_in,
    set_pin,
    should_change,
)
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.pin_hashes import hashed
from kortisto.domain.patrons.pins import (
    Owner,
    PinTerms,
    digest_of_try,
    generated,
    weakness,
)
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_consortium,
    make_patron,
    themself,
)

pytestmark = pytest.mark.django_db

PIN = "8264"
WEB = Actor(kind=ActorKind.PATRON, channel=Channel.WEB)
LOCKED = "locked until"
WRONG = "card number or the PIN is wrong"


def with_pin() -> Patron:
    patron = make_patron()
    set_pin(patron.pk, PIN, by=desk(), now=MONDAY_NOON)
    return patron


def tries(patron: Patron, *pins: str, minutes: int = 0) -> list[bool]:
    """Which of the PINs open the account, one after another."""
    now = MONDAY_NOON + timedelta(minutes=minutes)
    opened = []
    for pin in pins:
        try:
            log_in(card_of(patron), pin, by=WEB, now=now)
        except LogInFailed:
            opened.append(False)
        else:
            opened.append(True)
    return opened


def is_locked(patron: Patron) -> bool:
    patron.refresh_from_db()
    return patron.locked_until is not None


@pytest.mark.parametrize(
    "pin",
    ["123", "123456789", "12a4", "٣٤٥٦", "8 64", "", "1111", "1234", "9876", "2580"],
)
def test_a_weak_pin_is_not_taken(pin: str) -> None:
    assert weakness(pin, PinTerms())


@pytest.mark.parametrize("pin", ["8264", "1243", "00012", "82648264"])
def test_any_other_pin_is_taken(pin: str) -> None:
    assert weakness(pin, PinTerms()) is None


def test_a_weak_pin_leaves_the_old_one() -> None:
    patron = with_pin()
    with pytest.raises(ValueError, match="easy to guess"):
        set_pin(patron.pk, "1234", by=desk(), now=MONDAY_NOON)
    assert tries(patron, "1234", PIN) == [False, True]


def test_a_pin_is_never_stored_nor_told() -> None:
    """The PIN is long enough that no digest holds its digits by chance."""
    right, wrong = "8264097351482640", "7351826497351826"
    patron = make_patron()
    Patron.objects.filter(pk=patron.pk).update(pin_hash=hashed(right))
    tries(patron, wrong)
    patron.refresh_from_db()
    assert len(patron.wrong_pins) == 1
    told = str(vars(patron)) + str([e.body for e in LoggedEvent.objects.all()])
    assert right not in told
    assert wrong not in told
    digests = {digest_of_try("7351", key="k", patron_id=n) for n in (1, 2)}
    assert len(digests) == 2


def test_the_right_pin_opens_the_account_and_is_logged() -> None:
    patron = with_pin()
    found = log_in(card_of(patron).lower(), PIN, by=WEB, now=MONDAY_NOON)
    assert found == patron
    assert LoggedEvent.objects.filter(kind="PatronLoggedIn").count() == 1


def test_an_unknown_card_and_a_wrong_pin_are_told_in_the_same_words() -> None:
    patron = with_pin()
    for card, pin in ((card_of(patron), "7351"), ("NOBODY", PIN)):
        with pytest.raises(LogInFailed, match=WRONG):
            log_in(card, pin, by=WEB, now=MONDAY_NOON)


def test_a_replaced_card_and_a_patron_without_pin_open_nothing() -> None:
    patron, without = with_pin(), make_patron()
    old = card_of(patron)
    replace_card(patron.pk, "NEW1", by=desk(), now=MONDAY_NOON)
    for card in (old, card_of(without)):
        with pytest.raises(LogInFailed, match=WRONG):
            log_in(card, PIN, by=WEB, now=MONDAY_NOON)
    assert tries(patron, PIN) == [True]


def test_five_different_wrong_pins_lock_the_account_for_a_time() -> None:
    patron = with_pin()
    tries(patron, "7351", "7352", "7353", "7354")
    assert not is_locked(patron)
    tries(patron, "7355")
    assert is_locked(patron)
    with pytest.raises(LogInFailed, match=LOCKED):
        log_in(card_of(patron), PIN, by=WEB, now=MONDAY_NOON)
    assert tries(patron, PIN, minutes=14) == [False]
    assert tries(patron, PIN, minutes=15) == [True]
    locks = [
        event.body["locked"] for event in LoggedEvent.objects.filter(kind="PinWasWrong")
    ]
    assert locks == [False, False, False, False, True]


def test_the_library_sets_how_many() -> None:
    root = make_consortium()
    set_setting(root.pk, PIN_ATTEMPTS, value=3, by=chief(), now=MONDAY_NOON)
    patron = with_pin()
    tries(patron, "7351", "7352", "7353")
    assert is_locked(patron)


def test_a_machine_that_repeats_the_same_wrong_pin_locks_nobody_out() -> None:
    patron = with_pin()
    tries(patron, *["7351"] * 20)
    patron.refresh_from_db()
    assert len(patron.wrong_pins) == 1
    assert tries(patron, PIN) == [True]


def test_two_machines_with_two_wrong_pins_by_turns_lock_nobody_out() -> None:
    """The public site and a machine may each hold an old PIN of the patron's."""
    patron = with_pin()
    tries(patron, *["7351", "7352"] * 10)
    patron.refresh_from_db()
    assert len(patron.wrong_pins) == 2
    assert LoggedEvent.objects.filter(kind="PinWasWrong").count() == 2
    tries(patron, "7353", "7351", "7354", "7352")
    assert not is_locked(patron)
    tries(patron, "7355")
    assert is_locked(patron)


@pytest.mark.parametrize("ended_by", ["log-in", "lock", "new PIN"])
def test_what_was_tried_is_forgotten_when_the_count_begins_anew(ended_by: str) -> None:
    patron = with_pin()
    tries(patron, "7351")
    if ended_by == "log-in":
        tries(patron, PIN)
    elif ended_by == "lock":
        tries(patron, "7352", "7353", "7354", "7355")
    else:
        set_pin(patron.pk, PIN, by=desk(), now=MONDAY_NOON)
    patron.refresh_from_db()
    assert patron.wrong_pins == []
    tries(patron, "7351", minutes=16)
    patron.refresh_from_db()
    assert len(patron.wrong_pins) == 1


def test_a_machine_that_asks_without_a_pin_locks_nobody_out() -> None:
    patron = with_pin()
    tries(patron, *[""] * 20)
    patron.refresh_from_db()
    assert patron.wrong_pins == []
    assert not LoggedEvent.objects.filter(kind="PinWasWrong").exists()


def test_the_right_pin_in_between_begins_the_count_anew() -> None:
    patron = with_pin()
    tries(patron, "7351", "7352", "7353", "7354", PIN)
    tries(patron, "7355", "7356", "7357", "7358")
    assert not is_locked(patron)


def test_a_new_pin_lifts_the_lock_and_ends_other_sessions() -> None:
    patron = with_pin()
    epoch = Patron.objects.get(pk=patron.pk).session_epoch
    tries(patron, "7351", "7352", "7353", "7354", "7355")
    set_pin(patron.pk, "4826", by=desk(), now=MONDAY_NOON)
    assert not is_locked(patron)
    assert patron.session_epoch == epoch + 1
    assert tries(patron, PIN, "4826") == [False, True]


def test_patrons_set_their_own_pin_and_nobody_elses() -> None:
    patron, other = with_pin(), with_pin()
    themselves = themself(patron)
    set_pin(patron.pk, "4826", by=themselves, now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        set_pin(other.pk, "4826", by=themselves, now=MONDAY_NOON)
    assert tries(patron, "4826") == [True]
    assert tries(other, "4826", PIN) == [False, True]


STRONG = PinTerms(strong=True)
AINO = Owner(date(1984, 5, 17), ("+358401234567", "60000007"))


@pytest.mark.parametrize(
    "pin",
    [
        "8222",  # three alike
        "8234",  # three up
        "98264321",  # three down
        "8282",  # a part twice
        "264264",
        "1705",  # the date of birth, in any way to write it
        "0517",
        "1984",
        "170584",
        "84170584",
        "4012",  # of the phone
        "0007",  # of the card
    ],
)
def test_a_strong_pin_has_no_pattern_and_tells_nothing_of_its_owner(pin: str) -> None:
    assert weakness(pin, PinTerms(), AINO) is None
    assert "harder to guess" in (weakness(pin, STRONG, AINO) or "")


@pytest.mark.parametrize("pin", ["8264", "1243", "2281", "82648265"])
def test_other_pins_are_strong(pin: str) -> None:
    assert weakness(pin, STRONG, AINO) is None


def test_a_generated_pin_is_strong_where_the_category_asks_for_it() -> None:
    for _try in range(200):
        assert weakness(generated(STRONG, AINO), STRONG, AINO) is None


def test_the_category_asks_for_a_strong_pin() -> None:
    patron = with_pin()
    patron.category.strong_pin = True
    patron.category.save()

    with pytest.raises(ValueError, match="harder to guess"):
        set_pin(patron.pk, "1705", by=desk(), now=MONDAY_NOON)

    assert tries(patron, "1705", PIN) == [False, True]
    assert not should_change(patron, PIN)
    assert should_change(patron, "1705")

"""Set and check PINs (S24)."""

import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from kortisto.core.actors import Actor, NotPermitted
from kortisto.core.events import publish
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import (
    PIN_ATTEMPTS,
    PIN_LENGTH_MAX,
    PIN_LENGTH_MIN,
    PIN_LOCK_MINUTES,
)
from kortisto.domain.patrons.actions.writing import locked, to_change, write_changes
from kortisto.domain.patrons.events import PatronLoggedIn, PinChanged, PinWasWrong
from kortisto.domain.patrons.models import Patron, PatronCategory
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.pin_hashes import check_against_nobody, hashed, matches
from kortisto.domain.patrons.pins import (
    Owner,
    PinTerms,
    digest_of_try,
    is_easy,
    is_strong,
    weakness,
)
from kortisto.domain.patrons.queries import active_card, cards_numbered


@transaction.atomic
def set_pin(patron_id: int, pin: str, *, by: Actor, now: datetime) -> None:
    """Give a patron a PIN; other sessions of the patron end, a lock is lifted.

    The patron is told of it by a message, whoever did it. A patron may set their own,
    unless the category keeps PINs to the desk (NotPermitted); also while the
    processing of the data is restricted, for somebody else may know the old one.
    Raises ValueError in words for a weak PIN.
    """
    themself = by.is_patron(patron_id)
    if not themself:
        by.require(PatronPermission.RESET_PIN)
    patron = locked(patron_id) if themself else to_change(patron_id)
    if themself and not patron.category.changes_pin_online:
        raise NotPermitted(PatronPermission.RESET_PIN)
    write_pin(patron, pin, by=by, now=now)


def write_pin(patron: Patron, pin: str, *, by: Actor, now: datetime) -> None:
    """As ``set_pin``, for a locked patron, when it is known who may."""
    weak = weakness_for(patron.category, patron.home_library_id, pin, pin_owner(patron))
    if weak is not None:
        raise ValueError(weak)
    give_pin(patron, pin)
    write_changes(patron, {}, beside={"pin": ("", "")}, by=by, now=now)
    publish(PinChanged(patron_id=patron.pk), by=by, at=now)


def pin_terms(category: PatronCategory, library_id: int) -> PinTerms:
    """What a PIN must be like: as the category says, else as the library (S24)."""
    tree = organisation()
    shortest = category.pin_length_min or tree.setting(PIN_LENGTH_MIN, library_id).value
    longest = category.pin_length_max or tree.setting(PIN_LENGTH_MAX, library_id).value
    return PinTerms(shortest, max(shortest, longest), strong=category.strong_pin)


def weakness_for(
    category: PatronCategory, library_id: int, pin: str, owner: Owner
) -> str | None:
    """Why somebody of the category cannot have the PIN, in words; None: they can."""
    return weakness(pin, pin_terms(category, library_id), owner)


def pin_owner(patron: Patron, *, card: str = "") -> Owner:
    """What a strong PIN of the patron is not taken from. ``card``: not given yet."""
    active = None if card else active_card(patron.pk)
    phones = (patron.phone, patron.second_phone, patron.sms_number or "")
    number = card if active is None else active.number
    return Owner(patron.born_on, (*phones, number))


def should_change(patron: Patron, pin: str) -> bool:
    """Whether a PIN, right as it is, is one that would not be taken any more."""
    if is_easy(pin):
        return True
    strong = patron.category.strong_pin
    return strong and not is_strong(pin, pin_owner(patron))


def give_pin(patron: Patron, pin: str) -> None:
    """Write a PIN that has been found good; other sessions end, a lock is lifted."""
    patron.pin_hash = hashed(pin)
    patron.wrong_pins, patron.locked_until = [], None
    patron.session_epoch += 1
    patron.save(
        update_fields=["pin_hash", "wrong_pins", "locked_until", "session_epoch"]
    )


class LogInFailed(Exception):
    """The card and the PIN do not open an account; ``message`` says what to do."""

    def __init__(self, message: str, *, locked: bool = False) -> None:
        super().__init__(message)
        self.message = message
        self.locked = locked  # for a while, because of wrong PINs before


def log_in(card_number: str, pin: str, *, by: Actor, now: datetime) -> Patron:
    """The patron whose active card and PIN these are; the log-in is told.

    Raises LogInFailed as ``check_pin`` does, and for somebody recorded as dead: only
    who knows the PIN is told that the card is out of use.
    """
    patron = check_pin(card_number, pin, by=by, now=now)
    if patron.died_on is not None:
        raise LogInFailed(_("This card is no longer in use. Please ask at the desk."))
    _welcome(patron, by=by, now=now)
    return patron


def check_pin(card_number: str, pin: str, *, by: Actor, now: datetime) -> Patron:
    """The patron whose active card and PIN these are, without telling who it was.

    Raises LogInFailed with the same words for an unknown card and a wrong PIN. An
    empty PIN is not counted, nor is a wrong one that has been tried since the last
    log-in, lock or new PIN (S24); after as many different ones as the setting allows
    the account is locked for a time. A right PIN forgets the wrong ones before it.
    """
    wrong = LogInFailed(_("The card number or the PIN is wrong."))
    card = (
        cards_numbered(card_number)
        .filter(active=True, patron__binned_at=None)
        .select_related("patron")
        .first()
    )
    if card is None or not card.patron.pin_hash or not pin:
        check_against_nobody(pin)
        raise wrong
    patron = card.patron
    if patron.locked_until is not None and patron.locked_until > now:
        words = _(
            "The account is locked until {time} because of several different wrong "
            "PINs. Wait until then, or get a new PIN: it opens the lock."
        ).format(time=f"{localtime(patron.locked_until):%H.%M}")
        raise LogInFailed(words, locked=True)
    if pin_is_right(patron, pin):
        _forget_wrong(patron)
        return patron
    _remember_wrong(patron.pk, pin, by=by, now=now)
    raise wrong


def pin_is_right(patron: Patron, pin: str) -> bool:
    """Whether the PIN is the patron's. A hash of an older kind is then renewed.

    Counts nothing: that is for the caller, who knows where the PIN was typed.
    """
    before = patron.pin_hash

    def renew(pin_hash: str) -> None:
        """Unless the PIN has been changed meanwhile."""
        same = Patron.objects.filter(pk=patron.pk, pin_hash=before)
        same.update(pin_hash=pin_hash)

    return matches(pin, before, renew=renew)


def _forget_wrong(patron: Patron) -> None:
    """Written only when there is something to forget."""
    if patron.wrong_pins or patron.locked_until:
        Patron.objects.filter(pk=patron.pk).update(wrong_pins=[], locked_until=None)


@transaction.atomic
def _welcome(patron: Patron, *, by: Actor, now: datetime) -> None:
    publish(PatronLoggedIn(patron_id=patron.pk), by=by, at=now)


@transaction.atomic
def _remember_wrong(patron_id: int, pin: str, *, by: Actor, now: datetime) -> None:
    patron = Patron.objects.select_for_update().get(pk=patron_id)
    tree = organisation()
    tried = digest_of_try(pin, key=settings.SECRET_KEY, patron_id=patron_id)
    if any(hmac.compare_digest(tried, before) for before in patron.wrong_pins):
        return
    most = tree.setting(PIN_ATTEMPTS, patron.home_library_id).value
    patron.wrong_pins = [*patron.wrong_pins, tried]
    locked = len(patron.wrong_pins) >= most
    if locked:
        minutes = tree.setting(PIN_LOCK_MINUTES, patron.home_library_id).value
        patron.locked_until = now + timedelta(minutes=minutes)
        patron.wrong_pins = []
    patron.save(update_fields=["wrong_pins", "locked_until"])
    publish(PinWasWrong(patron_id=patron_id, locked=locked), by=by, at=now)

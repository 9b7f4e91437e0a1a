"""Open at once what wrong PINs have locked (S24, pain 13)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.models import LoggedEvent
from kortisto.domain.patrons.events import PinUnlocked
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission


@dataclass(frozen=True, slots=True)
class PinLock:
    """A log-in that is closed for a while: since when, through which door, until."""

    since: datetime
    channel: str
    until: datetime


def pin_lock(patron: Patron, *, now: datetime) -> PinLock | None:
    """None when the log-in is open. Asks the database only when it is not."""
    if patron.locked_until is None or patron.locked_until <= now:
        return None
    tries = LoggedEvent.objects.filter(patron_id=patron.pk, kind="PinWasWrong")
    last = tries.order_by("-pk").first()
    since, channel = (last.happened_at, last.channel) if last else (now, "")
    return PinLock(since, channel, patron.locked_until)


@transaction.atomic
def unlock_pin(patron_id: int, *, by: Actor, now: datetime) -> bool:
    """Open the log-in and forget the wrong PINs; the PIN itself stays.

    Whoever may give a new PIN may do this, which is less. The patron is told of it by
    a message. Returns False, and tells nothing, when there was nothing to open.
    """
    by.require(PatronPermission.RESET_PIN)
    patron = Patron.objects.select_for_update().get(pk=patron_id)
    if patron.locked_until is None and not patron.wrong_pins:
        return False
    patron.wrong_pins, patron.locked_until = [], None
    patron.save(update_fields=["wrong_pins", "locked_until"])
    publish(PinUnlocked(patron_id=patron_id), by=by, at=now)
    return True

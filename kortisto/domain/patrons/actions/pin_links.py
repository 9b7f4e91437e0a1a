"""A forgotten PIN: a link by e-mail, which gives a new one once (S24).

Whoever asks is always answered alike, and in the same time: whether the card exists,
and whether an address is known, is found out by a job later.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from kortisto.core import tokens
from kortisto.core.actors import Actor, ActorKind, Channel
from kortisto.core.jobs import enqueue
from kortisto.core.throttle import Limit, count_failure, waits_until
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.pin import write_pin
from kortisto.domain.patrons.actions.writing import locked
from kortisto.domain.patrons.models import Patron, PinLink
from kortisto.domain.patrons.queries import cards_numbered
from kortisto.domain.patrons.settings import PIN_LINK_MINUTES

SEND_LINK: Final = "patrons.send-pin-link"
"""The job that has the link written and sent: an app above does it."""
EACH_CARD: Final = Limit(kind="pin-link", failures=3, within=timedelta(hours=1))


class LinkIsOver(Exception):
    """The link was used already, is too old, or never was one."""


def ask_for_pin_link(card_number: str, *, by: Actor, now: datetime) -> None:
    """Send a link to the address of whoever has the active card, if there is one.

    At most three an hour for one card; what is asked beyond that is passed by in
    silence. Raises nothing that tells of the card.
    """
    card = (
        cards_numbered(card_number)
        .filter(active=True, patron__binned_at=None)
        .values_list("patron_id", flat=True)
        .first()
    )
    number = "".join(card_number.split()).upper()
    often = waits_until(EACH_CARD, number, now=now) is not None
    count_failure(EACH_CARD, number, now=now)
    enqueue(SEND_LINK, {"patron_id": None if often else card}, by=by, run_after=now)


@dataclass(frozen=True, slots=True)
class MadeLink:
    """``token`` stands in the address of the link, and is kept nowhere."""

    token: str = field(repr=False)
    ends_at: datetime


def gets_a_link(patron_id: int) -> bool:
    """Whether there is somebody to send a link to, at an address."""
    return _who_may().exclude(email="").filter(pk=patron_id).exists()


def make_pin_link(patron: Patron, *, now: datetime) -> MadeLink | None:
    """Make a link in place of the one before; None when the patron gets none now."""
    if not _who_may().filter(pk=patron.pk).exists():
        return None
    token = tokens.new_secret()
    minutes = organisation().setting(PIN_LINK_MINUTES, patron.home_library_id).value
    ends_at = now + timedelta(minutes=minutes)
    PinLink.objects.update_or_create(
        patron=patron,
        defaults={"digest": tokens.digest(token), "made_at": now, "ends_at": ends_at},
    )
    return MadeLink(token, ends_at)


def _who_may() -> "QuerySet[Patron]":
    return Patron.objects.filter(
        binned_at=None, died_on=None, category__resets_pin_online=True
    )


def patron_of_link(digest: str, *, now: datetime) -> Patron:
    """Whose PIN a link gives, by the digest of its token. Raises LinkIsOver.

    Looking uses nothing up: mail programs open links too.
    """
    found = _open_links(digest, now=now).select_related("patron__category").first()
    if found is None:
        raise LinkIsOver
    return found.patron


def _open_links(digest: str, *, now: datetime) -> "QuerySet[PinLink]":
    """The link with a digest, of somebody who is there and alive."""
    return PinLink.objects.filter(
        digest=digest, ends_at__gt=now, patron__binned_at=None, patron__died_on=None
    )


@transaction.atomic
def set_pin_by_link(digest: str, pin: str, *, now: datetime) -> None:
    """Give the patron a PIN and use the link up; a lock is lifted.

    Raises LinkIsOver, and ValueError in words for a weak PIN: then the link can
    still be used.
    """
    wanted = _open_links(digest, now=now)
    patron_id = wanted.values_list("patron_id", flat=True).first()
    if patron_id is None:
        raise LinkIsOver
    patron = locked(patron_id)
    if not wanted.exists():  # another window was faster
        raise LinkIsOver
    write_pin(patron, pin, by=_themself(patron), now=now)
    wanted.delete()


def forget_pin_links(*, now: datetime) -> int:
    """Drop links that have ended; how many they were."""
    return PinLink.objects.filter(ends_at__lte=now).delete()[0]


def _themself(patron: Patron) -> Actor:
    return Actor(
        kind=ActorKind.PATRON,
        id=patron.pk,
        library_id=patron.home_library_id,
        channel=Channel.WEB,
    )

"""A door to try in a demo: who gets in at Rantakylä, who does not, and why."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.domain.entry.actions.bans import NewBan, ban
from kortisto.domain.entry.actions.devices import add_door
from kortisto.domain.entry.actions.terms import accept_terms, newest_terms
from kortisto.domain.entry.settings import GUARDIAN_MUST_PERMIT, MIN_AGE
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.patrons.actions.pin import set_pin
from kortisto.domain.patrons.models import Patron

OPEN_LIBRARY: Final = "MRA"
PIN: Final = "2468"
YOUNGEST: Final = 10  # may come alone, when a guardian has said so
BAN_DAYS: Final = 14


@dataclass(frozen=True, slots=True)
class DemoDoor:
    """The secret of the door, and cards to try there. All have the same PIN."""

    token: str
    welcome: str
    banned: str
    child: str  # nobody has permitted anything yet


def open_the_library(
    library: int,
    *,
    grown_up: Patron,
    banned: Patron,
    child: Patron,
    by: Actor,
    now: datetime,
) -> str:
    """A door of the library, and what is known of the three; the door's secret."""
    set_setting(library, MIN_AGE, value=YOUNGEST, by=by, now=now)
    set_setting(library, GUARDIAN_MUST_PERMIT, value=True, by=by, now=now)
    for patron in (grown_up, banned, child):
        set_pin(patron.pk, PIN, by=by, now=now)
        accept_terms(patron.pk, newest_terms(), by=by, now=now)
    today = localdate(now)
    new = NewBan(
        starts_on=today,
        ends_on=today + timedelta(days=BAN_DAYS),
        reason="Päästi illalla muita sisään omalla kortillaan",
        hearing="Kuultu puhelimessa samana iltana",
        public_note="Voit käydä kirjastossa, kun henkilökunta on paikalla.",
        libraries=[library],
    )
    ban(banned.pk, new, by=by, now=now)
    _device, token = add_door(library, "Pääovi", by=by, now=now)
    return token

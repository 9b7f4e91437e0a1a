"""The table of messages as a page shows it: one card for each kind of message (S30).

A way that cannot work has no box to tick but a sentence that says why; what a kind
falls back on when nothing is ticked is told as well.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.domain.notices.kinds import is_written
from kortisto.domain.patrons.models import MessageKind, Transport
from kortisto.domain.patrons.rules import (
    DAYS,
    EMAIL,
    FALLS_BACK,
    NONE,
    PAPER,
    SMS,
    Reach,
    Tick,
    transports_for,
)

WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    MessageKind.HOLD_READY: (EMAIL, SMS, PAPER),
    MessageKind.PICKUP: (EMAIL, SMS),
    MessageKind.ADVANCE: (EMAIL, SMS),
    MessageKind.DUE: (EMAIL, SMS),
    MessageKind.OVERDUE: (EMAIL, SMS, PAPER),
    MessageKind.CHECKOUT: (EMAIL,),
    MessageKind.CHECKIN: (EMAIL,),
    MessageKind.ILL_ARRIVED: (EMAIL, SMS, PAPER),
    MessageKind.ILL_UNAVAILABLE: (EMAIL, SMS, PAPER),
    MessageKind.ILL_UPDATED: (EMAIL,),
    MessageKind.EXPIRY: (EMAIL, SMS),
}
"""How each kind can come (NOT-1), in the order in which people look for them."""

USUAL_DAYS: Final = {MessageKind.ADVANCE.value: 3, MessageKind.PICKUP.value: 2}
WHY_NOT: Final[Mapping[str, Promise]] = {
    EMAIL: gettext_lazy("E-mail: the library has no e-mail address of yours."),
    SMS: gettext_lazy("Text message: there is no number for them."),
    PAPER: gettext_lazy("Letter: the library has no address to send letters to."),
}
HELP: Final[Mapping[str, Promise]] = {
    MessageKind.HOLD_READY: gettext_lazy("What you reserved waits to be fetched."),
    MessageKind.PICKUP: gettext_lazy("Before a hold goes back from the shelf."),
    MessageKind.ADVANCE: gettext_lazy("So that you can renew in time."),
    MessageKind.OVERDUE: gettext_lazy("When something has not come back in time."),
    MessageKind.CHECKOUT: gettext_lazy(
        "A list of what you borrowed, and when it is due."
    ),
    MessageKind.CHECKIN: gettext_lazy("A list of what you brought back."),
    MessageKind.EXPIRY: gettext_lazy("A month before your details have to be checked."),
}


@dataclass(frozen=True, slots=True)
class Way:
    """One box: ``value`` is what it sends; ``why_not`` stands instead of it."""

    value: str
    label: str
    ticked: bool
    why_not: str = ""

    @property
    def anchor(self) -> str:
        return self.value.replace(":", "-")


@dataclass(frozen=True, slots=True)
class MessageCard:
    """One kind of message with its boxes; ``days`` is None where it has none."""

    kind: str
    label: str
    help: str
    ways: tuple[Way, ...]
    otherwise: str
    days: str | None
    most: int
    not_yet: bool = False  # nothing of the kind is sent by this version
    errors: tuple[str, ...] = field(default=())

    @property
    def choices_of_days(self) -> list[str]:
        return [str(day) for day in range(1, self.most + 1)]


def cards(
    ticks: Collection[Tick],
    reach: Reach,
    *,
    days: Mapping[str, str] | None = None,
    wrong: Mapping[str, list[str]] | None = None,
    is_protected: bool = False,
) -> list[MessageCard]:
    """The page. ``days`` are as typed; ``wrong`` are sentences by kind."""
    return [
        MessageCard(
            kind=kind,
            label=str(MessageKind(kind).label),
            help=str(HELP.get(kind, "")),
            ways=tuple(_way(kind, each, ticks, reach) for each in _ways(kind, ticks)),
            otherwise=_otherwise(kind, reach, is_protected=is_protected),
            days=(days or {}).get(kind) or _days(kind, ticks) if kind in DAYS else None,
            most=DAYS.get(kind, 0),
            not_yet=not is_written(kind),
            errors=tuple((wrong or {}).get(kind, ())),
        )
        for kind in (str(each.value) for each in map(MessageKind, WAYS))
    ]


def ticks_in(sent: QueryDict, before: Collection[Tick]) -> set[Tick]:
    """The whole table as it was sent. What the page has no box for stays as it was."""
    ticks = {tick for tick in before if not _has_box(tick)}
    for value in sent.getlist("tick"):
        kind, _colon, transport = value.partition(":")
        days = sent.get(f"days-{kind}", "") if kind in DAYS else ""
        number = int(days) if days.isascii() and days.isdigit() and len(days) < 3 else 0
        ticks.add(Tick(kind, transport, _asked(kind, transport, number)))
    return ticks


def days_in(sent: QueryDict) -> dict[str, str]:
    return {kind: sent.get(f"days-{kind}", "") for kind in DAYS}


def _asked(kind: str, transport: str, number: int) -> int | None:
    return number if kind in DAYS and transport != NONE else None


def _has_box(tick: Tick) -> bool:
    return tick.transport in WAYS.get(tick.kind, ()) or tick.transport == NONE


def _ways(kind: str, ticks: Collection[Tick]) -> tuple[str, ...]:
    """What a kind is offered by; "not at all" where it would else come by itself."""
    said_no = Tick(kind, NONE) in ticks
    never = (NONE,) if kind == MessageKind.HOLD_READY or said_no else ()
    return (*WAYS[kind], *never)


def _way(kind: str, transport: str, ticks: Collection[Tick], reach: Reach) -> Way:
    ticked = any((t.kind, t.transport) == (kind, transport) for t in ticks)
    possible = ticked or reach.by(transport)
    why_not = "" if possible else str(WHY_NOT[transport])
    return Way(f"{kind}:{transport}", str(Transport(transport).label), ticked, why_not)


def _otherwise(kind: str, reach: Reach, *, is_protected: bool) -> str:
    """How a kind comes when nothing is ticked; empty: not at all."""
    if kind not in FALLS_BACK:
        return ""
    ways = transports_for(kind, (), reach, is_protected=is_protected)
    sentences = {
        EMAIL: _("If you tick nothing, it comes by e-mail."),
        SMS: _("If you tick nothing, it comes as a text message."),
        PAPER: _("If you tick nothing, it comes as a letter."),
    }
    return sentences[ways[0]] if ways else _("As things are, it cannot reach you.")


def _days(kind: str, ticks: Collection[Tick]) -> str:
    """The days of the kind's ticks; what is usual when there is none yet."""
    chosen = [tick.days for tick in ticks if tick.kind == kind and tick.days]
    return str(chosen[0] if chosen else USUAL_DAYS[kind])

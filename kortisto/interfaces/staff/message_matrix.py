"""The table of messages as the desk ticks it: kinds in rows, ways in columns (S30)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kortisto.domain.notices.kinds import is_written
from kortisto.domain.patrons.models import MessageKind, Transport
from kortisto.domain.patrons.rules import DAYS, EMAIL, NONE, PAPER, SMS, Reach, Tick

USUAL_DAYS: Final = {MessageKind.ADVANCE.value: 3, MessageKind.PICKUP.value: 2}
MOST_DIGITS: Final = 2
WHY_NOT: Final[Mapping[str, Promise]] = {
    EMAIL: _("E-mail cannot be ticked: there is no e-mail address."),
    SMS: _("Text messages cannot be ticked: there is no number for them."),
    PAPER: _(
        "Letters cannot be ticked: there is no whole address, or a protected one."
    ),
}


@dataclass(frozen=True, slots=True)
class Box:
    """One tick: ``value`` is what it sends as ``tick``.

    ``possible``: the way can work, or it is ticked and can be unticked (S31).
    """

    value: str
    label: str
    way: str
    ticked: bool
    possible: bool = True


@dataclass(frozen=True, slots=True)
class MessageRow:
    """A kind of message; ``days`` is None where it has none to choose."""

    kind: str
    label: str
    boxes: tuple[Box, ...]
    days: str | None
    most: int
    not_yet: bool  # nothing of the kind is sent by this version

    @property
    def field(self) -> str:
        return f"days-{self.kind}"


def columns() -> list[str]:
    return [str(way.label) for way in Transport]


def message_rows(
    ticks: Collection[Tick],
    *,
    days: Mapping[str, str] | None = None,
    reach: Reach | None = None,
) -> list[MessageRow]:
    """Every kind with a box for every way. ``days`` are as typed, by kind.

    ``reach`` None: nobody knows yet how the patron is reached, every box can be ticked.
    """
    return [
        MessageRow(
            kind=kind.value,
            label=str(kind.label),
            boxes=tuple(_box(kind, way, ticks, reach) for way in Transport),
            days=_days(kind.value, ticks, days or {}) if kind in DAYS else None,
            most=DAYS.get(kind.value, 0),
            not_yet=not is_written(kind.value),
        )
        for kind in MessageKind
    ]


def _box(
    kind: MessageKind, way: Transport, ticks: Collection[Tick], reach: Reach | None
) -> Box:
    ticked = any((t.kind, t.transport) == (kind, way) for t in ticks)
    return Box(
        value=f"{kind.value}:{way.value}",
        label=f"{kind.label}: {way.label}",
        way=way.value,
        ticked=ticked,
        possible=ticked or reach is None or reach.by(way.value),
    )


@dataclass(frozen=True, slots=True)
class WhyNot:
    """A sentence for under the table; ``hidden`` while its way can work."""

    way: str
    sentence: str
    hidden: bool


def why_not(reach: Reach) -> list[WhyNot]:
    """Every way that may not work, so that a script can show what it has hidden."""
    return [WhyNot(way, str(told), reach.by(way)) for way, told in WHY_NOT.items()]


def ticks_in(sent: QueryDict) -> set[Tick]:
    """The whole table as it was sent; what cannot be is for the domain to refuse."""
    ticks = set()
    for value in sent.getlist("tick"):
        kind, _colon, way = value.partition(":")
        has_days = kind in DAYS and way != NONE
        ticks.add(
            Tick(kind, way, _number(sent.get(f"days-{kind}", "")) if has_days else None)
        )
    return ticks


def days_in(sent: QueryDict) -> dict[str, str]:
    return {kind: sent.get(f"days-{kind}", "") for kind in DAYS}


def _number(text: str) -> int:
    """0, which is no number of days, for what is none."""
    digits = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if digits else 0


def _days(kind: str, ticks: Collection[Tick], typed: Mapping[str, str]) -> str:
    chosen = [tick.days for tick in ticks if tick.kind == kind and tick.days]
    return typed.get(kind) or str(chosen[0] if chosen else USUAL_DAYS[kind])

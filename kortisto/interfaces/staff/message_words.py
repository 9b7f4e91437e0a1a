"""Which messages come to a patron and how, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kortisto.domain.patrons.models import MessageKind, Transport
from kortisto.domain.patrons.rules import Reach, Tick, transports_for

SEPARATOR: Final = ", "


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageLine:
    """One kind of message and the ways it goes. ``chosen``: the patron said so."""

    label: str
    ways: str
    chosen: bool


def message_lines(
    ticks: Sequence[Tick], reach: Reach, *, protected: bool
) -> list[MessageLine]:
    """The kinds that go somewhere, or for which something was chosen."""
    lines = []
    for kind in MessageKind:
        mine = [tick for tick in ticks if tick.kind == kind.value]
        ways = transports_for(kind.value, mine, reach, is_protected=protected)
        if mine or ways:
            lines.append(
                MessageLine(
                    label=str(kind.label),
                    ways=_words(ways, mine),
                    chosen=bool(mine),
                )
            )
    return lines


def _words(ways: Sequence[str], ticks: Sequence[Tick]) -> str:
    if not ways:
        return str(Transport.NONE.label)
    told = SEPARATOR.join(str(Transport(way).label) for way in ways)
    days = next((tick.days for tick in ticks if tick.days is not None), None)
    if days is None:
        return told
    ahead = ngettext("{n} day before", "{n} days before", days).format(n=days)
    return _("{ways}, {days}").format(ways=told, days=ahead)

"""Rounds of vans and ways of items, in words."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from kortisto.domain.fulfilment.rules import Journey, Nearness
from kortisto.domain.org.models import VanRound
from kortisto.domain.org.tree import Organisation
from kortisto.domain.org.vans import VanNetwork
from kortisto.ui.formats import day as written
from kortisto.ui.formats import money
from kortisto.ui.parts import TraceLine

EVERY_WORKDAY: Final = "01234"


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundLine:
    """A round as the list shows it."""

    round: VanRound
    weekdays: str
    kilometres: int
    coming: bool  # it starts later
    may_edit: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WayLine:
    """How an item gets from one library to another, as tables show it."""

    library_id: int
    library: str
    arrives_on: date
    days: int
    van: bool  # False: no van goes there
    words: str
    kilometres: int
    cents: int


def weekdays_in_words(weekdays: str) -> str:
    if weekdays == EVERY_WORKDAY:
        return _("Monday to Friday")
    return ", ".join(str(WEEKDAYS_ABBR[int(one)]) for one in weekdays)


def way_line(
    journey: Journey, destination: int, *, tree: Organisation, network: VanNetwork
) -> WayLine:
    days = (journey.arrives_on - journey.fetched_on).days
    return WayLine(
        library_id=destination,
        library=tree.name(destination),
        arrives_on=journey.arrives_on,
        days=days,
        van=journey.nearness != Nearness.NO_VAN,
        words=" → ".join(
            _("{van} to {library}, {day}").format(
                van=_van(network, leg.code, leg.leaves.date()),
                library=tree.name(leg.destination),
                day=written(leg.leaves.date()),
            )
            for leg in journey.vans
        ),
        kilometres=journey.kilometres,
        cents=journey.cost_cents,
    )


def why_fetched(
    trace: dict[str, Any], *, tree: Organisation, network: VanNetwork
) -> list[TraceLine]:
    """Why this copy for this hold, and how it gets there; of any age of trace."""
    if not trace:
        return []
    lines = [
        TraceLine(name=_("Place in the queue:"), value=str(trace["place"])),
        TraceLine(name=_("Copies that would do:"), value=str(trace["copies"])),
        TraceLine(name=_why_this(trace)),
        TraceLine(name=_("Taken off its shelf:"), value=_iso(trace["fetched_on"])),
    ]
    if trace.get("passes"):
        told = _("Holds before it that are collected farther away:")
        lines.append(TraceLine(name=told, value=str(trace["passes"])))
    lines += [
        TraceLine(
            name=_van(network, leg["round"], date.fromisoformat(leg["on"])),
            value=_("{origin} → {destination}, {day}").format(
                origin=tree.name(leg["origin"]),
                destination=tree.name(leg["destination"]),
                day=_iso(leg["on"]),
            ),
        )
        for leg in trace.get("vans", ())
    ]
    lines.append(TraceLine(name=_("Comes:"), value=_iso(trace["arrives_on"])))
    if trace.get("vans"):
        lines.append(
            TraceLine(
                name=_("What carrying it costs:"),
                value=money(trace["cost_cents"]),
                source=_("{number} km").format(number=trace["kilometres"]),
            )
        )
    return lines


def _van(network: VanNetwork, code: str, day: date) -> str:
    known = network.round_on(code, day)
    return code if known is None else known.name


def _iso(text: str) -> str:
    return written(date.fromisoformat(text))


def _why_this(trace: dict[str, Any]) -> str:
    if trace.get("arranged"):
        return _("The plan of the whole region chose it: together that costs least.")
    return _nearness(trace["nearness"])


def _nearness(name: str) -> str:
    match Nearness[name.upper()]:
        case Nearness.SAME_LIBRARY:
            return _("It stands in the library where the hold is collected.")
        case Nearness.SAME_GROUP:
            return _("It stands in a library of the same picking group.")
        case Nearness.ELSEWHERE:
            return _("No copy stands nearer: this one comes first, then cheapest.")
        case Nearness.NO_VAN:
            return _("No copy stands where a van comes from.")

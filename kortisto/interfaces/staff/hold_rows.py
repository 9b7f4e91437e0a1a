"""Holds as rows of a page: the state in words with its days, and the place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.domain.holds.bundle_words import one_of_what
from kortisto.domain.holds.bundles import (
    Bundle,
    best_place,
    bundles_of,
    standing_back,
)
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.places import COUNTED
from kortisto.domain.holds.queue import OPEN
from kortisto.ui.formats import count, day

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    Hold.State.QUEUED: ("neutral", "clock"),
    Hold.State.TRAVELLING: ("hold", "transit"),
    Hold.State.PROCESSING: ("hold", "clock"),
    Hold.State.WAITING: ("ok", "hold"),
    Hold.State.UNCLEARED: ("attention", "shelf"),
}
ENDED: Final = ("neutral", "minus")
MARKS: Final[tuple[tuple[str, Promise], ...]] = (
    ("always_last", gettext_lazy("always last")),
    ("non_urgent", gettext_lazy("not urgent")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """What a page shows of one hold. ``place`` is empty outside the queue."""

    id: int
    title: str
    record_id: int
    kind: str  # of the badge, with ``icon``
    icon: str
    state: str  # in words
    days: str  # in words: until when, from when
    place: str
    wanted: str  # a certain volume or copy, in words
    bundle: str  # one of what, in words
    pickup: str
    placed_at: datetime
    marks: tuple[str, ...]
    note: str
    queued: bool
    open: bool


def hold_rows(
    holds: Iterable[Hold], *, places: Mapping[int, int], today: date
) -> list[HoldRow]:
    """Holds with their record, wanted item and pick-up library fetched.

    Of a bundle whose titles all will do, the place is that of the best queue.
    """
    found = list(holds)
    of_bundles = [hold.pk for hold in found if hold.bundle_id is not None]
    bundles = bundles_of(of_bundles) if of_bundles else {}
    back = standing_back(of_bundles) if of_bundles else set()
    return [
        row_of(
            hold,
            place=best_place(hold.pk, bundles.get(hold.pk), places),
            today=today,
            bundle=bundles.get(hold.pk),
            stands_back=hold.pk in back,
        )
        for hold in found
    ]


def row_of(
    hold: Hold,
    *,
    place: int | None,
    today: date,
    bundle: Bundle | None = None,
    stands_back: bool = False,
) -> HoldRow:
    kind, icon = KINDS.get(hold.state, ENDED)
    state, days = state_words(hold, today=today)
    if stands_back:
        state, days = _("Waits for its turn"), ""
    passed_over = stands_back or is_passed_over(hold, today)
    return HoldRow(
        id=hold.pk,
        title=hold.record.title,
        record_id=hold.record_id,
        kind="attention" if passed_over else kind,
        icon=icon,
        state=state,
        days=days,
        place=place_words(place),
        wanted=wanted_words(hold),
        bundle="" if bundle is None else one_of_what(bundle, hold.pk),
        pickup=hold.pickup_library.name,
        placed_at=hold.placed_at,
        marks=tuple(str(word) for name, word in MARKS if getattr(hold, name)),
        note=hold.note,
        queued=hold.state == Hold.State.QUEUED,
        open=hold.state in OPEN,
    )


def place_words(place: int | None) -> str:
    if place is None:
        return ""
    if place > COUNTED:
        return _("over {number}").format(number=count(COUNTED))
    return count(place)


def wanted_words(hold: Hold) -> str:
    """The volume or the copy that it waits for; empty: any copy of the title."""
    if hold.wanted_item is not None:
        named = _("the copy {barcode}").format(barcode=hold.wanted_item.barcode)
        return " · ".join(filter(None, (hold.wanted_item.enumchron, named)))
    return hold.wanted_volume


def is_suspended(hold: Hold, today: date) -> bool:
    """The first and the last day of a suspension are suspended ones."""
    since, until = hold.suspended_from, hold.suspended_until
    return since is not None and since <= today and (until is None or until >= today)


def is_ahead_of_its_time(hold: Hold, today: date) -> bool:
    return hold.starts_on is not None and hold.starts_on > today


def is_passed_over(hold: Hold, today: date) -> bool:
    """In the queue, but given no copy today."""
    waits = hold.state == Hold.State.QUEUED
    return waits and (is_suspended(hold, today) or is_ahead_of_its_time(hold, today))


def state_words(hold: Hold, *, today: date) -> tuple[str, str]:
    """The state, and the days that belong to it."""
    if hold.state == Hold.State.QUEUED:
        return _queued(hold, today)
    state = str(Hold.State(hold.state).label)
    if hold.state == Hold.State.WAITING and hold.pickup_until is not None:
        return state, _("until {day}").format(day=day(hold.pickup_until))
    if hold.ended_at is None:
        return state, ""
    why = str(Hold.Ending(hold.ending).label) if hold.ending else ""
    return state, " · ".join(filter(None, (why, day(hold.ended_at))))


def _queued(hold: Hold, today: date) -> tuple[str, str]:
    if is_suspended(hold, today):
        if hold.suspended_until is None:
            return _("Suspended"), _("until it is resumed")
        until = day(hold.suspended_until)
        return _("Suspended"), _("until {day}").format(day=until)
    if is_ahead_of_its_time(hold, today) and hold.starts_on is not None:
        return _("Begins later"), _("from {day}").format(day=day(hold.starts_on))
    return str(Hold.State.QUEUED.label), _coming(hold, today)


def _coming(hold: Hold, today: date) -> str:
    """What will happen to a hold that waits: a suspension, or its last day."""
    since, until = hold.suspended_from, hold.suspended_until
    if since is not None and since > today:
        if until is None:
            return _("suspended from {day}").format(day=day(since))
        return _("suspended {first}–{last}").format(first=day(since), last=day(until))
    if hold.expires_on is None:
        return ""
    return _("until {day}").format(day=day(hold.expires_on))

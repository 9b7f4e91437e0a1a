"""A patron's open holds as their own pages show them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.timezone import localdate

from kortisto.domain.circulation.waiting import place_in_queue, why_not_yet
from kortisto.domain.circulation.waiting_facts import WaitFacts, waits_of
from kortisto.domain.holds.actions.restoring import one_of_each, restorable
from kortisto.domain.holds.bundle_words import how_it_goes, one_of_what
from kortisto.domain.holds.bundles import Bundle, bundles_of, leading
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.queue import OPEN
from kortisto.interfaces.opac.hits import drawn_cover
from kortisto.interfaces.opac.words import Names, material_kind

_COLUMNS: Final = (
    "id",
    "state",
    "record_id",
    "bundle_id",
    "record__title",
    "record__author",
    "record__material",
    "wanted_volume",
    "wanted_item__enumchron",
    "pickup_library_id",
    "pickup_until",
    "shelf_place__name",
    "placed_at",
    "starts_on",
    "expires_on",
    "suspended_from",
    "suspended_until",
    "non_urgent",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """One open hold. ``state`` as the hold's; ``place`` and ``why`` for the queue."""

    id: int
    state: str
    title: str
    author: str
    url: str
    volume: str
    material: str
    kind: str
    cover: SafeString
    library_id: int
    library: str
    pickup_until: date | None
    placed_at: datetime
    starts_on: date | None
    expires_on: date | None
    suspended_from: date | None
    suspended_until: date | None
    non_urgent: bool
    is_suspended: bool = False
    has_begun: bool = True
    place: str = ""
    why: Sequence[str] = ()
    bundle: Bundle | None = None
    one_of: str = ""  # what of several titles this is, in words
    stands_back: bool = False
    shelf_place: str = ""  # where a waiting copy stands


def open_holds(
    patron_id: int, names: Names, *, now: datetime, hold_id: int | None = None
) -> list[HoldRow]:
    """Those of the patron, or one of them: four statements for any number.

    What waits for pick-up comes first, the one that goes back first before the others.
    """
    chosen = Q() if hold_id is None else Q(pk=hold_id)
    found = Hold.objects.filter(chosen, patron_id=patron_id, state__in=OPEN)
    if hold_id is None:
        found = leading(found)
    rows = list(found.order_by("pickup_until", "placed_at", "pk").values(*_COLUMNS))
    if not rows:
        return []
    of_bundles = [hold["id"] for hold in rows if hold["bundle_id"] is not None]
    bundles = bundles_of(of_bundles) if of_bundles else {}
    waits = waits_of(patron_id, now=now, hold_id=None if of_bundles else hold_id)
    return [
        _row(hold, waits, bundles.get(hold["id"]), names, localdate(now))
        for hold in rows
    ]


def _best(
    hold_id: int, bundle: Bundle | None, waits: Mapping[int, WaitFacts]
) -> WaitFacts | None:
    """How the hold waits; where any of several titles will do, the shortest queue."""
    if bundle is None or bundle.in_order:
        return waits.get(hold_id)
    found = [waits[part.hold_id] for part in bundle.parts if part.hold_id in waits]
    return min(found, key=lambda wait: wait.place, default=None)


def _row(
    hold: dict[str, Any],
    waits: Mapping[int, WaitFacts],
    bundle: Bundle | None,
    names: Names,
    today: date,
) -> HoldRow:
    queued = hold["state"] == Hold.State.QUEUED
    waiting = hold["state"] == Hold.State.WAITING
    wait = _best(hold["id"], bundle, waits) if queued else None
    title, author = hold["record__title"], hold["record__author"]
    kind = material_kind(hold["record__material"])
    told = wait or WaitFacts(today=today)
    return HoldRow(
        id=hold["id"],
        state=hold["state"],
        title=title,
        author=author,
        url=reverse("record", args=[hold["record_id"]]),
        volume=hold["wanted_volume"] or hold["wanted_item__enumchron"] or "",
        material=names.material(hold["record__material"]),
        kind=kind,
        cover=drawn_cover(title, author, kind),
        library_id=hold["pickup_library_id"],
        library=names.tree.name(hold["pickup_library_id"]),
        pickup_until=hold["pickup_until"],
        placed_at=hold["placed_at"],
        starts_on=hold["starts_on"],
        expires_on=hold["expires_on"],
        suspended_from=hold["suspended_from"],
        suspended_until=hold["suspended_until"],
        non_urgent=hold["non_urgent"],
        is_suspended=told.is_suspended,
        has_begun=told.has_begun,
        place="" if wait is None else place_in_queue(wait),
        why=() if wait is None else _why(wait, bundle),
        bundle=bundle,
        one_of="" if bundle is None else one_of_what(bundle, hold["id"]),
        stands_back=told.stands_back,
        shelf_place=(hold["shelf_place__name"] or "") if waiting else "",
    )


def _why(wait: WaitFacts, bundle: Bundle | None) -> list[str]:
    """Every reason; of several titles first how they hang together."""
    return [*([] if bundle is None else [how_it_goes(bundle)]), *why_not_yet(wait)]


@dataclass(frozen=True, slots=True)
class CancelledRow:
    """A hold that can still be brought back."""

    id: int
    title: str
    ended_at: datetime | None


def cancelled_rows(patron_id: int, *, now: datetime) -> list[CancelledRow]:
    """What was cancelled by hand not long ago, the latest first."""
    found = one_of_each(restorable(patron_id, now=now))
    return [
        CancelledRow(*row)
        for row in found.values_list("pk", "record__title", "ended_at")
    ]

"""Put a patron in the queue for a title, an item or a volume (HLD-1)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Final

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils.timezone import localdate, make_aware

from kortisto.core.actors import Actor, ActorKind
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused, refuse
from kortisto.domain.circulation.hold_decisions import HoldDecision, decide_hold
from kortisto.domain.circulation.hold_facts import HoldSnapshot, for_hold
from kortisto.domain.holds.events import HoldPlaced
from kortisto.domain.holds.models import Hold, HoldBundle
from kortisto.domain.holds.permissions import HoldPermission, require_hold_of
from kortisto.domain.holds.pickup import require_pickup
from kortisto.domain.holds.reasons import HoldReason
from kortisto.domain.holds.settings import HOLDS_VALID_YEARS
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import reads_notes

WITHOUT_STAFF: Final = frozenset({ActorKind.PATRON, ActorKind.DEVICE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a patron waits for, where and when.

    ``item_id`` or ``volume`` (an item's ``enumchron``) narrow the title to certain
    copies. ``always_last`` is for those whom others should not wait for, as home
    delivery; a hold that is ``non_urgent`` stops no renewal and shortens no loan.
    """

    record_id: int
    pickup_library_id: int
    stop_id: int | None = None  # where the bookmobile stops that is the library
    item_id: int | None = None
    volume: str = ""
    starts_on: date | None = None
    expires_on: date | None = None  # None: as many years as the setting says (HLD-2)
    always_last: bool = False
    non_urgent: bool = False
    note: str = ""

    @property
    def certain_copy(self) -> bool:
        return self.item_id is not None or bool(self.volume)


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A hold that stands. ``notices`` are told and stopped nothing."""

    hold_id: int
    title: str
    notices: tuple[Refusal, ...] = ()
    overridden: tuple[Refusal, ...] = field(default=())


@transaction.atomic
def place_hold(
    patron_id: int,
    wish: Wish,
    *,
    by: Actor,
    now: datetime,
    overriding: Collection[str] = (),
) -> Placed:
    """Place a hold. Raises Refused with every reason, NotPermitted.

    Staff need the permission; a patron may place holds for themself only, and may
    neither put one last nor write a note. The patron's row is held until the end, so
    that two places at once never go over a limit.
    """
    require_placing(patron_id, wish, by=by, now=now)
    snapshot, decision = look_and_decide(patron_id, wish, by=by, now=now)
    overridden = refuse(decision.refusals, by=by, overriding=overriding)
    hold = write_hold(patron_id, wish, decision, by=by, now=now, overridden=overridden)
    return Placed(
        hold_id=hold.pk,
        title=snapshot.title,
        notices=tuple(refusal for refusal in decision.refusals if refusal.notice),
        overridden=overridden,
    )


def require_placing(patron_id: int, wish: Wish, *, by: Actor, now: datetime) -> None:
    """Check what is asked before anything is read, and lock the patron's row.

    Raises Refused (no-pickup-there, days-in-wrong-order), NotPermitted.
    """
    require_hold_of(patron_id, by=by)
    if wish.always_last or wish.note:
        by.require(HoldPermission.PLACE)
    today = localdate(now)
    require_pickup(wish.pickup_library_id, today=today, stop_id=wish.stop_id)
    _require_days_in_order(wish, today)
    Patron.objects.select_for_update(no_key=True).filter(pk=patron_id).values_list(
        "pk"
    ).first()


def look_and_decide(
    patron_id: int,
    wish: Wish,
    *,
    by: Actor,
    now: datetime,
    group_of: int | None = None,
) -> tuple[HoldSnapshot, HoldDecision]:
    """What would be decided now, writing nothing: pages ask before they offer.

    Raises Refused when the title or the patron is gone.
    """
    require_hold_of(patron_id, by=by)
    today = localdate(now)
    snapshot = for_hold(
        patron_id,
        wish.record_id,
        item_id=wish.item_id,
        volume=wish.volume,
        today=today,
        midnight=make_aware(datetime.combine(today, time.min)),
    )
    decision = decide_hold(
        snapshot,
        pickup_library_id=wish.pickup_library_id,
        certain_copy=wish.certain_copy,
        library_id=by.library_id or wish.pickup_library_id,
        today=today,
        unattended=by.kind in WITHOUT_STAFF,
        sees_notes=reads_notes(by),
        group_of=group_of,
    )
    return snapshot, decision


def _require_days_in_order(wish: Wish, today: date) -> None:
    last, first = wish.expires_on, wish.starts_on or today
    if last is not None and last < max(first, today):
        raise Refused([Refusal(HoldReason.DAYS_IN_WRONG_ORDER)])


def write_hold(
    patron_id: int,
    wish: Wish,
    decision: HoldDecision,
    *,
    by: Actor,
    now: datetime,
    overridden: Sequence[Refusal] = (),
    bundle: HoldBundle | None = None,
    part: int | None = None,
) -> Hold:
    """Write what was decided, and tell."""
    today = localdate(now)
    years = organisation().setting(HOLDS_VALID_YEARS, wish.pickup_library_id).value
    starts_on = wish.starts_on
    hold = Hold.objects.create(
        patron_id=patron_id,
        record_id=wish.record_id,
        bundle=bundle,
        part=part,
        wanted_item_id=wish.item_id,
        wanted_volume=wish.volume,
        pickup_library_id=wish.pickup_library_id,
        stop_id=wish.stop_id,
        placed_at=now,
        counts_from=now,
        placed_by=by.label,
        channel=by.channel.value,
        starts_on=starts_on if starts_on and starts_on > today else None,
        expires_on=wish.expires_on or today + relativedelta(years=years),
        always_last=wish.always_last,
        non_urgent=wish.non_urgent,
        note=wish.note.strip(),
        rule_version=decision.rule_version,
        trace=decision.trace,
    )
    placed = HoldPlaced(
        hold_id=hold.pk,
        record_id=wish.record_id,
        overridden=tuple(refusal.reason.value for refusal in overridden),
    )
    publish(placed, by=by, at=now)
    return hold

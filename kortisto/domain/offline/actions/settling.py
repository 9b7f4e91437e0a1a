"""See to what a desk without a connection did and what could not be recorded."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from kortisto.core import errands
from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.models import Errand
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.offline.actions.merging import keep_reasons, lend_as_then
from kortisto.domain.offline.errands import CONFLICT
from kortisto.domain.offline.events import OfflineConflictEnded
from kortisto.domain.offline.models import Deed
from kortisto.domain.offline.reasons import OfflineReason


def try_again(
    deed_id: int, *, by: Actor, now: datetime, overriding: Collection[str] = ()
) -> Deed:
    """Record it after all, at its own time; the reasons that stand now are kept.

    Raises Refused with every reason that was not set aside, NotPermitted,
    Deed.DoesNotExist.
    """
    try:
        return _record(deed_id, by=by, now=now, overriding=tuple(overriding))
    except Refused as refused:
        _note_reasons(deed_id, refused)
        raise


@transaction.atomic
def _record(
    deed_id: int, *, by: Actor, now: datetime, overriding: tuple[str, ...]
) -> Deed:
    deed = _open(deed_id, by=by)
    here = replace(by, library_id=deed.kit.library_id, desk_id=None)
    if deed.kind == Deed.Kind.CHECKOUT:
        lend_as_then(
            deed.card,
            deed.barcode,
            at=deed.happened_at,
            by=here,
            overriding=overriding,
        )
    else:
        checkin(deed.barcode, by=here, now=now)
    return _end(deed, Deed.State.SETTLED, by=by, now=now)


@transaction.atomic
def drop(deed_id: int, *, by: Actor, now: datetime) -> Deed:
    """Leave it unrecorded. Raises Refused, NotPermitted, Deed.DoesNotExist."""
    deed = _open(deed_id, by=by)
    return _end(deed, Deed.State.DROPPED, by=by, now=now)


def _open(deed_id: int, *, by: Actor) -> Deed:
    rows = Deed.objects.select_for_update(of=("self",)).select_related("kit")
    deed = rows.get(pk=deed_id)
    by.require(May.LEND, at=deed.kit.library_id)
    if deed.state != Deed.State.STUCK:
        raise Refused([Refusal(OfflineReason.ENDED_ALREADY)])
    return deed


def _note_reasons(deed_id: int, refused: Refused) -> None:
    """What stands in the way today is what the page shows next."""
    with transaction.atomic():
        rows = Deed.objects.select_for_update().filter(
            pk=deed_id, state=Deed.State.STUCK
        )
        deed = rows.first()
        if deed is not None:
            keep_reasons(deed, refused.refusals)
            deed.save(update_fields=["why"])


def _end(deed: Deed, state: Deed.State, *, by: Actor, now: datetime) -> Deed:
    """Nobody needs to know any more whose card it was."""
    deed.state, deed.card, deed.patron, deed.why, deed.answer = state, "", None, [], {}
    deed.ended_at, deed.ended_by = now, by.label
    deed.save()
    asked = Errand.objects.filter(
        kind=CONFLICT.code, subject_id=deed.pk, state=Errand.State.OPEN
    )
    for errand_id in asked.values_list("pk", flat=True):
        errands.settle(errand_id, by=by, now=now)
    event = OfflineConflictEnded(deed_id=deed.pk, state=state.value)
    publish(event, by=by, at=now)
    return deed

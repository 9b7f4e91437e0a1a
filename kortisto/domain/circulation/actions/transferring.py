"""Move items that are at hand to another library (CIR-51)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused, refuse
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.events import ItemSent
from kortisto.domain.circulation.floating import kind_of
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.return_facts import for_checkin, hold_item_row
from kortisto.domain.circulation.returns import TRANSFER, ReturnFacts
from kortisto.domain.circulation.routing import route
from kortisto.domain.distribution.models import Dispatch
from kortisto.domain.distribution.permissions import DistributionPermission
from kortisto.domain.distribution.queries import may_be_sent
from kortisto.domain.distribution.reasons import Reason
from kortisto.domain.holds.actions.journeys import Route, carry_out
from kortisto.domain.org.queries import organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An item that is on its way now."""

    item_id: int
    barcode: str
    title: str


@transaction.atomic
def transfer(
    barcode: str,
    destination_id: int,
    *,
    by: Actor,
    now: datetime,
    overriding: Collection[str] = (),
) -> Moved:
    """Send an item at hand to another library, to stay until somebody borrows it.

    A journey that it was on ends here. Raises Refused with every reason, NotPermitted,
    and KeyError for a library that there is not.
    """
    by.require(LendingPermission.LEND)
    assert by.library_id is not None  # noqa: S101 - staff work in a library
    organisation().unit(destination_id)
    hold_item_row(barcode)
    today = localdate(now)
    configuration, facts = for_checkin(barcode, today=today)
    plan = route(configuration, facts, at=by.library_id, today=today)
    waits = plan.trap_hold_id is not None
    reasons = _reasons(facts, by.library_id, destination_id, waits=waits)
    refuse(list(reasons), by=by, overriding=overriding)
    Item.objects.filter(pk=facts.item_id).update(
        library_id=by.library_id, last_seen_at=now, changed_at=now
    )
    moves = Route(
        item_id=facts.item_id,
        at=by.library_id,
        arrived=facts.transit_id,
        destination=destination_id,
        reason=TRANSFER,
    )
    carry_out(moves, tree=organisation(configuration), by=by, now=now)
    Dispatch.objects.filter(item=facts.item_id).delete()
    sent = ItemSent(
        item_id=facts.item_id,
        record_id=facts.record_id,
        destination_id=destination_id,
        why=TRANSFER,
    )
    publish(sent, by=by, at=now)
    return Moved(item_id=facts.item_id, barcode=facts.barcode, title=facts.title)


def _reasons(
    facts: ReturnFacts, at: int, there: int, *, waits: bool
) -> Iterator[Refusal]:
    if there == at:
        yield Refusal(Reason.IS_HERE)
    if facts.withdrawn:
        yield Refusal(Reason.WITHDRAWN_ITEM, facts={"barcode": facts.barcode})
    if facts.loan_id is not None:
        yield Refusal(Reason.ON_LOAN_NOW)
    elif facts.hold_id is not None or facts.uncleared_hold_id is not None:
        yield Refusal(Reason.KEPT_FOR_HOLD)
    elif waits:
        yield Refusal(Reason.SOMEBODY_WAITS)
    if facts.rotates_at is not None:
        yield Refusal(Reason.ROTATES_ELSEWHERE)
    tree = organisation()
    if not may_be_sent(tree, kind_of(facts), origin=at, destination=there):
        yield Refusal(
            Reason.NOT_SENT_THERE,
            override=DistributionPermission.MANAGE,
            facts={"library": tree.name(there)},
        )


def transfer_box(
    barcodes: Sequence[str],
    destination_id: int,
    *,
    by: Actor,
    now: datetime,
    overriding: Collection[str] = (),
) -> list[Moved | tuple[str, Refused]]:
    """Send a box of items one by one; what cannot go stops nothing."""
    answers: list[Moved | tuple[str, Refused]] = []
    for barcode in barcodes:
        try:
            answers.append(
                transfer(barcode, destination_id, by=by, now=now, overriding=overriding)
            )
        except Refused as refused:
            answers.append((barcode, refused))
    return answers

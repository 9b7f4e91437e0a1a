"""Items that stay on their shelves while a library works at another address."""

from collections.abc import Iterator
from datetime import datetime, time

from django.db.models import Exists, OuterRef, Q

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.due import HELSINKI
from kortisto.domain.circulation.models import Loan
from kortisto.domain.closures.models import Move
from kortisto.domain.closures.planned import Planned, earlier_moves
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.queue import KEEPS_ITS_ITEM
from kortisto.domain.org.models import Closure, Premises

LEFT = Move.What.LEFT


def leaving(closure: Closure, place: Premises, library: int) -> Iterator[Planned]:
    """Those on the shelf. What is lent or waits, or has come since, is not there."""
    if not place.left_locations:
        return
    moved_out = datetime.combine(closure.starts_on, time.min, tzinfo=HELSINKI)
    there = Item.objects.filter(
        library=library,
        location__in=place.left_locations,
        not_for_loan="",
        lost="",
        withdrawn="",
        created_at__lt=moved_out,
    ).exclude(_moved(closure))
    item = OuterRef("pk")
    loans = Loan.objects.filter(item=item)
    transits = Transit.objects.filter(item=item, cancelled_at=None)
    for away in (
        loans.filter(Q(returned_at=None) | Q(returned_at__gte=moved_out)),
        transits.filter(Q(arrived_at=None) | Q(arrived_at__gte=moved_out)),
        Hold.objects.filter(item=item, state__in=KEEPS_ITS_ITEM),
    ):
        there = there.exclude(Exists(away))
    for item_id in there.order_by("pk").values_list("pk", flat=True):
        yield Planned(
            what=LEFT,
            library_id=library,
            subject_id=item_id,
            before="",
            after=place.left_status,
            origin="",
        )


def coming_back(closure: Closure, library: int) -> Iterator[Planned]:
    """What was left and is as it was left; what somebody has changed since stays so."""
    earlier = earlier_moves(closure, LEFT)
    rows = Item.objects.filter(_moved(closure)).exclude(not_for_loan="")
    for item_id, status in rows.order_by("pk").values_list("pk", "not_for_loan"):
        moved = earlier.get(item_id)
        if moved is not None and moved.after == status != moved.origin:
            yield Planned(
                what=LEFT,
                library_id=library,
                subject_id=item_id,
                before=status,
                after=moved.origin,
                origin=moved.origin,
            )


def _moved(closure: Closure) -> Exists:
    moves = Move.objects.filter(
        shift__closure=closure,
        what=LEFT,
        state=Move.State.DONE,
        subject_id=OuterRef("pk"),
    )
    return Exists(moves)

"""Delete patrons: into a bin for a month, and out of it again (PAT-13)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.jobs import JobContext
from kortisto.core.refusals import Refused, refuse
from kortisto.domain.patrons.actions.erasing import erase
from kortisto.domain.patrons.actions.writing import write_changes
from kortisto.domain.patrons.events import PatronBinned, PatronTakenOut
from kortisto.domain.patrons.fields import kept_text, longest
from kortisto.domain.patrons.hindrances import against_erasing
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import bin_and_merged, in_bin
from kortisto.domain.patrons.reasons import Reason, about, unfit

KEPT: Final = timedelta(days=30)


@transaction.atomic
def put_in_bin(patron_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """Take a patron off every page, for a month; the card opens nothing any more.

    Refused with every reason against it; Unfit without a reason of its own. Raises
    DoesNotExist for a patron who is in the bin already.
    """
    by.require(PatronPermission.DELETE)
    why = kept_text(reason, longest(Patron, "bin_reason"), field="reason")
    if not why:
        raise unfit(about("reason", Reason.NEEDS_WHY_DELETED))
    patron = Patron.objects.select_for_update().get(pk=patron_id, binned_at=None)
    refuse(against_erasing(patron_id, localdate(now)), by=by)
    values = {"binned_at": now, "bin_reason": why}
    write_changes(patron, values, by=by, now=now)
    publish(PatronBinned(patron_id=patron_id), by=by, at=now)


@transaction.atomic
def take_out_of_bin(patron_id: int, *, by: Actor, now: datetime) -> None:
    """Everything is as it was. Raises DoesNotExist when nobody is there."""
    by.require(PatronPermission.DELETE)
    patron = in_bin().select_for_update().get(pk=patron_id)
    write_changes(patron, {"binned_at": None, "bin_reason": ""}, by=by, now=now)
    publish(PatronTakenOut(patron_id=patron_id), by=by, at=now)


@dataclass(slots=True)
class Emptied:
    """What a night did: how many are gone, and how many had to wait."""

    gone: int = 0
    hindered: int = 0


def empty_bin(
    *, by: Actor, now: datetime, context: JobContext | None = None
) -> Emptied:
    """Erase whoever has been in the bin for a month; each in its own transaction.

    Against whom something stands by now, stays, and the next night tries again.
    """
    by.require(PatronPermission.ERASE)
    due = bin_and_merged().filter(binned_at__lte=now - KEPT).order_by("pk")
    done = Emptied()
    for patron_id in list(due.values_list("pk", flat=True)):
        if context is not None and context.cancelled:
            break
        try:
            erase(patron_id, by=by, now=now)
        except Refused:
            done.hindered += 1
        else:
            done.gone += 1
    return done

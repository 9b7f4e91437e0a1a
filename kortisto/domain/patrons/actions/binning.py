"""Delete patrons: into a bin for a time, and out of it again (PAT-13)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.jobs import JobContext
from kortisto.core.refusals import Refused, refuse
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.erasing import erase
from kortisto.domain.patrons.actions.merge import WINDOW
from kortisto.domain.patrons.actions.writing import write_changes
from kortisto.domain.patrons.events import PatronBinned, PatronTakenOut
from kortisto.domain.patrons.fields import kept_text, longest
from kortisto.domain.patrons.hindrances import against_erasing
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import MERGED, bin_and_merged, in_bin
from kortisto.domain.patrons.reasons import Reason, about, unfit
from kortisto.domain.patrons.settings import BIN_DAYS


def kept_in_bin() -> timedelta:
    """How long a deleted patron can be taken back."""
    return timedelta(days=organisation().setting(BIN_DAYS, None).value)


def due_in_bin(now: datetime) -> "QuerySet[Patron]":
    """Who has been there for so long; a merged record goes when none can undo it."""
    due = bin_and_merged().filter(binned_at__lte=now - kept_in_bin())
    return due.exclude(bin_reason__startswith=MERGED, binned_at__gt=now - WINDOW)


@transaction.atomic
def put_in_bin(patron_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """Take a patron off every page, for a time; the card opens nothing any more.

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
    """Erase whoever has been in the bin for its days; each in its own transaction.

    Against whom something stands by now, stays, and the next night tries again.
    """
    by.require(PatronPermission.ERASE)
    due = due_in_bin(now).order_by("pk")
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

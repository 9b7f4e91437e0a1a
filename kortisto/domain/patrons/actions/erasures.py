"""A patron wants to be erased: ask, take back, and do it when the days are over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals
from kortisto.core.actors import Actor
from kortisto.core.days import written
from kortisto.core.errands import NewErrand, ask
from kortisto.core.events import publish
from kortisto.core.jobs import JobContext
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.erasing import erase
from kortisto.domain.patrons.activity import active_since
from kortisto.domain.patrons.errands import ERASURE_HINDERED, place_of
from kortisto.domain.patrons.hindrances import against_erasing
from kortisto.domain.patrons.models import Erasure, Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.privacy_events import ErasureAsked, ErasureTakenBack
from kortisto.domain.patrons.settings import ERASURE_DAYS


class ErasureReason(refusals.Reason):
    ERASURE_ASKED_ALREADY = (
        "erasure-asked-already",
        _("Erasing has been asked for already. It is done on {day}."),
    )
    NO_ERASURE_ASKED = (
        "no-erasure-asked",
        _("Nobody has asked for erasing, or it has been taken back."),
    )


@transaction.atomic
def ask_erasure(patron_id: int, *, by: Actor, now: datetime) -> Erasure:
    """Begin the days after which the patron is erased: by themselves, or by staff.

    Raises Refused with every reason against it, NotPermitted, Patron.DoesNotExist.
    """
    _may(patron_id, by=by)
    patrons = Patron.objects.select_for_update(of=("self",))
    patron = patrons.get(pk=patron_id, binned_at=None)
    if (asked := asked_of(patron_id)) is not None:
        raise Refused([_asked_already(asked)])
    if reasons := against_erasing(patron_id, localdate(now)):
        raise Refused(reasons)
    days = organisation().setting(ERASURE_DAYS, patron.home_library_id).value
    made = Erasure.objects.create(
        patron=patron,
        asked_at=now,
        asked_by=by.label,
        erase_on=localdate(now) + timedelta(days=days),
    )
    publish(ErasureAsked(patron_id=patron_id), by=by, at=now)
    return made


@transaction.atomic
def take_back_erasure(patron_id: int, *, by: Actor, now: datetime) -> None:
    """The patron stays. Raises Refused when nothing was asked for, NotPermitted."""
    _may(patron_id, by=by)
    asked = Erasure.objects.filter(patron_id=patron_id, ended_at=None)
    if not asked.update(
        ended_at=now, ended_by=by.label, ending=Erasure.Ending.TAKEN_BACK
    ):
        raise Refused([Refusal(ErasureReason.NO_ERASURE_ASKED)])
    publish(ErasureTakenBack(patron_id=patron_id), by=by, at=now)


def asked_of(patron_id: int) -> Erasure | None:
    """The wish that stands; None when there is none."""
    return Erasure.objects.filter(patron_id=patron_id, ended_at=None).first()


@dataclass(slots=True)
class Done:
    """What a night did: how many went, and how many had to wait."""

    erased: int = 0
    kept_in_part: int = 0  # of those: accounts stay under a number
    hindered: int = 0
    in_use_again: int = 0  # announced as inactive, and have done something since


def erase_due(*, by: Actor, now: datetime, context: JobContext | None = None) -> Done:
    """Erase everybody whose days are over; each in a transaction of its own.

    Who cannot be erased yet stays, a person is asked to see to it, and the next night
    tries again.
    """
    by.require(PatronPermission.ERASE)
    due = Erasure.objects.filter(ended_at=None, erase_on__lte=localdate(now))
    done = Done()
    for patron_id in list(due.order_by("pk").values_list("patron_id", flat=True)):
        if context is not None and context.cancelled:
            break
        _erase_one(patron_id, done, by=by, now=now)
    return done


def _erase_one(patron_id: int, done: Done, *, by: Actor, now: datetime) -> None:
    asked = asked_of(patron_id)
    if asked is not None and _in_use_again(asked):
        take_back_erasure(patron_id, by=by, now=now)
        done.in_use_again += 1
        return
    try:
        kept = erase(patron_id, by=by, now=now)
    except Refused as refused:
        done.hindered += 1
        patron = Patron.objects.get(pk=patron_id)
        reasons = ", ".join(str(each.reason.value) for each in refused.refusals)
        new = NewErrand(
            kind=ERASURE_HINDERED,
            subject_id=patron_id,
            unit_id=place_of(patron),
            due_on=localdate(now) + timedelta(days=30),  # the law's month
            facts={"codes": reasons},
        )
        ask(new, by=by, now=now)
    else:
        done.erased += 1
        done.kept_in_part += kept


def _in_use_again(asked: Erasure) -> bool:
    """Whoever was told that they are inactive and then used the library stays."""
    return asked.cause == Erasure.Cause.INACTIVE and asked.patron_id in active_since(
        [asked.patron_id], asked.asked_at
    )


def _may(patron_id: int, *, by: Actor) -> None:
    if not by.is_patron(patron_id):
        by.require(PatronPermission.ERASE)


def _asked_already(asked: Erasure) -> Refusal:
    told = written(asked.erase_on)
    return Refusal(ErasureReason.ERASURE_ASKED_ALREADY, facts={"day": told})

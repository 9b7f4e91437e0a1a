"""Patrons who have not used the library for years: told first, then erased (GDP-1).

Only grown-up persons with an expired card are meant. They get the same days and the
same way back as those who ask to be erased; whatever they do meanwhile keeps them. Whom
no e-mail reaches, somebody has to tell first: the days begin when that has been done.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals
from kortisto.core.actors import Actor
from kortisto.core.errands import NewErrand, ask, settle
from kortisto.core.events import publish
from kortisto.core.mailing import mail_is_sent
from kortisto.core.models import Errand
from kortisto.core.refusals import Refusal, Refused, refuse
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.erasures import asked_of, take_back_erasure
from kortisto.domain.patrons.activity import active_since
from kortisto.domain.patrons.category_kinds import ORDINARY_PEOPLE
from kortisto.domain.patrons.errands import INACTIVE_UNTOLD, place_of
from kortisto.domain.patrons.hindrances import against_erasing
from kortisto.domain.patrons.models import Erasure, Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.privacy_events import ErasureAsked
from kortisto.domain.patrons.rules import GROWN_UP
from kortisto.domain.patrons.settings import INACTIVE_MONTHS, INACTIVE_NOTICE_DAYS

AT_ONCE: Final = 500


class InactiveReason(refusals.Reason):
    NOT_TO_BE_TOLD = (
        "not-to-be-told",
        _("There is no open task to tell this patron that they will be erased."),
    )
    IN_USE_AGAIN = (
        "in-use-again",
        _("The patron has used the library meanwhile, and stays. End the task."),
    )


def notice() -> timedelta:
    """From the message to the night."""
    return timedelta(days=organisation().setting(INACTIVE_NOTICE_DAYS, None).value)


@dataclass(slots=True)
class Announced:
    announced: int = 0
    untold: int = 0  # no e-mail reaches them: a person is asked to tell them
    hindered: int = 0  # loans, debts, children: they stay


def announce_inactive(*, by: Actor, now: datetime) -> Announced:
    """Begin the days of everybody who is inactive and can be told by e-mail.

    Others stay as they are until somebody has told them (``begin_days_of_told``).

    Does nothing while the consortium has set no time after which one is inactive.
    """
    by.require(PatronPermission.ERASE)
    done = Announced()
    for patron_id in inactive(now):
        if against_erasing(patron_id, localdate(now)):
            done.hindered += 1
        elif _announce(patron_id, by=by, now=now):
            done.announced += 1
        else:
            done.untold += 1
    return done


def inactive(now: datetime) -> Iterator[int]:
    """Ids of patrons who are inactive and have not been told yet."""
    months = organisation().setting(INACTIVE_MONTHS, None).value
    if months is None:
        return
    since, last = now - relativedelta(months=months), 0
    while ids := _page(since, after=last, now=now):
        seen = active_since(ids, since)
        yield from (one for one in ids if one not in seen)
        last = ids[-1]


def _page(since: datetime, *, after: int, now: datetime) -> list[int]:
    rows = _meant(since, now).filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:AT_ONCE])


def _meant(since: datetime, now: datetime) -> "QuerySet[Patron]":
    """Grown-up persons whose card has expired, as far as the register itself knows.

    Children, cards of organisations and work, and those whose age nobody knows stay.
    """
    today, day = localdate(now), localdate(since)
    return Patron.objects.filter(
        Q(registered_on=None) | Q(registered_on__lt=day),
        category__kind__in=ORDINARY_PEOPLE,
        born_on__lte=today - relativedelta(years=GROWN_UP),
        expires_on__lt=today,
        created_at__lt=since,
        binned_at=None,
    ).exclude(Exists(Erasure.objects.filter(patron=OuterRef("pk"), ended_at=None)))


@transaction.atomic
def _announce(patron_id: int, *, by: Actor, now: datetime) -> bool:
    """Whether the days have begun; if not, a task asks a person to tell the patron."""
    patron = Patron.objects.get(pk=patron_id)
    if not (patron.email and mail_is_sent()):
        _ask_to_tell(patron, by=by, now=now)
        return False
    _begin_days(patron_id, by=by, now=now)
    return True


@transaction.atomic
def was_not_told(patron_id: int, *, by: Actor, now: datetime) -> None:
    """The message did not arrive: the days end, and a person is asked to tell them."""
    by.require(PatronPermission.ERASE)
    patron = Patron.objects.select_for_update().get(pk=patron_id)
    asked = asked_of(patron_id)
    if asked is not None and asked.cause == Erasure.Cause.INACTIVE:
        take_back_erasure(patron_id, by=by, now=now)
        _ask_to_tell(patron, by=by, now=now)


def _ask_to_tell(patron: Patron, *, by: Actor, now: datetime) -> None:
    kind, unit_id = INACTIVE_UNTOLD, place_of(patron)
    ask(NewErrand(kind=kind, subject_id=patron.pk, unit_id=unit_id), by=by, now=now)


def task_to_tell(patron_id: int) -> Errand | None:
    """The open task to tell a patron that they are inactive."""
    return Errand.objects.filter(
        kind=INACTIVE_UNTOLD.code, subject_id=patron_id, state=Errand.State.OPEN
    ).first()


@transaction.atomic
def begin_days_of_told(patron_id: int, *, by: Actor, now: datetime) -> None:
    """Somebody has told an inactive patron, by a letter say: now the days begin.

    Raises Refused: nobody was asked to tell them, they have used the library since,
    or something stands against it. NotPermitted, Patron.DoesNotExist.
    """
    by.require(PatronPermission.ERASE)
    Patron.objects.select_for_update().get(pk=patron_id, binned_at=None)
    task = task_to_tell(patron_id)
    if task is None or asked_of(patron_id) is not None:
        raise Refused([Refusal(InactiveReason.NOT_TO_BE_TOLD)])
    if active_since([patron_id], task.made_at):
        raise Refused([Refusal(InactiveReason.IN_USE_AGAIN)])
    refuse(against_erasing(patron_id, localdate(now)), by=by)
    _begin_days(patron_id, by=by, now=now)
    settle(task.pk, by=by, now=now)


def _begin_days(patron_id: int, *, by: Actor, now: datetime) -> None:
    Erasure.objects.create(
        patron_id=patron_id,
        asked_at=now,
        asked_by=by.label,
        erase_on=localdate(now) + notice(),
        cause=Erasure.Cause.INACTIVE,
    )
    publish(ErasureAsked(patron_id=patron_id), by=by, at=now)

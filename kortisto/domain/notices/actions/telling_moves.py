"""Tell patrons of dates that a shift has moved: each once, of all of them."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.mailing import mail_is_sent
from kortisto.domain.closures.models import Move
from kortisto.domain.notices.actions.queueing import NewNotice, queue
from kortisto.domain.notices.choices import told_by_mail
from kortisto.domain.notices.closure_kinds import DATES_MOVED
from kortisto.domain.patrons.models import MessageKind, Patron

AT_ONCE: Final = 500


def tell_of_moves(shift_id: int, *, by: Actor, now: datetime) -> int:
    """Queue one message for everybody whom it concerns and e-mail reaches; how many.

    What moves by itself is told to those who want to know when something is late, or
    has arrived. May run twice: a message about the same shift is there already.
    """
    if not mail_is_sent():
        return 0
    last, told = 0, 0
    while patrons := _page(_concerned(shift_id), after=last):
        wanted = [
            NewNotice(
                kind=DATES_MOVED,
                patron_id=patron_id,
                about=f"shift:{shift_id}",
                day=localdate(now),
                facts={"shift_id": shift_id},
            )
            for patron_id in _wanting(patrons)
        ]
        queue(wanted, by=by, now=now)
        told += len(wanted)
        last = patrons[-1].pk
    return told


def reached(patron_ids: Collection[int]) -> int:
    """How many of these would be told, for a preview."""
    wanted, found = sorted(patron_ids), 0
    for start in range(0, len(wanted), AT_ONCE):
        some = _living().filter(pk__in=wanted[start : start + AT_ONCE])
        found += len(_wanting(list(some)))
    return found


def _wanting(patrons: Collection[Patron]) -> list[int]:
    loans = told_by_mail(MessageKind.OVERDUE, patrons)
    holds = told_by_mail(MessageKind.HOLD_READY, patrons)
    return [patron.pk for patron in patrons if patron.pk in {*loans, *holds}]


def _concerned(shift_id: int) -> "QuerySet[Patron]":
    done = Move.objects.filter(shift=shift_id, state=Move.State.DONE)
    by_loan = _living().filter(
        pk__in=done.filter(what=Move.What.DUE).values("loan__patron"),
    )
    return by_loan | _living().filter(
        pk__in=done.exclude(hold=None).values("hold__patron")
    )


def _living() -> "QuerySet[Patron]":
    return Patron.objects.filter(binned_at=None, died_on=None)


def _page(patrons: "QuerySet[Patron]", *, after: int) -> list[Patron]:
    return list(patrons.filter(pk__gt=after).order_by("pk")[:AT_ONCE])

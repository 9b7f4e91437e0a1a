"""Errands: what a program cannot settle, and a person must see to.

Each kind is declared once by the app that asks for it. ``ask`` is called inside the
action that found the need; an errand is finished or dropped by a person, with a note.
Pages call them tasks.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kortisto.core.actors import Actor
from kortisto.core.events import Event, publish
from kortisto.core.models import Errand
from kortisto.core.permissions import Permission
from kortisto.core.refusals import Reason, Refusal, Refused
from kortisto.core.text import tidy

LONGEST_NOTE: Final = 500  # characters


@dataclass(frozen=True, slots=True)
class ErrandKind:
    """``code`` is stored and never changes; ``sentence`` has places for the facts.

    ``page`` is the name of the staff page that shows the subject, whose address takes
    the subject's id; empty when there is none. ``ends_there``: nobody ends it by a
    word; it ends when the work on that page has been done (``settle``).
    """

    code: str
    title: "Promise | str"
    sentence: "Promise | str"
    needs: Permission
    page: str = ""
    ends_there: bool = False


class ErrandReason(Reason):
    ERRAND_HAS_ENDED = "errand-has-ended", _("Somebody has ended this task already.")
    ERRAND_ENDS_THERE = (
        "errand-ends-there",
        _("This task ends by itself when the work on its page has been done."),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandAsked(Event):
    """A person is asked to see to something."""

    errand_id: int
    errand: str  # the code of its kind


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrandEnded(Event):
    """Somebody saw to it, or decided that nothing is to be done."""

    errand_id: int
    errand: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewErrand:
    """What to ask for. ``unit_id`` None: whoever has time, anywhere."""

    kind: ErrandKind
    subject_id: int
    unit_id: int | None
    due_on: date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


_kinds: dict[str, ErrandKind] = {}


def declare(kind: ErrandKind) -> ErrandKind:
    """Raises ValueError when another kind has the code."""
    if _kinds.setdefault(kind.code, kind) != kind:
        message = f"two kinds of errands are called {kind.code}"
        raise ValueError(message)
    return kind


def kinds() -> list[ErrandKind]:
    return list(_kinds.values())


def kind_of(code: str) -> ErrandKind:
    """Raises LookupError for a kind that this version does not know."""
    return _kinds[code]


def ask(new: NewErrand, *, by: Actor, now: datetime) -> Errand:
    """Put an errand on the list, in the caller's transaction.

    While one of the kind is open about the same subject, returns that one unchanged:
    who saw the same thing twice asks once.
    """
    open_one = Errand.objects.filter(
        kind=new.kind.code, subject_id=new.subject_id, state=Errand.State.OPEN
    )
    if (same := open_one.first()) is not None:
        return same
    try:
        with transaction.atomic():
            made = Errand.objects.create(
                kind=new.kind.code,
                subject_id=new.subject_id,
                unit_id=new.unit_id,
                facts=dict(new.facts),
                due_on=new.due_on,
                made_by=by.label,
                made_at=now,
            )
    except IntegrityError:  # another transaction was first, and has committed
        return open_one.get()
    event = ErrandAsked(errand_id=made.pk, errand=made.kind)
    publish(event, by=by, at=now)
    return made


def finish(errand_id: int, note: str, *, by: Actor, now: datetime) -> Errand:
    """It has been seen to. Raises Refused, NotPermitted, Errand.DoesNotExist."""
    _refuse_by_word(errand_id)
    return _end(errand_id, Errand.State.DONE, note, by=by, now=now)


def drop(errand_id: int, note: str, *, by: Actor, now: datetime) -> Errand:
    """Nothing is to be done about it. Raises as ``finish`` does."""
    _refuse_by_word(errand_id)
    return _end(errand_id, Errand.State.DROPPED, note, by=by, now=now)


def settle(errand_id: int, *, by: Actor, now: datetime) -> Errand:
    """The action on its own page has done all of it. Raises as ``finish`` does."""
    return _end(errand_id, Errand.State.DONE, "", by=by, now=now)


def _refuse_by_word(errand_id: int) -> None:
    if kind_of(Errand.objects.get(pk=errand_id).kind).ends_there:
        raise Refused([Refusal(ErrandReason.ERRAND_ENDS_THERE)])


@transaction.atomic
def _end(
    errand_id: int, state: Errand.State, note: str, *, by: Actor, now: datetime
) -> Errand:
    found = Errand.objects.select_for_update().get(pk=errand_id)
    by.require(kind_of(found.kind).needs, found.unit_id)
    if found.state != Errand.State.OPEN:
        raise Refused([Refusal(ErrandReason.ERRAND_HAS_ENDED)])
    found.state = state
    found.note = tidy(note)[:LONGEST_NOTE]
    found.ended_by, found.ended_at = by.label, now
    found.save(update_fields=["state", "note", "ended_by", "ended_at"])
    event = ErrandEnded(errand_id=found.pk, errand=found.kind, state=state.value)
    publish(event, by=by, at=now)
    return found


def open_for(
    by: Actor,
    *,
    units: Collection[int] | None = None,
    among: Collection[ErrandKind] | None = None,
) -> "QuerySet[Errand]":
    """Open errands that somebody may see to: at these units, or wherever they may.

    Those that are bound to no place are among them for whoever has the permission
    anywhere.
    """
    wanted = Q(pk__in=())
    for kind in kinds() if among is None else among:
        if by.may_somewhere(kind.needs):
            wanted |= Q(kind=kind.code) & _places(by, kind.needs, units)
    return Errand.objects.filter(wanted, state=Errand.State.OPEN)


def _places(by: Actor, needs: Permission, units: Collection[int] | None) -> Q:
    nowhere = Q(unit_id=None)
    if needs.value in by.everywhere:
        return Q() if units is None else nowhere | Q(unit_id__in=units)
    may = by.grants.get(needs.value, frozenset())
    return nowhere | Q(unit_id__in=may if units is None else may.intersection(units))


def kinds_for(by: Actor) -> list[ErrandKind]:
    """The kinds that somebody may see to anywhere."""
    return [kind for kind in kinds() if by.may_somewhere(kind.needs)]

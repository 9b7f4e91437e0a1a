"""Take an action back within its window. Undo is an action with its own events.

An action remembers what taking it back needs; ``@undoes`` names who can do it. Apps
declare theirs in a module called ``undoing.py``.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from django.db import transaction
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from kortisto.core.actors import Actor
from kortisto.core.models import UndoStep
from kortisto.core.permissions import Permission
from kortisto.core.refusals import Reason, Refusal, Refused


class UndoReason(Reason):
    TOO_LATE_TO_UNDO = "too-late-to-undo", _("This could be undone until {until}.")
    UNDONE_ALREADY = "undone-already", _("This has been undone already.")
    HAPPENED_SINCE = (
        "happened-since",
        _("Something else has happened since, so this cannot be undone any more."),
    )


class Undoes(Protocol):
    def __call__(self, step: UndoStep, *, by: Actor, now: datetime) -> object:
        """Take the step back and publish its events. May raise Refused."""


U = TypeVar("U", bound=Undoes)

_undoers: dict[str, Undoes] = {}


def undoes(kind: str) -> Callable[[U], U]:
    """Declare what takes back steps of a kind."""

    def declare(function: U) -> U:
        _undoers[kind] = function
        return function

    return declare


def remember(
    kind: str,
    subject_id: int,
    data: Mapping[str, Any],
    *,
    by: Actor,
    at: datetime,
    window: timedelta,
) -> UndoStep:
    """Keep what undoing needs, in the transaction of the action itself.

    ``data`` is plain JSON and is wiped when the window has closed.
    """
    return UndoStep.objects.create(
        kind=kind,
        subject_id=subject_id,
        data=dict(data),
        actor=by.label,
        unit_id=by.library_id,
        done_at=at,
        until=at + window,
    )


def latest(kind: str, subject_id: int) -> UndoStep | None:
    """The newest step of its kind about the subject, whether undone or not."""
    steps = UndoStep.objects.filter(kind=kind, subject_id=subject_id)
    return steps.order_by("-id").first()


def too_late(
    until: datetime, *, because: Reason = UndoReason.TOO_LATE_TO_UNDO
) -> Refusal:
    """What is said after a window has closed: until when it was open."""
    shown = localtime(until).strftime("%-d.%-m.%Y %H.%M")
    return Refusal(because, facts={"until": shown})


def may_undo(step: UndoStep, *, now: datetime) -> list[Refusal]:
    """Every reason why a step cannot be undone now; what the kind itself finds aside.

    A step may be undone until the very end of its window.
    """
    refusals = []
    if step.undone_at is not None:
        refusals.append(Refusal(UndoReason.UNDONE_ALREADY))
    if now > step.until:
        refusals.append(too_late(step.until))
    newer = UndoStep.objects.filter(
        kind=step.kind, subject_id=step.subject_id, id__gt=step.pk, undone_at=None
    )
    if newer.exists():
        refusals.append(Refusal(UndoReason.HAPPENED_SINCE))
    return refusals


@transaction.atomic
def undo(step_id: int, *, by: Actor, now: datetime, needs: Permission) -> UndoStep:
    """Take one step back. Raises Refused with every reason, NotPermitted.

    Raises LookupError when nothing is declared that undoes the kind.
    """
    by.require(needs)
    step = UndoStep.objects.select_for_update().get(pk=step_id)
    if refusals := may_undo(step, now=now):
        raise Refused(refusals)
    _undoers[step.kind](step, by=by, now=now)
    step.undone_at, step.undone_by = now, by.label
    step.save(update_fields=["undone_at", "undone_by"])
    return step

"""Write down what a guardian says about a child's use of open libraries (OMA-2)."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor, ActorKind
from kortisto.core.events import publish
from kortisto.domain.entry.events import GuardianAnswered
from kortisto.domain.entry.models import GuardianPermission
from kortisto.domain.entry.permissions import EntryPermission
from kortisto.domain.entry.queries import is_guardian
from kortisto.domain.entry.reasons import BanReason, refused
from kortisto.domain.patrons.frozen import refuse_if_frozen
from kortisto.domain.patrons.models import Patron

Answer = GuardianPermission.Answer


@transaction.atomic
def set_guardian_permission(
    child_id: int,
    answer: Answer | None,
    *,
    by: Actor,
    now: datetime,
    guardian_id: int | None = None,
) -> None:
    """Yes, no, or None to take the word back. The newest word counts.

    A guardian decides in the web for a child of theirs; staff writes down what a
    guardian said at the desk, and whose word it is when ``guardian_id`` is given.
    Refused when that is no guardian of today. The same word again changes nothing.
    A no counts always, a yes not while the processing of the data is restricted.
    """
    if by.kind is ActorKind.PATRON:
        guardian_id = by.id
    else:
        by.require(EntryPermission.PERMIT)
    child = Patron.objects.select_for_update().get(pk=child_id)
    if guardian_id is None and by.kind is ActorKind.PATRON:
        raise refused(BanReason.NOT_A_GUARDIAN)
    if guardian_id is not None and not is_guardian(
        guardian_id, child.pk, localdate(now)
    ):
        raise refused(BanReason.NOT_A_GUARDIAN)
    in_force = GuardianPermission.objects.filter(child=child, ended_at=None).first()
    if (None if in_force is None else in_force.answer) == answer:
        return
    if answer == Answer.YES:
        refuse_if_frozen(child.pk)
    if in_force is not None:
        in_force.ended_at, in_force.ended_by = now, by.label
        in_force.save(update_fields=["ended_at", "ended_by"])
    if answer is not None:
        GuardianPermission.objects.create(
            child=child,
            answer=answer,
            guardian_id=guardian_id,
            given_by=by.label,
            given_at=now,
            channel=by.channel.value,
        )
    said = "" if answer is None else answer.value
    publish(GuardianAnswered(patron_id=child.pk, answer=said), by=by, at=now)

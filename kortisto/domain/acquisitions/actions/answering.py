"""Staff answer what patrons have suggested, and merge what is the same (ACQ-3)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from kortisto.core.actors import Actor
from kortisto.core.events import Event, publish, publish_many
from kortisto.core.text import ControlCharacters, tidy
from kortisto.domain.acquisitions.answers import NO_TEXT, READY
from kortisto.domain.acquisitions.events import (
    SuggestionAnswered,
    SuggestionMerged,
    SuggestionParted,
)
from kortisto.domain.acquisitions.models import LONGEST_TEXT, Suggestion
from kortisto.domain.acquisitions.permissions import AcquisitionsPermission
from kortisto.domain.acquisitions.reasons import Reason, refused

NEEDS = AcquisitionsPermission.ANSWER_SUGGESTIONS
State = Suggestion.State


@transaction.atomic
def answer_suggestion(
    suggestion_id: int,
    state: str,
    *,
    seen: str,
    by: Actor,
    now: datetime,
    answer: str = NO_TEXT,
    note: str = "",
) -> int:
    """Put a suggestion and those merged with it into a state; how many they are.

    ``answer`` is a code of ``READY`` for the state, ``note`` is read by the patrons.
    ``seen`` is the state that the page showed: Refused (CHANGED_MEANWHILE) when
    somebody was faster. Any state may follow any other, so that a slip is put right.
    """
    row = _locked(suggestion_id, by=by)
    if row.same_as_id is not None:
        raise refused(Reason.MERGED)
    if row.state != seen:
        raise refused(Reason.CHANGED_MEANWHILE)
    if state not in READY or (answer and answer not in READY[state]):
        raise refused(Reason.NO_SUCH_ANSWER)
    told = _note(note)
    group = Suggestion.objects.select_for_update().filter(Q(pk=row.pk) | Q(same_as=row))
    rows = list(group.order_by("pk"))
    is_new = state == State.NEW
    Suggestion.objects.filter(pk__in=[one.pk for one in rows]).update(
        state=state,
        answer=answer,
        note=told,
        answered_at=None if is_new else now,
        answered_by="" if is_new else by.label,
    )
    events: list[Event] = [
        SuggestionAnswered(
            patron_id=one.patron_id, suggestion_id=one.pk, state=str(state)
        )
        for one in rows
    ]
    publish_many(events, by=by, at=now)
    return len(rows)


@transaction.atomic
def merge_suggestions(
    into_id: int, others: Collection[int], *, by: Actor, now: datetime
) -> None:
    """Say that others are the same as one, with whatever was merged into them.

    They are answered as it has been and will be. The permission is needed where each
    of them was made. Refused without any, or for one that has been merged already.
    """
    chosen = set(others) - {into_id}
    if not chosen:
        raise refused(Reason.NOTHING_CHOSEN)
    rows = Suggestion.objects.select_for_update().filter(pk__in={into_id, *chosen})
    found = {row.pk: row for row in rows.order_by("pk")}
    if len(found) != len(chosen) + 1:
        raise Suggestion.DoesNotExist
    for row in found.values():
        by.require(NEEDS, at=row.library_id)
        if row.same_as_id is not None:
            raise refused(Reason.MERGED)
    head = found[into_id]
    Suggestion.objects.filter(Q(pk__in=chosen) | Q(same_as__in=chosen)).update(
        same_as=head,
        state=head.state,
        answer=head.answer,
        note=head.note,
        answered_at=head.answered_at,
        answered_by=head.answered_by,
    )
    told: list[Event] = [
        SuggestionMerged(suggestion_id=pk, into_id=into_id) for pk in sorted(chosen)
    ]
    publish_many(told, by=by, at=now)


@transaction.atomic
def part_suggestion(suggestion_id: int, *, by: Actor, now: datetime) -> int:
    """Undo a merge: it is answered by itself again; the one it was merged into.

    It stays in the state of the other one until somebody answers it.
    """
    row = _locked(suggestion_id, by=by)
    before = row.same_as_id
    if before is None:
        raise refused(Reason.NOT_MERGED)
    row.same_as = None
    row.save(update_fields=["same_as"])
    event = SuggestionParted(suggestion_id=row.pk, from_id=before)
    publish(event, by=by, at=now)
    return before


def _note(text: str) -> str:
    """Refused when it is too long, or nobody could see all of it."""
    try:
        note = tidy(text)
    except ControlCharacters as unseen:
        raise refused(Reason.BAD_TEXT) from unseen
    if len(note) > LONGEST_TEXT:
        raise refused(Reason.BAD_TEXT)
    return note


def _locked(suggestion_id: int, *, by: Actor) -> Suggestion:
    """Raises DoesNotExist, NotPermitted."""
    row = Suggestion.objects.select_for_update().get(pk=suggestion_id)
    by.require(NEEDS, at=row.library_id)
    return row

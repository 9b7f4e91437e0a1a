"""Write notes about a patron and take them back; author and time by themselves."""

from datetime import datetime

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.text import tidy_lines
from kortisto.domain.patrons.actions.writing import to_change
from kortisto.domain.patrons.events import NoteWithdrawn, NoteWritten
from kortisto.domain.patrons.fields import kept_text, longest
from kortisto.domain.patrons.models import PatronNote
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.reasons import Reason, about, unfit


@transaction.atomic
def write_note(
    patron_id: int,
    text: str,
    *,
    audience: PatronNote.Audience,
    by: Actor,
    now: datetime,
) -> PatronNote:
    """A note for staff, or one that the patron sees, without who wrote it (PAT-16).

    Raises Unfit when it says nothing or is longer than 4000 characters.
    """
    by.require(PatronPermission.EDIT)
    to_change(patron_id)
    return add_note(patron_id, text, audience=audience, by=by, now=now)


def add_note(
    patron_id: int,
    text: str,
    *,
    audience: PatronNote.Audience,
    by: Actor,
    now: datetime,
) -> PatronNote:
    """As ``write_note``, inside the transaction of an action that has asked who may."""
    field = f"{audience.value}_note"
    most = longest(PatronNote, "text")
    text = kept_text(text, most, field=field, read=tidy_lines)
    if not text:
        raise unfit(about(field, Reason.NOTE_IS_EMPTY))
    note = PatronNote.objects.create(
        patron_id=patron_id,
        audience=audience,
        text=text,
        author=by.label,
        library_id=by.library_id,
        written_at=now,
    )
    event = NoteWritten(patron_id=patron_id, note_id=note.pk, audience=audience.value)
    publish(event, by=by, at=now)
    return note


@transaction.atomic
def withdraw_note(note_id: int, *, by: Actor, now: datetime) -> None:
    """Take a note off every page; it stays in the record."""
    by.require(PatronPermission.EDIT)
    to_change(PatronNote.objects.get(pk=note_id).patron_id)
    note = PatronNote.objects.select_for_update().get(pk=note_id)
    if note.withdrawn_at is not None:
        return
    note.withdrawn_at, note.withdrawn_by = now, by.label
    note.save(update_fields=["withdrawn_at", "withdrawn_by"])
    event = NoteWithdrawn(patron_id=note.patron_id, note_id=note.pk)
    publish(event, by=by, at=now)

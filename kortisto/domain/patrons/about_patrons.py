"""What the patron register itself holds on a patron; ``personal_data`` says how."""

from itertools import chain, islice
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from kortisto.core.archive import events_about
from kortisto.core.models import (
    ArchivedLog,
    ArchivedPatron,
    IdempotencyKey,
    LoggedEvent,
    UndoStep,
)
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.fields import EDITABLE, label_of
from kortisto.domain.patrons.gathered import value_of, who
from kortisto.domain.patrons.log_words import log_words
from kortisto.domain.patrons.models import (
    Card,
    Erasure,
    FieldChange,
    Guardianship,
    MessageChoice,
    Patron,
    PatronNote,
    PatronWord,
    PinLink,
    Renewal,
    RequestedChange,
    Restriction,
    Source,
)
from kortisto.domain.patrons.personal_data import (
    About,
    Erasing,
    Row,
    WhenRead,
    declare,
    leave_out,
    personal_fields,
)
from kortisto.domain.patrons.records import provenance_of
from kortisto.domain.patrons.viewings import latest_first

MOST_EVENTS: Final = 20_000  # of the log in one file
OTHER_FIELDS: Final = {
    "category": _("Patron category"),
    "home_library": _("Home library"),
    "registered_on": _("Registered on"),
    "registered_by": _("Registered by"),
    "source": _("Where the first data came from"),
    "binned_at": _("Deleted at"),
    "bin_reason": _("Why deleted"),
    "created_at": _("Written into this system"),
    "identity_skipped": _("Why no personal identity code is kept"),
}

GUARDIAN: Final = {
    "guardian": _("Guardian"),
    "dependant": _("Dependant"),
    "name": _("Name"),
    "phone": _("Phone"),
    "email": _("E-mail"),
    "address": _("Address"),
    "kind": _("Kind"),
    "order": _("Order"),
    "gets_bills": _("Gets the bills"),
    "sees_loans": _("Sees the loans"),
    "sees_charges": _("Sees the charges"),
    "starts_on": _("From"),
    "ends_on": _("Until"),
}


def _record(patron_id: int) -> list[Row]:
    """Each value of the record with where it came from (S9)."""
    patrons = Patron.objects.select_related("category", "home_library")
    patron, sources = patrons.get(pk=patron_id), provenance_of(patron_id)
    rows: list[Row] = []
    for name in personal_fields(Patron):
        value, origin = value_of(patron, name, patron_id), sources.get(name)
        if value in {None, "", False}:
            continue
        words = RECORD.words.get(name, name)
        source = "" if origin is None else _source(origin.source)
        at = None if origin is None else origin.at
        rows.append({
            "field": name, "label": str(words), "value": value,
            "source": source, "at": at,
        })  # fmt: skip
    return rows


def _source(code: str) -> str:
    return str(Source(code).label) if code in Source.values else code


def _changes(patron_id: int) -> list[Row]:
    """Every change, with the field as the pages call it."""
    return [
        {
            "field": label_of(row.field.partition(":")[0]),
            "old": row.old,
            "new": row.new,
            "source": _source(row.source),
            "actor": who(row.actor, patron_id),
            "at": row.at,
        }
        for row in FieldChange.objects.filter(patron_id=patron_id).order_by("pk")
    ]


def _requested(patron_id: int) -> list[Row]:
    """Changes that were asked for, with the field as the pages call it."""
    rows = RequestedChange.objects.filter(patron_id=patron_id).order_by("-pk")
    names = personal_fields(RequestedChange)
    return [
        {
            **{one: value_of(row, one, patron_id) for one in names if one != "patron"},
            "field": label_of(row.field),
        }
        for row in rows
    ]


def _log(patron_id: int) -> list[Row]:
    """What the event log says of the patron, the newest first (LOG-2)."""
    tree = organisation()
    at_hand = latest_first(LoggedEvent.objects.filter(patron_id=patron_id))
    rows = chain(at_hand[:MOST_EVENTS], events_about(patron_id))
    return [
        {
            "happened_at": row.happened_at,
            "kind": row.kind,
            "what": log_words(row.kind, row.body.get("page", "")),
            "unit_id": tree.name(row.unit_id),
            "actor": who(row.actor, patron_id),
            "channel": row.channel,
            "body": row.body,
        }
        for row in islice(rows, MOST_EVENTS)
    ]


RECORD: Final = About(
    model=Patron,
    owner="pk",
    title=_("Your record"),
    words={
        **{name: one.label for name, one in EDITABLE.items()},
        **OTHER_FIELDS,
        "label": _("Data"),
        "value": _("Value"),
        "source": _("Where it came from"),
        "at": _("Since"),
    },
    columns=("label", "value", "source", "at"),
    rows=_record,
    erasing=Erasing.DELETE,
)

declare(
    RECORD,
    About(
        model=Card,
        owner="patron",
        title=_("Library cards"),
        words={
            "number": _("Card number"),
            "active": _("In use"),
            "since_on": _("From"),
            "until_on": _("Until"),
            "ending": _("Why it ended"),
            "given_by": _("Given by"),
        },
        order=("-active", "-pk"),
        erasing=Erasing.DELETE,
    ),
    About(
        model=Guardianship,
        owner="dependant",
        title=_("Your guardians"),
        words=GUARDIAN,
        columns=("guardian", "name", "kind", "gets_bills", "starts_on", "ends_on"),
        erasing=Erasing.DELETE,
    ),
    About(
        model=Guardianship,
        owner="guardian",
        title=_("Those whose guardian you are"),
        words=GUARDIAN,
        columns=(
            "dependant",
            "kind",
            "gets_bills",
            "sees_loans",
            "sees_charges",
            "ends_on",
        ),
        erasing=Erasing.DELETE,
    ),
    About(
        model=MessageChoice,
        owner="patron",
        title=_("Choices of messages"),
        words={
            "kind": _("Message"),
            "transport": _("How it comes"),
            "days": _("Days in advance"),
        },
        erasing=Erasing.DELETE,
    ),
    About(
        model=Restriction,
        owner="patron",
        title=_("Restrictions"),
        words={
            "type": _("Kind"),
            "starts_on": _("From"),
            "ends_on": _("Until"),
            "made_by": _("Made by"),
            "made_at": _("Made at"),
            "lifted_at": _("Lifted at"),
            "lifted_by": _("Lifted by"),
            "note": _("Note"),
        },
        columns=("type", "starts_on", "ends_on", "lifted_at"),
        untold=frozenset({"note"}),
        when_read=WhenRead(
            title=_("Restrictions with the notes of staff"),
            columns=("type", "note", "starts_on", "ends_on", "lifted_at"),
        ),
        erasing=Erasing.DELETE,
    ),
    About(
        model=PatronNote,
        owner="patron",
        title=_("Notes that are shown to you"),
        words={
            "audience": _("For whom"),
            "text": _("Note"),
            "author": _("Written by"),
            "library": _("Library"),
            "written_at": _("Written at"),
            "withdrawn_at": _("Withdrawn at"),
            "withdrawn_by": _("Withdrawn by"),
        },
        columns=("text", "library", "written_at", "withdrawn_at"),
        only=Q(audience=PatronNote.Audience.PUBLIC),
        when_read=WhenRead(
            title=_("Notes, also of staff to each other"),
            columns=("audience", "text", "library", "written_at", "withdrawn_at"),
        ),
        erasing=Erasing.DELETE,
    ),
    About(
        model=Renewal,
        owner="patron",
        title=_("Checks of your data"),
        words={
            "checked": _("What was checked"),
            "expired_on": _("Was good until"),
            "expires_on": _("Good until"),
            "source": _("Where it came from"),
            "actor": _("By"),
            "at": _("When"),
        },
        columns=("at", "expired_on", "expires_on", "source"),
        erasing=Erasing.DELETE,
    ),
    About(
        model=FieldChange,
        owner="patron",
        title=_("Changes of your data"),
        words={
            "field": _("Data"),
            "old": _("Before"),
            "new": _("After"),
            "source": _("Where it came from"),
            "actor": _("By"),
            "at": _("When"),
        },
        columns=("at", "field", "old", "new", "source"),
        rows=_changes,
        erasing=Erasing.DELETE,
    ),
    About(
        model=RequestedChange,
        owner="patron",
        title=_("Changes that you have asked for on the web"),
        words={
            "field": _("Data"),
            "old": _("Before"),
            "new": _("After"),
            "asked_by": _("Asked by"),
            "asked_at": _("Asked at"),
            "state": _("State"),
            "note": _("Answer of the library"),
            "answered_by": _("Answered by"),
            "answered_at": _("Answered at"),
        },
        columns=("asked_at", "field", "new", "state", "note"),
        rows=_requested,
        erasing=Erasing.DELETE,
    ),
    About(
        model=PinLink,
        owner="patron",
        title=_("Links by which a PIN is replaced"),
        words={"made_at": _("Made at"), "ends_at": _("Good until")},
        erasing=Erasing.DELETE,
    ),
    About(
        model=Erasure,
        owner="patron",
        title=_("Wishes to be erased"),
        words={
            "asked_at": _("Asked at"),
            "asked_by": _("Asked by"),
            "erase_on": _("To be erased on"),
            "cause": _("Reason"),
            "ended_at": _("Ended at"),
            "ended_by": _("Ended by"),
            "ending": _("How it ended"),
        },
        columns=("asked_at", "erase_on", "ending", "ended_at"),
        erasing=Erasing.DELETE,
    ),
    About(
        model=LoggedEvent,
        owner="patron_id",
        title=_("Who has looked at or handled your data"),
        words={
            "happened_at": _("When"),
            "kind": _("Kind"),
            "what": _("What"),
            "unit_id": _("Where"),
            "actor": _("By"),
            "channel": _("Through"),
            "body": _("Details"),
        },
        columns=("happened_at", "what", "unit_id", "actor"),
        rows=_log,
        erasing=Erasing.KEEP,
    ),
)
leave_out(PatronWord, why="the words of the name and the address again, to be found by")
leave_out(ArchivedLog, why="old months of the log, told together with the new ones")
leave_out(ArchivedPatron, why="where in the archive a patron is, to find it")
leave_out(IdempotencyKey, why="answers to repeated requests, gone after some weeks")
leave_out(UndoStep, why="what taking back needs, wiped within the day")

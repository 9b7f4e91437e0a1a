"""Everything about one patron for a page, in a fixed number of questions."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from kortisto.core.ages import completed_years
from kortisto.domain.patrons.fields import EDITABLE
from kortisto.domain.patrons.models import (
    Card,
    FieldChange,
    Guardianship,
    MessageChoice,
    Patron,
    PatronNote,
    Renewal,
    Restriction,
)
from kortisto.domain.patrons.rules import Tick, guardian_sees, is_minor


@dataclass(frozen=True, slots=True)
class Dependant:
    """A link to somebody who has the patron as a guardian or a contact (PAT-18).

    A contact sees what the dependant has agreed to, and nothing by age.
    """

    link: Guardianship
    sees_loans: bool
    sees_charges: bool
    sees_details: bool  # name, address, phone and e-mail; asks for changes of them


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronRecord:
    """One patron with everything that hangs on the record, as of a day."""

    patron: Patron
    age: int | None
    is_minor: bool
    expired: bool
    card: Card | None
    old_cards: tuple[Card, ...]
    guardians: tuple[Guardianship, ...]  # of every kind, in their order
    dependants: tuple[Dependant, ...]  # of every kind, the oldest first
    staff_notes: tuple[PatronNote, ...]  # the newest first
    public_notes: tuple[PatronNote, ...]
    restrictions: tuple[Restriction, ...]  # in force
    ticks: tuple[Tick, ...]
    last_renewal: Renewal | None

    @property
    def address_hidden(self) -> bool:
        """Whether the address may be shown to nobody without a reason (GDP-5)."""
        return self.patron.is_protected


def record_of(patron_id: int, *, today: date) -> PatronRecord:
    """The record, for whoever may see it: ``view_record`` asks that, and logs it.

    Raises DoesNotExist, also for a patron in the bin.
    """
    patrons = Patron.objects.select_related("category", "home_library")
    patron = patrons.get(pk=patron_id, binned_at=None)
    cards = list(Card.objects.filter(patron_id=patron_id).order_by("-active", "-pk"))
    notes = notes_of(patron_id)
    choices = MessageChoice.objects.filter(patron_id=patron_id)
    renewals = Renewal.objects.filter(patron_id=patron_id).order_by("-pk")
    return PatronRecord(
        patron=patron,
        age=None if patron.born_on is None else completed_years(patron.born_on, today),
        is_minor=is_minor(patron.born_on, today),
        expired=patron.expires_on < today,
        card=next((card for card in cards if card.active), None),
        old_cards=tuple(card for card in cards if not card.active),
        guardians=tuple(guardians_of(patron_id, today)),
        dependants=tuple(linked_to(patron_id, today)),
        staff_notes=notes_for(notes, PatronNote.Audience.STAFF),
        public_notes=notes_for(notes, PatronNote.Audience.PUBLIC),
        restrictions=tuple(restrictions_in_force(patron_id, today)),
        ticks=tuple(
            Tick(*row)
            for row in choices.order_by("kind", "transport").values_list(
                "kind", "transport", "days"
            )
        ),
        last_renewal=renewals.first(),
    )


def address_lines(patron: Patron) -> tuple[str, ...]:
    """Street, postal code and town, country: the lines that hold something."""
    town = f"{patron.postal_code} {patron.city}".strip()
    return tuple(line for line in (patron.street, town, patron.country) if line)


def second_address_lines(patron: Patron) -> tuple[str, ...]:
    """The temporary address, in the same lines."""
    town = f"{patron.second_postal_code} {patron.second_city}".strip()
    lines = (patron.second_street, town, patron.second_country)
    return tuple(line for line in lines if line)


def notes_of(patron_id: int) -> list[PatronNote]:
    """Notes that have not been withdrawn, the newest first."""
    notes = PatronNote.objects.filter(patron_id=patron_id, withdrawn_at=None)
    return list(notes.select_related("library").order_by("-written_at", "-pk"))


def notes_for(
    notes: Iterable[PatronNote], audience: PatronNote.Audience
) -> tuple[PatronNote, ...]:
    """Those of the notes that are meant for these readers."""
    return tuple(note for note in notes if note.audience == audience)


def public_notes_of(patron_id: int) -> list[str]:
    """What the patron may read: the text, never who wrote it (PAT-16)."""
    public = notes_for(notes_of(patron_id), PatronNote.Audience.PUBLIC)
    return [note.text for note in public]


def restrictions_in_force(patron_id: int, today: date) -> "QuerySet[Restriction]":
    """Not lifted, and neither over nor still to come; the last day is in force."""
    rows = Restriction.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today),
        patron_id=patron_id,
        lifted_at=None,
        starts_on__lte=today,
    )
    return rows.select_related("type").order_by("made_at", "pk")


def guardians_of(patron_id: int, today: date) -> "QuerySet[Guardianship]":
    """Guardians and contacts of the patron today, with their patrons fetched."""
    links = _links(today).filter(dependant_id=patron_id).select_related("guardian")
    return links.order_by("order", "pk")


def ended_guardians_of(patron_id: int, today: date) -> "QuerySet[Guardianship]":
    """Links that have been ended, the latest first."""
    links = Guardianship.objects.filter(dependant_id=patron_id, ends_on__lte=today)
    return links.select_related("guardian").order_by("-ends_on", "-pk")


def dependants_of(patron_id: int, today: date) -> list[Dependant]:
    """Whom the patron answers for today, or who have agreed to be seen (PAT-18)."""
    return [
        one
        for one in linked_to(patron_id, today)
        if one.link.answers or one.sees_loans or one.sees_charges
    ]


def linked_to(patron_id: int, today: date) -> list[Dependant]:
    """Everybody of whom the patron is a guardian or a contact today."""
    links = _links(today).filter(guardian_id=patron_id, dependant__binned_at=None)
    links = links.select_related("dependant__category")
    return [
        Dependant(
            link,
            sees_loans=_sees(link, consent=link.sees_loans, today=today),
            sees_charges=_sees(link, consent=link.sees_charges, today=today),
            sees_details=_sees_details(link, today),
        )
        for link in links.order_by("dependant__born_on", "pk")
    ]


def has_family(today: date) -> Exists:
    """In a query of patrons: whether there is anything to see on a family's page."""
    agreed = Q(sees_loans=True) | Q(sees_charges=True)
    links = _links(today).filter(
        (Q(kind__in=Guardianship.ANSWERING) | agreed)
        & Q(guardian_id=OuterRef("pk"), dependant__binned_at=None)
        | Q(dependant_id=OuterRef("pk"))
    )
    return Exists(links)


def _sees(link: Guardianship, *, consent: bool, today: date) -> bool:
    born_on = link.dependant.born_on
    until = link.dependant.category.guardian_sees_until_age
    return guardian_sees(
        consent=consent,
        sees_until_age=until if link.answers else None,
        age=None if born_on is None else completed_years(born_on, today),
    )


def _sees_details(link: Guardianship, today: date) -> bool:
    """By age only: consent is given to loans and charges. Under protection, never."""
    protected = link.dependant.is_protected
    return not protected and _sees(link, consent=False, today=today)


def _links(today: date) -> "QuerySet[Guardianship]":
    """Links by which something may be seen: one that ends today has ended."""
    started = Guardianship.objects.filter(Q(starts_on=None) | Q(starts_on__lte=today))
    return started.exclude(ends_on__lte=today)


# --- where values came from (S9) --------------------------------------------------


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a value came from: who said it, when, through whom. Empty: not known."""

    source: str
    actor: str
    at: datetime | None


def provenance_of(patron_id: int) -> Mapping[str, Provenance]:
    """For every field that people fill in: its newest change, or the registration.

    Other fields that have changed (``pin``, ``message:advance``, ``card``) come along.
    """
    patron = Patron.objects.only(
        "source", "registered_by", "created_at", "registered_on"
    ).get(pk=patron_id)
    newest = (
        FieldChange.objects.filter(patron_id=patron_id)
        .values("field")
        .annotate(last=Max("pk"))
        .values("last")
    )
    changes = FieldChange.objects.filter(pk__in=newest)
    changed = {row.field: Provenance(row.source, row.actor, row.at) for row in changes}
    first = Provenance(patron.source, patron.registered_by, patron.created_at)
    fields = (*EDITABLE, "category", "home_library")
    return {**dict.fromkeys(fields, first), **changed}


def changes_of(patron_id: int, *, field: str | None = None) -> "QuerySet[FieldChange]":
    """The history of a record, or of one field of it, the newest first.

    For whoever may see it: ``view_history`` asks that, and logs it.
    """
    changes = FieldChange.objects.filter(patron_id=patron_id)
    if field is not None:
        changes = changes.filter(field=field)
    return changes.order_by("-pk")

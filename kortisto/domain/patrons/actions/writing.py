"""The one place through which every change of a patron goes (S9).

It writes the row, what was there before, the words by which the patron is found, and
the event; a change that changes nothing writes nothing.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import F

from kortisto.core.actors import Actor, ActorKind
from kortisto.core.events import publish
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.errands import hide_place
from kortisto.domain.patrons.events import PatronChanged
from kortisto.domain.patrons.fields import text_of
from kortisto.domain.patrons.frozen import refuse_if_frozen
from kortisto.domain.patrons.models import (
    FieldChange,
    Patron,
    PatronCategory,
    PatronWord,
    Source,
)
from kortisto.domain.patrons.name_keys import search_keys

UNTOLD: Final = frozenset({"pin", "identity_key"})  # that they changed, never to what
WORDS: Final = frozenset({"surname", "first_names", "street", "postal_code"})
ENDING: Final = frozenset({"binned_at", "died_on"})  # once set, nobody stays logged in
SOURCES: Final = {ActorKind.PATRON: Source.ONLINE, ActorKind.JOB: Source.JOB}


def locked(patron_id: int) -> Patron:
    """The patron, whom nobody else changes until the transaction ends.

    Nothing is joined to the row: what it pointed at may have changed while this waited,
    and PostgreSQL then finds no row at all. Raises Patron.DoesNotExist.
    """
    return Patron.objects.select_for_update().get(pk=patron_id)


def to_change(patron_id: int, *, source: Source | None = None) -> Patron:
    """As ``locked``, of a patron whose data may be used.

    What the population register says is written all the same: an order of protection
    must never wait (GDP-5). Raises Unfit (processing-restricted).
    """
    patron = locked(patron_id)
    if source is not Source.POPULATION_REGISTER:
        refuse_if_frozen(patron_id)
    return patron


def source_of(by: Actor) -> Source:
    """Where what an actor says comes from, when nobody says otherwise."""
    return SOURCES.get(by.kind, Source.DESK)


def write_changes(
    patron: Patron,
    values: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    source: Source | None = None,
    beside: Mapping[str, tuple[str, str]] | None = None,
) -> tuple[str, ...]:
    """Give a locked patron new values; which fields have really changed.

    ``values`` are what the columns hold (a category as a row, a library as its id);
    ``beside`` are changes of what is kept in other tables, already written there, as
    old and new text.
    """
    changes = {
        name: (
            text_in_history(name, _value(patron, name)),
            text_in_history(name, value),
        )
        for name, value in values.items()
        if _value(patron, name) != value
    }
    told = {**changes, **(beside or {})}
    if not told:
        return ()
    for name in changes:
        setattr(patron, attribute_of(name), values[name])
    counted = ["version", "edition"]
    if any(values[name] for name in changes.keys() & ENDING):
        counted.append("session_epoch")
    for name in counted:
        setattr(patron, name, F(name) + 1)
    patron.save(update_fields=[*changes, *counted])
    patron.refresh_from_db(fields=counted)
    if WORDS & changes.keys():
        keep_words(patron)
    if "is_protected" in changes and patron.is_protected:
        hide_place(patron.pk)
    remember(patron, told, by=by, now=now, source=source)
    publish(PatronChanged(patron_id=patron.pk, fields=tuple(told)), by=by, at=now)
    return tuple(told)


def remember(
    patron: Patron,
    told: Mapping[str, tuple[str, str]],
    *,
    by: Actor,
    now: datetime,
    source: Source | None = None,
) -> None:
    """Keep what each field was and is, and who said so."""
    FieldChange.objects.bulk_create(
        FieldChange(
            patron=patron,
            field=name,
            old="" if name in UNTOLD else old,
            new="" if name in UNTOLD else new,
            source=source or source_of(by),
            actor=by.label,
            edition=patron.edition,
            at=now,
        )
        for name, (old, new) in told.items()
    )


def keep_words(patron: Patron) -> None:
    """Make the patron be found by the name and address of now, and by no others."""
    PatronWord.objects.filter(patron=patron).delete()
    PatronWord.objects.bulk_create(
        PatronWord(patron=patron, key=key)
        for key in search_keys(
            patron.surname, patron.first_names, patron.street, patron.postal_code
        )
    )


def attribute_of(name: str) -> str:
    """What a row calls a field: a library is set by its id."""
    return "home_library_id" if name == "home_library" else name


def _value(patron: Patron, name: str) -> Any:
    return getattr(patron, attribute_of(name))


def text_in_history(name: str, value: Any) -> str:
    """A value as ``FieldChange`` keeps it: codes for categories and libraries."""
    if isinstance(value, PatronCategory):
        return value.code
    if name == "home_library":
        return organisation().unit(value).code
    return text_of(value)

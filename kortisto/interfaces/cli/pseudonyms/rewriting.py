"""Go through every table and give each row its invented values, some rows at a time.

May be stopped and begun again: what was invented is invented once more.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import models, transaction
from django.utils import timezone

from kortisto.core.actors import job_actor
from kortisto.core.bulk import insert_rows, update_rows
from kortisto.core.secrecy import our_models
from kortisto.domain.circulation.actions.retelling import tell_titles_again
from kortisto.domain.patrons.models import Card, Patron, PatronWord
from kortisto.domain.patrons.name_keys import search_keys
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.cli.pseudonyms.emptied import (
    GONE,
    begin_the_log_anew,
    empty,
    last_digest,
)
from kortisto.interfaces.cli.pseudonyms.invented import Inventor, Numbers
from kortisto.interfaces.cli.pseudonyms.treatments import Cell, Treatment, Treatments

AT_ONCE: Final = 2_000

Row = dict[str, Any]
Told = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What happens to a table: None for the columns says that its rows go."""

    model: type[models.Model]
    columns: tuple[str, ...] | None
    rows: int


def plans() -> list[Plan]:
    """Every table that does not stay as it is, and how many rows it has."""
    treatments = _treatments(Inventor(0, timezone.localdate()))
    found = [Plan(model, None, _count(model)) for model in GONE]
    for model, treated in _treated(treatments):
        found.append(Plan(model, tuple(sorted(treated)), _count(model)))
    return found


def pseudonymise(*, seed: int, now: datetime, told: Told = lambda _rows: None) -> None:
    """Make everybody in the database an invented person. There is no way back.

    ``told`` hears of each batch how many rows it had.
    """
    treatments = _treatments(Inventor(seed, timezone.localdate(now)))
    digest = last_digest()
    for model in GONE:
        empty(model, told)
    for model, treated in _treated(treatments):
        for rows in _pages(model, treated):
            with transaction.atomic():
                _rewrite(model, treated, rows)
            told(len(rows))
    tell_titles_again(by=job_actor(PatronPermission.EDIT))
    begin_the_log_anew(digest, now=now)


def _treatments(inventor: Inventor) -> Treatments:
    cards = Card.objects.values_list("number", flat=True)
    identifiers = Patron.objects.values_list("hold_identifier", flat=True)
    return Treatments(
        inventor,
        Numbers(cards.iterator(), inventor, "card"),
        Numbers(identifiers.iterator(), inventor, "hold identifier"),
    )


def _treated(
    treatments: Treatments,
) -> Iterator[tuple[type[models.Model], dict[str, Treatment]]]:
    """Patrons come first: a shared surname or phone is met there first."""
    ours = sorted(our_models(), key=lambda model: (model is not Patron, _label(model)))
    for model in ours:
        if model not in GONE and (treated := treated_fields(treatments, model)):
            yield model, treated


def treated_fields(
    treatments: Treatments, model: type[models.Model]
) -> dict[str, Treatment]:
    """By field. Raises LookupError for one of which nothing is decided."""
    fields = (
        *model._meta.concrete_fields,  # noqa: SLF001
        *model._meta.local_many_to_many,  # noqa: SLF001
    )
    decided = {field.attname: treatments.of(model, field) for field in fields}
    return {name: how for name, how in decided.items() if how is not None}


def _pages(model: type[models.Model], treated: Collection[str]) -> Iterator[list[Row]]:
    key = model._meta.pk.attname  # noqa: SLF001
    rows = model._default_manager.order_by("pk").values(key, *treated)  # noqa: SLF001
    page = list(rows[:AT_ONCE])
    while page:
        yield page
        page = list(rows.filter(pk__gt=page[-1][key])[:AT_ONCE])


def _rewrite(
    model: type[models.Model], treated: dict[str, Treatment], rows: Sequence[Row]
) -> None:
    meta = model._meta  # noqa: SLF001
    key = meta.pk.attname
    columns = {field.attname: field.column for field in meta.concrete_fields}
    new = [
        {name: _new(how, Cell(row[key], name, row)) for name, how in treated.items()}
        for row in rows
    ]
    update_rows(
        model,
        [columns[name] for name in treated],
        (
            [*one.values(), row[key]]
            for one, row in zip(new, rows, strict=True)
            if any(value != row[name] for name, value in one.items())
        ),
    )
    if model is Patron:
        _make_findable([row | one for one, row in zip(new, rows, strict=True)])


def _new(how: Treatment, cell: Cell) -> Any:
    """What was empty stays empty."""
    return cell.old if cell.old in ("", None) else how(cell)


def _make_findable(patrons: Sequence[Row]) -> None:
    insert_rows(
        PatronWord,
        ("patron_id", "key"),
        (
            (one["id"], key)
            for one in patrons
            for key in search_keys(
                one["surname"], one["first_names"], one["street"], one["postal_code"]
            )
        ),
    )


def _count(model: type[models.Model]) -> int:
    return model._default_manager.count()  # noqa: SLF001


def _label(model: type[models.Model]) -> str:
    return model._meta.label  # noqa: SLF001

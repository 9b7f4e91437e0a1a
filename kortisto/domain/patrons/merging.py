"""Which rows go with a patron who is merged into another (PAT-14).

Every column of every table that points at a patron is found by itself, so that a new
table loses nothing; only what is said here to stay, stays. A row that would break a
promise of the database (terms that the survivor has accepted as well) stays too, with
the record that goes into the bin. Pure of what apps above know: they may mend their own
tables after an undo by ``@mends``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeVar

from django.db import IntegrityError, models, transaction
from django.db.models.fields.reverse_related import ForeignObjectRel

from kortisto.domain.patrons.models import (
    Card,
    FieldChange,
    Guardianship,
    MessageChoice,
    Patron,
    PatronWord,
    PinLink,
    RequestedChange,
)

STAYING: Final = frozenset(
    {FieldChange, MessageChoice, PatronWord, PinLink, RequestedChange}
)
"""What is about the record itself and not about the person's dealings."""

BY_HAND: Final = frozenset({Card, Guardianship})
"""Moved one by one by ``actions/merge.py``, since they are changed on the way."""

Mend = Callable[[int, int], object]
M = TypeVar("M", bound=Mend)
_mends: list[Mend] = []


def mends(function: M) -> M:
    """Declare what an app puts right after rows went back: gets survivor, other."""
    _mends.append(function)
    return function


def mend(survivor_id: int, other_id: int) -> None:
    for each in _mends:
        each(survivor_id, other_id)


@dataclass(frozen=True, slots=True)
class Column:
    """A column that points at a patron."""

    model: type[models.Model]
    field: str

    @property
    def name(self) -> str:
        """How an undo step keeps it: ``circulation.loan.patron``."""
        return f"{self.model._meta.label_lower}.{self.field}"  # noqa: SLF001

    def of(self, patron_id: int) -> "models.QuerySet[models.Model]":
        rows = self.model._default_manager.filter(**{self.field: patron_id})  # noqa: SLF001
        return rows.order_by("pk")

    def move(self, pks: list[int], patron_id: int) -> list[int]:
        """Point rows at another patron; which of them could be."""
        try:
            with transaction.atomic():
                self._point(pks, patron_id)
        except IntegrityError:
            return [pk for pk in pks if self._could_move(pk, patron_id)]
        return pks

    def _could_move(self, pk: int, patron_id: int) -> bool:
        try:
            with transaction.atomic():
                self._point([pk], patron_id)
        except IntegrityError:
            return False
        return True

    def _point(self, pks: list[int], patron_id: int) -> None:
        rows = self.model._default_manager.filter(pk__in=pks)  # noqa: SLF001
        rows.update(**{f"{self.field}_id": patron_id})


def columns() -> Iterator[Column]:
    """Columns whose rows move, in the order of their names."""
    found = [
        Column(relation.related_model, relation.field.name)
        for relation in Patron._meta.get_fields(include_hidden=True)  # noqa: SLF001
        if isinstance(relation, ForeignObjectRel)
        and isinstance(relation.related_model, type)
        and relation.related_model not in STAYING | BY_HAND
    ]
    yield from sorted(found, key=lambda column: column.name)


def column(name: str) -> Column:
    """Raises LookupError for a column that this version does not have."""
    for each in columns():
        if each.name == name:
            return each
    message = f"no such column: {name}"
    raise LookupError(message)

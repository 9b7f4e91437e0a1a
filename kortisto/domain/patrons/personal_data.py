"""What is held on a patron: which tables, whose rows, what each column is called.

Every app says it once for each of its tables, in a module called ``about_patrons``.
Giving patrons their data, erasing them and the description of the register all ask
here; which columns there are comes from the secrecy of the models, so that a new one
is never forgotten (docs/how-to/tell-what-is-held.md).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, Final

from django.db.models import Model, Q, QuerySet

from kortisto.core.secrecy import Secrecy, fields_of, secrecy_of
from kortisto.core.values import Words

Row = Mapping[str, Any]


class Erasing(StrEnum):
    """What becomes of the rows when their patron is erased."""

    DELETE = "delete"  # they go
    FORGET = "forget"  # they stay for statistics, and nobody knows whose they were
    KEEP = "keep"  # the law keeps them, under a number that has no name any more


@dataclass(frozen=True, kw_only=True)
class WhenRead:
    """How a table is told once staff have read it through: every row and column."""

    title: Words
    columns: tuple[str, ...]  # of the readable file


@dataclass(frozen=True, kw_only=True)
class About:
    """One table that holds something about patrons.

    ``owner`` leads from a row to its patron. ``words`` call the columns; those of
    ``columns`` stand in the readable file, all of them in the one for machines.
    ``untold`` columns are not given away, ``only`` some rows; with ``when_read`` all of
    them are, once staff have read them. ``rows`` gathers what the columns alone cannot
    tell. ``wiped`` is what columns become that are kept.
    """

    model: type[Model]
    owner: str
    title: Words
    words: Mapping[str, Words]
    erasing: Erasing
    columns: tuple[str, ...] = ()
    order: tuple[str, ...] = ("pk",)
    untold: frozenset[str] = frozenset()
    only: Q = field(default_factory=Q)
    when_read: WhenRead | None = None
    rows: Callable[[int], list[Row]] | None = None
    wiped: Mapping[str, Any] = field(default_factory=dict)
    money: frozenset[str] = frozenset()

    @property
    def code(self) -> str:
        """What the group is called in the file for machines."""
        table = str(self.model._meta.db_table)  # noqa: SLF001
        return table if self.owner in COMMON_OWNERS else f"{table}_as_{self.owner}"

    @property
    def read_through(self) -> "About":
        """The same with what staff have written, for staff to read before a patron."""
        if (read := self.when_read) is None:
            return self
        return replace(
            self,
            title=read.title,
            columns=read.columns,
            untold=frozenset(),
            only=Q(),
        )

    @property
    def told(self) -> tuple[str, ...]:
        """The columns that are about the patron, from the secrecy of the model."""
        left_out = self.untold | {self.owner}
        return tuple(
            name for name in personal_fields(self.model) if name not in left_out
        )

    @property
    def readable(self) -> tuple[str, ...]:
        return self.columns or self.told

    def of(self, patron_id: int) -> "QuerySet[Model]":
        """Every row about a patron, whether told or not."""
        rows = self.model._default_manager.filter(**{self.owner: patron_id})  # noqa: SLF001
        return rows.distinct() if "__" in self.owner else rows


@dataclass(frozen=True, kw_only=True)
class Untold:
    """A table with personal columns that is given to no patron, and why."""

    model: type[Model]
    why: str


ERASED: Final = "erased"
"""The surname, and why it was deleted, of a row that is kept for others to point at."""

COMMON_OWNERS: Final = frozenset(
    {"patron", "patron_id", "pk", "dependant", "child", "postings__patron"}
)
"""Those that need not be told in the name of a group."""

_about: list[About] = []
_untold: list[Untold] = []


def declare(*declared: About) -> None:
    """Say which tables of an app hold something about patrons."""
    _about.extend(one for one in declared if one not in _about)


def leave_out(model: type[Model], *, why: str) -> None:
    """Say that a table holds nothing that is a patron's to see, and why."""
    _untold.append(Untold(model=model, why=why))


def about_patrons() -> Sequence[About]:
    """In the order in which they were declared: the record first."""
    return tuple(_about)


def untold_tables() -> Sequence[Untold]:
    return tuple(_untold)


def personal_fields(model: type[Model]) -> tuple[str, ...]:
    """The columns that are secret because they tell about a person."""
    return tuple(
        one.name
        for one in fields_of(model)
        if not one.primary_key and secrecy_of(model, one.name) is Secrecy.PERSONAL
    )

"""A patron's data as it is handed over: in groups, by the names of columns."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db.models import ForeignKey, ManyToManyField, Model
from django.utils.translation import gettext as _

from kortisto.core.actors import ActorKind
from kortisto.core.money import euros
from kortisto.domain.patrons.personal_data import About, Row, about_patrons

ACTOR: Final = re.compile(r"(staff|patron|api|device|job)(?::(\d+))?")
NAMES: Final = ("full_name", "name", "title", "barcode")


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One kind of data. ``rows`` hold plain values: text, numbers, dates, moments."""

    code: str
    title: str
    labels: dict[str, str]
    readable: tuple[str, ...]
    rows: list[Row]
    money: frozenset[str]

    @property
    def heads(self) -> list[str]:
        return [self.labels[name] for name in self.readable]

    @property
    def cells(self) -> Iterator[list[object]]:
        """The readable columns of each row."""
        for row in self.rows:
            yield [
                euros(row[name]) if name in self.money else row.get(name)
                for name in self.readable
            ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """Everything that is held on one patron, as of a moment, in their language."""

    patron_id: int
    name: str
    language: str
    made_at: datetime
    groups: list[Group]
    remarks: list[str]  # what is not among it, and why

    @property
    def plain(self) -> dict[str, Any]:
        """For machines: JSON can hold it. Money is in cents, moments in ISO form."""
        return {
            "made_at": self.made_at.isoformat(),
            "patron": self.patron_id,
            "language": self.language,
            "remarks": self.remarks,
            "groups": [
                {
                    "code": group.code,
                    "title": group.title,
                    "fields": group.labels,
                    "rows": [
                        {name: _plain(value) for name, value in row.items()}
                        for row in group.rows
                    ],
                }
                for group in self.groups
            ],
        }


def groups_of(patron_id: int, *, staff_words: bool) -> list[Group]:
    """One or two statements for each table, in the active language.

    ``staff_words``: with what staff have written for each other.
    """
    abouts = about_patrons()
    if staff_words:
        abouts = [about.read_through for about in abouts]
    return [_group(about, patron_id) for about in abouts]


def _group(about: About, patron_id: int) -> Group:
    rows = _rows(about, patron_id) if about.rows is None else about.rows(patron_id)
    labels = {name: str(words) for name, words in about.words.items()}
    fields = rows[0] if rows else dict.fromkeys(about.told)
    return Group(
        code=about.code,
        title=str(about.title),
        labels={**{name: name for name in fields}, **labels},
        readable=about.readable,
        rows=rows,
        money=about.money,
    )


def _rows(about: About, patron_id: int) -> list[Row]:
    names, meta = about.told, about.model._meta  # noqa: SLF001
    fields = {name: meta.get_field(name) for name in names}
    links = [name for name, one in fields.items() if isinstance(one, ForeignKey)]
    many = [name for name, one in fields.items() if isinstance(one, ManyToManyField)]
    found = about.of(patron_id).filter(about.only).order_by(*about.order)
    found = found.select_related(*links) if links else found
    return [
        {name: value_of(row, name, patron_id) for name in names}
        for row in found.prefetch_related(*many)
    ]


def value_of(row: Model, name: str, patron_id: int) -> Any:
    """A column as it is told: names instead of keys, words instead of codes."""
    one = row._meta.get_field(name)  # noqa: SLF001
    value = getattr(row, name)
    if isinstance(one, ManyToManyField):
        return ", ".join(sorted(called(other) for other in value.all()))
    if isinstance(value, Model):
        return called(value)
    if isinstance(value, str):
        if getattr(one, "choices", None):
            return str(getattr(row, f"get_{name}_display")())
        return who(value, patron_id)
    return value


def called(row: Model) -> str:
    """What a row that is pointed at is called: a name, a title, its number."""
    for name in NAMES:
        if (told := getattr(row, name, None)) is not None:
            return str(told)
    return str(row.pk)


def who(text: str, patron_id: int) -> str:
    """An actor as a patron may know it: never which member of staff. Else the text."""
    actor = ACTOR.fullmatch(text)
    if actor is None:
        return text
    kind, number = actor.groups()
    if kind == ActorKind.PATRON.value:
        return _("Yourself") if number == str(patron_id) else _("Another patron")
    words = {
        ActorKind.STAFF.value: _("The library's staff"),
        ActorKind.JOB.value: _("The library system itself"),
        ActorKind.DEVICE.value: _("A machine of the library"),
        ActorKind.API.value: _("Another system"),
    }
    return words[kind]


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value

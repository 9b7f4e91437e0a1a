"""Explain the rules of one lending: each value, its row, and all that was asked.

This is what the explain screen shows (CIR-6) and what "Why?" on a loan reads.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from kortisto.domain.catalogue.models import ItemType
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import PatronCategory
from kortisto.domain.policies import findings
from kortisto.domain.policies.models import RuleRow
from kortisto.domain.policies.parameter import Parameter
from kortisto.domain.policies.parameters import PARAMETERS
from kortisto.domain.policies.queries import rules_in_force
from kortisto.domain.policies.rules import DEFAULT_LEVEL, Key, Matrix, Row, Terms


@dataclass(frozen=True, slots=True)
class Step:
    """One row that was asked, or could have been. ``shown`` None: an empty cell.

    ``row_id`` None: there is no such row (or, at level 9, it is the default).
    """

    level: int
    label: str
    row_id: int | None
    shown: str | None
    decides: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One parameter: its value in words, who gave it, and the way there."""

    parameter: Parameter[Any]
    value: Any
    shown: str
    source: str
    row_id: int | None
    level: int
    version: int
    chain: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One parameter at several libraries: its value in words by library id."""

    parameter: Parameter[Any]
    shown: Mapping[int, str]

    @property
    def differs(self) -> bool:
        return len(set(self.shown.values())) > 1


Label = Callable[[Row], str]


def explain(
    library_id: int, category_id: int, item_type_id: int, day: date
) -> tuple[Line, ...]:
    """Every parameter of the rules in force on a day, in the order of the matrix."""
    matrix = rules_in_force(day)
    return explain_in(matrix, library_id, category_id, item_type_id)


def explain_in(
    matrix: Matrix, library_id: int, category_id: int, item_type_id: int
) -> tuple[Line, ...]:
    """The same for any version: an old loan's, or a draft before it is published."""
    terms = matrix.terms(library_id, category_id, item_type_id)
    rows = {row.key: row for row in matrix.rows}
    asked = [
        (level, key, rows.get(key))
        for level, key in matrix.keys(library_id, category_id, item_type_id)
    ]
    label = row_labels()
    places = [(level, label(row or _no_row(key)), row) for level, key, row in asked]
    return tuple(
        _line(parameter, terms, places, version=matrix.version)
        for parameter in PARAMETERS.values()
    )


def compare(
    library_ids: Sequence[int], category_id: int, item_type_id: int, day: date
) -> tuple[Comparison, ...]:
    """The rules of several libraries side by side, for one category and type."""
    matrix = rules_in_force(day)
    terms = {
        library_id: matrix.terms(library_id, category_id, item_type_id)
        for library_id in library_ids
    }
    return tuple(
        Comparison(
            parameter,
            {
                library_id: parameter.show(found.source(parameter).value)
                for library_id, found in terms.items()
            },
        )
        for parameter in PARAMETERS.values()
    )


def row_labels() -> Label:
    """A function that names rows in the reader's language; reads the names once."""
    tree = organisation()
    categories = {one.pk: one.name for one in PatronCategory.objects.all()}
    types = {one.pk: one.name for one in ItemType.objects.all()}

    def label(row: Row) -> str:
        return findings.row_label(
            row,
            library=lambda key: tree.name(key) or str(key),
            category=lambda key: categories.get(key, str(key)),
            item_type=lambda key: types.get(key, str(key)),
        )

    return label


def row_label(row_id: int) -> str:
    """The rule row that a trace names, in words; empty when it is not there.

    Published rows never change, so this is how it was when the loan was made.
    """
    found = RuleRow.objects.filter(pk=row_id).values_list(
        "library_id", "category_id", "item_type_id"
    )
    key = found.first()
    return "" if key is None else row_labels()(Row(row_id, *key, values={}))


def row_labels_of(row_ids: Collection[int | None]) -> dict[int | None, str]:
    """The rule rows that a trace names, in words: a fixed number of statements."""
    label = row_labels()
    found = RuleRow.objects.filter(pk__in=set(row_ids) - {None})
    return {
        pk: label(Row(pk, library_id, category_id, item_type_id, values={}))
        for pk, library_id, category_id, item_type_id in found.values_list(
            "pk", "library_id", "category_id", "item_type_id"
        )
    }


def level_name(level: int) -> str:
    """What a level's rows name: "library and item type"."""
    if level == DEFAULT_LEVEL:
        return _("default")
    names = (
        _("library, category and item type"),
        _("library and category"),
        _("library and item type"),
        _("library"),
        _("category and item type"),
        _("category"),
        _("item type"),
        _("everything"),
    )
    return names[level - 1]


def _line(
    parameter: Parameter[Any],
    terms: Terms,
    places: list[tuple[int, str, Row | None]],
    *,
    version: int,
) -> Line:
    found = terms.source(parameter)
    chain = [
        Step(
            level=level,
            label=label,
            row_id=None if row is None else row.id,
            shown=_cell(parameter, row),
            decides=row is not None and row.id == found.row_id,
        )
        for level, label, row in places
    ]
    default = Step(
        level=DEFAULT_LEVEL,
        label=_("default"),
        row_id=None,
        shown=parameter.show(parameter.default),
        decides=found.row_id is None,
    )
    chain.append(default)
    return Line(
        parameter=parameter,
        value=found.value,
        shown=parameter.show(found.value),
        source=next(step.label for step in chain if step.decides),
        row_id=found.row_id,
        level=found.level,
        version=version,
        chain=tuple(chain),
    )


def _no_row(key: Key) -> Row:
    library_id, category_id, item_type_id = (part or None for part in key)
    return Row(0, library_id, category_id, item_type_id, {})


def _cell(parameter: Parameter[Any], row: Row | None) -> str | None:
    if row is None or parameter.key not in row.values:
        return None
    return parameter.show(row.values[parameter.key])

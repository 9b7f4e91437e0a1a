"""A version of the lending rules as pages show it: rows, cells, whose word counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from kortisto.domain.policies.actions.drafts import Place
from kortisto.domain.policies.explain import Label, level_name
from kortisto.domain.policies.parameter import Group, Parameter
from kortisto.domain.policies.parameters import PARAMETERS
from kortisto.domain.policies.rules import Matrix, Row

GROUPS: Final = {
    Group.LOAN: _("Loans"),
    Group.RENEWAL: _("Renewals"),
    Group.FINE: _("Overdue charges"),
    Group.HOLD: _("Holds"),
    Group.RETURN: _("Returns"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """``own``: the row says it itself; else it is inherited from ``source``."""

    shown: str
    own: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MatrixRow:
    label: str
    level: str
    place: str  # as it stands in an address
    cells: tuple[Cell, ...]


def parameters_of(group: Group) -> list[Parameter[Any]]:
    return [one for one in PARAMETERS.values() if one.group is group]


def matrix_rows(
    matrix: Matrix,
    parameters: Sequence[Parameter[Any]],
    label: Label,
    *,
    rows: Sequence[Row],
) -> list[MatrixRow]:
    """The rows, the most general first, every cell filled with what holds there."""
    ordered = sorted(rows, key=lambda row: (-row.level, label(row)))
    by_id = {row.id: row for row in matrix.rows}
    return [
        MatrixRow(
            label=label(row),
            level=level_name(row.level),
            place=place_address(row),
            cells=tuple(
                cell_of(matrix, row, one, label=label, by_id=by_id)
                for one in parameters
            ),
        )
        for row in ordered
    ]


def cell_of(
    matrix: Matrix,
    row: Row,
    parameter: Parameter[Any],
    *,
    label: Label,
    by_id: dict[int, Row],
) -> Cell:
    if parameter.key in row.values:
        return Cell(parameter.show(row.values[parameter.key]), own=True, source="")
    found = matrix.value(parameter, *row.key)
    giver = by_id.get(found.row_id or 0)
    source = str(_("default")) if giver is None else label(giver)
    return Cell(parameter.show(found.value), own=False, source=source)


def place_address(place: Place | Row) -> str:
    """``library=3&item_type=7``: what is left out means all."""
    pairs = (
        ("library", place.library_id),
        ("category", place.category_id),
        ("item_type", place.item_type_id),
    )
    return urlencode([(name, value) for name, value in pairs if value])


def row_at(matrix: Matrix, place: Place) -> Row:
    """The row of a place; an empty one when there is none."""
    wanted = Row(0, place.library_id, place.category_id, place.item_type_id, {})
    return next((row for row in matrix.rows if row.key == wanted.key), wanted)

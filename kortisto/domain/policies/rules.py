"""What the rule matrix says for a library, a patron category and an item type. Pure.

Each parameter is resolved by itself (CIR-2): the first row of the eight levels of
CIR-1 that has a value for it. Where an item type has a parent, a level that names the
type is asked for the type, then for its parent, before the next level: a rule for
"all console games" of the library is nearer than one for "all types" of the library.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Final, Generic, TypeVar

from kortisto.domain.policies.parameter import Parameter
from kortisto.domain.policies.parameters import MAX_LOANS, PARAMETERS

T = TypeVar("T")

DEFAULT_LEVEL: Final = 9
# (library, category, item type): which of the three a level's row names.
LEVELS: Final = (
    (True, True, True),
    (True, True, False),
    (True, False, True),
    (True, False, False),
    (False, True, True),
    (False, True, False),
    (False, False, True),
    (False, False, False),
)
Key = tuple[int, int, int]  # library, category, item type; 0 = all


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the matrix, typed values by parameter key. None means all."""

    id: int
    library_id: int | None
    category_id: int | None
    item_type_id: int | None
    values: Mapping[str, Any]

    @property
    def key(self) -> Key:
        return self.library_id or 0, self.category_id or 0, self.item_type_id or 0

    @property
    def level(self) -> int:
        """1 (library, category and type) to 8 (all), as in CIR-1."""
        named = tuple(part != 0 for part in self.key)
        return LEVELS.index(named) + 1


@dataclass(frozen=True, slots=True)
class Sourced(Generic[T]):
    """A value and the row that gave it; level 9 and no row: the default."""

    value: T
    row_id: int | None
    level: int


@dataclass(frozen=True, slots=True)
class Limit:
    """The most loans at one time within a scope, over all libraries (CIR-5).

    ``scope`` is an item type, which counts loans of the types below it too, or None
    for all loans of the patron. ``value`` None: unlimited, and said so by a row.
    """

    value: int | None
    scope: int | None
    row_id: int
    level: int


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Every value for one library, category and item type, with its source."""

    version: int
    for_loan: bool
    loan_period: int
    loan_period_unit: str
    hard_due_on: date | None
    closed_days: str
    short_loan_days: int | None
    short_loan_holds: int
    max_loans: int | None
    on_site: bool
    day_receipt: bool
    renewals_allowed: int | None
    renew_online: bool
    renewal_period: int | None
    no_renewal_before_days: int | None
    auto_renew: bool
    auto_renew_max_days: int | None
    fine_cents: int
    fine_every_days: int
    fine_charged_at: str
    grace_days: int
    grace_included: bool
    fine_max_cents: int | None
    fine_cap_replacement_price: bool
    fine_counts_closed_days: bool
    holdable: bool
    holds_max: int | None
    holds_per_day: int | None
    holds_per_record: int | None
    holds_on_shelf: str
    item_holds_online: bool
    hold_rule: str
    pickup_rule: str
    pickup_days: int
    recall_days: int | None
    recall_least_days: int
    uncollected_fee_cents: int
    return_rule: str
    lost_refund: str
    limits: tuple[Limit, ...] = ()
    sources: Mapping[str, Sourced[Any]] = field(repr=False, compare=False)

    def source(self, parameter: Parameter[T]) -> Sourced[T]:
        return self.sources[parameter.key]

    def trace(self, *parameters: Parameter[Any]) -> dict[str, Any]:
        """Plain values to keep with a loan or a charge: what came from which row.

        ``{"loan_period": [28, 17, 8]}``: stored value, row, level. Without arguments
        all that rows gave; a parameter that is not there had its default.
        """
        if not parameters:
            return dict(self._whole_trace)
        return {one.key: _told(one, self.sources[one.key]) for one in parameters}

    @cached_property
    def _whole_trace(self) -> dict[str, Any]:
        return {
            key: _told(PARAMETERS[key], source)
            for key, source in self.sources.items()
            if source.row_id is not None
        }


def _told(parameter: Parameter[Any], source: Sourced[Any]) -> list[Any]:
    return [parameter.write(source.value), source.row_id, source.level]


@dataclass(frozen=True)
class Matrix:
    """One version of the rules, compiled so that a look-up touches a few dicts.

    ``type_parents`` maps each item type to its parent (None: it has none); a type
    that it does not know stands alone.
    """

    version: int
    rows: tuple[Row, ...] = ()
    type_parents: Mapping[int, int | None] = field(default_factory=dict)
    _cells: dict[str, dict[Key, tuple[Any, int]]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _lineages: dict[int, tuple[int, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    _terms: dict[Key, Terms] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        for row in self.rows:
            for key, value in row.values.items():
                self._cells.setdefault(key, {})[row.key] = (value, row.id)
        for item_type in self.type_parents:
            self._lineages[item_type] = self._climb(item_type)

    def lineage(self, item_type_id: int) -> tuple[int, ...]:
        """The type, its parent, the parent's parent ..."""
        return self._lineages.get(item_type_id, (item_type_id,))

    def family(self, item_type_id: int) -> frozenset[int]:
        """The type and every type below it: whose loans a limit of it counts."""
        below = {
            other for other, line in self._lineages.items() if item_type_id in line
        }
        return frozenset(below | {item_type_id})

    def value(
        self,
        parameter: Parameter[T],
        library_id: int,
        category_id: int,
        item_type_id: int,
    ) -> Sourced[T]:
        """The value in force and where it comes from."""
        cells = self._cells.get(parameter.key)
        if cells:
            for level, key in self.keys(library_id, category_id, item_type_id):
                found = cells.get(key)
                if found is not None:
                    return Sourced(found[0], found[1], level)
        return Sourced(parameter.default, None, DEFAULT_LEVEL)

    def keys(
        self, library_id: int, category_id: int, item_type_id: int
    ) -> Iterator[tuple[int, Key]]:
        """Every row that could speak, nearest first, with its level (CIR-1)."""
        types = self.lineage(item_type_id)
        for level, (by_library, by_category, by_type) in enumerate(LEVELS, 1):
            library = library_id if by_library else 0
            category = category_id if by_category else 0
            for item_type in types if by_type else (0,):
                yield level, (library, category, item_type)

    def limits(
        self,
        parameter: Parameter[int | None],
        library_id: int,
        category_id: int,
        item_type_id: int,
    ) -> tuple[Limit, ...]:
        """Every limit of a number of loans (or of holds) that is in force here.

        They are for the type, for each type above it, and for all loans together.
        In each scope the nearest row's limit counts; all scopes hold at once.
        """
        cells = self._cells.get(parameter.key, {})
        found: dict[int, Limit] = {}
        for level, key in self.keys(library_id, category_id, item_type_id):
            scope = key[2]
            cell = cells.get(key)
            if cell is not None and scope not in found:
                found[scope] = Limit(cell[0], scope or None, cell[1], level)
        scopes = (*self.lineage(item_type_id), 0)
        return tuple(found[scope] for scope in scopes if scope in found)

    def terms(self, library_id: int, category_id: int, item_type_id: int) -> Terms:
        """All values for one lending; worked out once for each combination."""
        key = (library_id, category_id, item_type_id)
        known = self._terms.get(key)
        if known is not None:
            return known
        sources = {
            name: self.value(parameter, *key) for name, parameter in PARAMETERS.items()
        }
        values: dict[str, Any] = {name: told.value for name, told in sources.items()}
        made = Terms(
            version=self.version,
            limits=self.limits(MAX_LOANS, *key),
            sources=sources,
            **values,
        )
        self._terms[key] = made
        return made

    def row(self, row_id: int) -> Row | None:
        return next((row for row in self.rows if row.id == row_id), None)

    def _climb(self, item_type: int) -> tuple[int, ...]:
        line: list[int] = []
        current: int | None = item_type
        while current is not None and current not in line:
            line.append(current)
            current = self.type_parents.get(current)
        return tuple(line)


def terms(
    matrix: Matrix, library_id: int, category_id: int, item_type_id: int
) -> Terms:
    """All values for one lending, with their sources."""
    return matrix.terms(library_id, category_id, item_type_id)

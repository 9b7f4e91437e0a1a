"""Look for rows that do nothing, say too little, or contradict each other. Pure."""

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.utils.translation import gettext as _

from kortisto.domain.policies.findings import Finding, Kind, Severity, World
from kortisto.domain.policies.parameter import Parameter
from kortisto.domain.policies.parameters import (
    FINE_CENTS,
    FINE_MAX_CENTS,
    FOR_LOAN,
    HARD_DUE_ON,
    LOAN_PERIOD,
    MAX_LOANS,
    PARAMETERS,
    SHORT_LOAN_DAYS,
)
from kortisto.domain.policies.rules import DEFAULT_LEVEL, Key, Row

ANY: Final = 0  # stands for a library, category or type that no row names

Check = Callable[[World], Iterator[Finding]]


def lint(world: World) -> tuple[Finding, ...]:
    """Every finding, the gravest first."""
    found = [finding for check in CHECKS for finding in check(world)]
    order = list(Severity)
    return tuple(sorted(found, key=lambda finding: order.index(finding.severity)))


def rows_that_never_apply(world: World) -> Iterator[Finding]:
    """Rows of a library that is closed, or of something that does not exist."""
    for row in world.matrix.rows:
        if row.library_id is not None and row.library_id not in world.libraries:
            yield _dead_row(world, row, _("The library is closed or unknown."))
        elif row.category_id is not None and row.category_id not in world.categories:
            yield _dead_row(world, row, _("There is no such patron category."))
        elif row.item_type_id is not None and row.item_type_id not in world.item_types:
            yield _dead_row(world, row, _("There is no such item type."))
        elif not row.values:
            yield _dead_row(world, row, _("The row has no values."))


def types_without_items(world: World) -> Iterator[Finding]:
    """Rows of an item type that no item has, nor any type below it."""
    if world.used_types is None:
        return
    for row in world.matrix.rows:
        if row.item_type_id is None or row.item_type_id not in world.item_types:
            continue
        if not world.matrix.family(row.item_type_id) & world.used_types:
            yield Finding(
                Kind.DEAD,
                Severity.NOTICE,
                _("{row}: no item has this type.").format(row=world.label(row)),
                _("Remove the row unless such items are on their way."),
                (row.id,),
            )


def values_that_change_nothing(world: World) -> Iterator[Finding]:
    """Cells that say what would be inherited anyway, wherever the row applies."""
    for row in world.matrix.rows:
        for key, value in row.values.items():
            parameter = PARAMETERS.get(key)
            if parameter is None or parameter is MAX_LOANS:
                continue  # limits of several rows hold together
            by = _inherited(world, row, parameter)
            if by is not None and by.values[key] == value:
                yield _no_change(world, row, parameter, by)


def rows_twice(world: World) -> Iterator[Finding]:
    """Two rows for the same library, category and type."""
    seen: dict[Key, Row] = {}
    for row in world.matrix.rows:
        other = seen.setdefault(row.key, row)
        if other is not row:
            yield Finding(
                Kind.OVERLAPPING,
                Severity.ERROR,
                _("{row} stands twice.").format(row=world.label(row)),
                _("Join the two rows."),
                (other.id, row.id),
            )


def rows_that_compete(world: World) -> Iterator[Finding]:
    """A cell that a more precise library row hides for every patron it was meant for.

    "Library + category" goes before "library + type" (CIR-1): where both say
    something of the same parameter, the second is silent for that category.
    """
    rows = world.matrix.rows
    for first in (row for row in rows if row.category_id and not row.item_type_id):
        for second in (row for row in rows if row.item_type_id and not row.category_id):
            if first.library_id != second.library_id:
                continue
            shared = [
                key
                for key in first.values
                if key in second.values
                and key != MAX_LOANS.key
                and first.values[key] != second.values[key]
            ]
            if shared:
                yield _competing(world, first, second, shared)


def categories_without_rules(world: World) -> Iterator[Finding]:
    """Categories that get no loan period or no fine from any row."""
    for parameter in (LOAN_PERIOD, FINE_CENTS):
        for category, name in world.categories.items():
            missing = [
                label
                for item_type, label in world.item_types.items()
                if _speechless(world, parameter, category, item_type)
            ]
            if missing:
                yield _missing(world, parameter, name, missing)


def fines_without_end(world: World) -> Iterator[Finding]:
    for row in world.matrix.rows:
        if not row.values.get(FINE_CENTS.key):
            continue
        source = world.matrix.value(FINE_MAX_CENTS, *row.key)
        if source.value is None:
            yield Finding(
                Kind.CONTRADICTORY,
                Severity.WARNING,
                _("{row}: the fine grows without a limit.").format(
                    row=world.label(row)
                ),
                _("Give the largest fine for one loan."),
                (row.id,),
                FINE_MAX_CENTS.key,
            )


def due_dates_in_the_past(world: World) -> Iterator[Finding]:
    for row in world.matrix.rows:
        day = row.values.get(HARD_DUE_ON.key)
        if day is not None and day < world.day:
            yield Finding(
                Kind.CONTRADICTORY,
                Severity.WARNING,
                _("{row}: the fixed due date {day} has passed.").format(
                    row=world.label(row), day=HARD_DUE_ON.show(day)
                ),
                _("Move the date to the next term, or clear it."),
                (row.id,),
                HARD_DUE_ON.key,
            )


def limits_above_the_total(world: World) -> Iterator[Finding]:
    """A limit for a type that the limit for all loans makes meaningless."""
    for row in world.matrix.rows:
        limit = row.values.get(MAX_LOANS.key)
        if row.item_type_id is None or limit is None:
            continue
        library, category, item_type = row.key
        total = next(
            (
                other
                for other in world.matrix.limits(
                    MAX_LOANS, library, category, item_type
                )
                if other.scope is None
            ),
            None,
        )
        if total is None or total.value is None or limit <= total.value:
            continue
        yield Finding(
            Kind.CONTRADICTORY,
            Severity.WARNING,
            _(
                "{row}: {limit} of this type are allowed, but only {total} in all."
            ).format(row=world.label(row), limit=limit, total=total.value),
            _("Lower the limit of the type, or raise the limit for all loans."),
            (row.id, total.row_id),
            MAX_LOANS.key,
        )


def short_periods_that_are_longer(world: World) -> Iterator[Finding]:
    for row in world.matrix.rows:
        short = row.values.get(SHORT_LOAN_DAYS.key)
        period = world.matrix.value(LOAN_PERIOD, *row.key)
        if short is not None and short >= period.value:
            yield Finding(
                Kind.CONTRADICTORY,
                Severity.WARNING,
                _(
                    "{row}: the shorter period, {short} days, is not shorter than "
                    "the loan period, {period}."
                ).format(row=world.label(row), short=short, period=period.value),
                _("Give a shorter period that is below the loan period."),
                (row.id,),
                SHORT_LOAN_DAYS.key,
            )


CHECKS: Final[tuple[Check, ...]] = (
    rows_twice,
    rows_that_never_apply,
    types_without_items,
    values_that_change_nothing,
    rows_that_compete,
    categories_without_rules,
    fines_without_end,
    due_dates_in_the_past,
    limits_above_the_total,
    short_periods_that_are_longer,
)


def _dead_row(world: World, row: Row, why: str) -> Finding:
    return Finding(
        Kind.DEAD,
        Severity.WARNING,
        _("{row}: the row never applies. {why}").format(row=world.label(row), why=why),
        _("Remove the row."),
        (row.id,),
    )


def _inherited(world: World, row: Row, parameter: Parameter[Any]) -> Row | None:
    """The row that would speak if this one did not; None when it may be several.

    The default is not meant: to write it out is a decision of its own.
    """
    others = {
        other.key: other
        for other in world.matrix.rows
        if parameter.key in other.values and other.id != row.id
    }
    for level, key in world.matrix.keys(*row.key):
        if key in others and level >= row.level:
            by = others[key]
            return None if _something_between(world, row, by, parameter) else by
    return None


def _something_between(
    world: World, row: Row, by: Row, parameter: Parameter[Any]
) -> bool:
    """Whether a third row would speak, for some lending, instead of ``by``."""
    return any(
        row.level < other.level < by.level and _can_meet(row, other)
        for other in world.matrix.rows
        if parameter.key in other.values and other.id not in {row.id, by.id}
    )


def _can_meet(one: Row, other: Row) -> bool:
    """Whether some lending lies in both rows (types are not compared: they nest)."""
    return all(
        mine == theirs or ANY in {mine, theirs}
        for mine, theirs in zip(one.key[:2], other.key[:2], strict=True)
    )


def _no_change(world: World, row: Row, parameter: Parameter[Any], by: Row) -> Finding:
    return Finding(
        Kind.DEAD,
        Severity.NOTICE,
        _("{row}: {parameter} {value} is the same as “{source}” gives.").format(
            row=world.label(row),
            parameter=parameter.title,
            value=parameter.show(row.values[parameter.key]),
            source=world.label(by),
        ),
        _("Clear the cell: then a change of the other reaches here too."),
        (row.id, by.id),
        parameter.key,
    )


def _competing(world: World, first: Row, second: Row, shared: list[str]) -> Finding:
    titles = ", ".join(
        str(PARAMETERS[key].title) for key in shared if key in PARAMETERS
    )
    return Finding(
        Kind.OVERLAPPING,
        Severity.NOTICE,
        _(
            "“{first}” and “{second}” both decide {parameters}; where they meet, the "
            "first one holds."
        ).format(
            first=world.label(first), second=world.label(second), parameters=titles
        ),
        _("If that is not what is meant, add a row for the two together."),
        (first.id, second.id),
        shared[0],
    )


def _speechless(
    world: World, parameter: Parameter[Any], category: int, item_type: int
) -> bool:
    """No row of the whole consortium gives the value, where items are for loan."""
    if not world.matrix.value(FOR_LOAN, ANY, category, item_type).value:
        return False
    found = world.matrix.value(parameter, ANY, category, item_type)
    return found.level == DEFAULT_LEVEL


def _missing(
    world: World, parameter: Parameter[Any], category: str, missing: list[str]
) -> Finding:
    everything = len(missing) == len(world.item_types)
    types = _("every item type") if everything else ", ".join(missing)
    loan_period = parameter is LOAN_PERIOD
    return Finding(
        Kind.MISSING,
        Severity.ERROR if loan_period else Severity.WARNING,
        _("{category}: no rule gives {parameter} for {types}.").format(
            category=category, parameter=parameter.title, types=types
        ),
        _("Give the value on the row for all libraries."),
        (),
        parameter.key,
    )

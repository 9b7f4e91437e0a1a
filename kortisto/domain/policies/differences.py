"""What is different between two versions of the rules. Pure."""

from dataclasses import dataclass
from typing import Any

from kortisto.domain.policies.parameter import Parameter
from kortisto.domain.policies.parameters import PARAMETERS
from kortisto.domain.policies.rules import Matrix, Row


@dataclass(frozen=True, slots=True)
class Difference:
    """One cell; ``before`` or ``after`` None: there was, or is, no value of its own."""

    row: Row
    parameter: Parameter[Any]
    before: str | None
    after: str | None


def differences(before: Matrix, after: Matrix) -> tuple[Difference, ...]:
    """Every cell that differs, most precise rows first, in the order of parameters."""
    old = {row.key: row for row in before.rows}
    new = {row.key: row for row in after.rows}
    found: list[Difference] = []
    rows = old | new
    for key in sorted(rows, key=lambda one: (rows[one].level, one)):
        for parameter in PARAMETERS.values():
            was, now = _cell(old.get(key), parameter), _cell(new.get(key), parameter)
            if was != now:
                found.append(Difference(rows[key], parameter, was, now))
    return tuple(found)


def _cell(row: Row | None, parameter: Parameter[Any]) -> str | None:
    if row is None or parameter.key not in row.values:
        return None
    return parameter.show(row.values[parameter.key])

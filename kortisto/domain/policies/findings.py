"""What the linter says about a rule matrix, and the names it says it with. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext as _

from kortisto.domain.policies.rules import Matrix, Row


class Severity(StrEnum):
    """An error keeps a version from being published; the rest are told."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


class Kind(StrEnum):
    DEAD = "dead"
    OVERLAPPING = "overlapping"
    MISSING = "missing"
    CONTRADICTORY = "contradictory"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at, in a sentence, and what could be done about it."""

    kind: Kind
    severity: Severity
    sentence: str
    suggestion: str
    row_ids: tuple[int, ...] = ()
    parameter: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What the linter must know besides the rows. Names are in the reader's language.

    ``libraries`` are those in use at ``day``; ``used_types`` have items, None when
    nobody has counted them.
    """

    matrix: Matrix
    day: date
    libraries: Mapping[int, str]
    categories: Mapping[int, str]
    item_types: Mapping[int, str]
    used_types: frozenset[int] | None = None
    closed_libraries: Mapping[int, str] = field(default_factory=dict)

    def label(self, row: Row) -> str:
        """The row in words: whose rule it is."""
        return row_label(
            row,
            library=lambda key: (
                self.libraries.get(key) or self.closed_libraries.get(key, str(key))
            ),
            category=lambda key: self.categories.get(key, str(key)),
            item_type=lambda key: self.item_types.get(key, str(key)),
        )


def row_label(
    row: Row,
    *,
    library: Callable[[int], str],
    category: Callable[[int], str],
    item_type: Callable[[int], str],
) -> str:
    """``Mikkeli, all patrons, DVD``."""
    parts = (
        _("all libraries") if row.library_id is None else library(row.library_id),
        _("all patrons") if row.category_id is None else category(row.category_id),
        _("all item types")
        if row.item_type_id is None
        else item_type(row.item_type_id),
    )
    return ", ".join(parts)

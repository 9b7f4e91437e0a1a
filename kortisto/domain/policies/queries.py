"""Ask for the lending rules in force. Compiled once per process (design, 2)."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef

from kortisto.core.versions import Compiled
from kortisto.domain.catalogue.models import Item, ItemType
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import PatronCategory
from kortisto.domain.policies.findings import Finding, World
from kortisto.domain.policies.linter import lint
from kortisto.domain.policies.models import RuleRow, RuleVersion
from kortisto.domain.policies.parameters import PARAMETERS
from kortisto.domain.policies.rules import Matrix, Row

NO_RULES = 0  # the number of a matrix where nothing was ever published


@dataclass(frozen=True, slots=True)
class _Published:
    """Every published version that can still be asked for, by its start."""

    starts: tuple[tuple[date, int, Matrix], ...]  # start, number; ascending
    empty: Matrix

    def on(self, day: date) -> Matrix:
        for starts_on, _number, matrix in reversed(self.starts):
            if starts_on <= day:
                return matrix
        return self.empty


def rules_in_force(day: date, number: int | None = None) -> Matrix:
    """The rules of a day: the published version with the latest start up to it.

    ``number`` is that of the configuration, when the caller has read it: then nothing
    is asked from the database while it stays the same. Before the first version every
    parameter has its default, and the matrix has the version 0.
    """
    return _compiled.get(number).on(day)


def rules_version(number: int) -> RuleVersion:
    """The version with this number, draft or published. Raises DoesNotExist."""
    return RuleVersion.objects.get(number=number)


def matrix_of(version: RuleVersion) -> Matrix:
    """A version as a matrix, a draft too: for previews, the linter and old loans."""
    return _matrix(version, _type_parents())


def draft() -> RuleVersion | None:
    """The version being prepared, when there is one."""
    return RuleVersion.objects.filter(state=RuleVersion.State.DRAFT).first()


def linted(version: RuleVersion, day: date) -> tuple[Finding, ...]:
    """What the linter says of a version, as it would hold on a day."""
    return lint(world(version, day))


def world(version: RuleVersion, day: date) -> World:
    """A version and the names and facts that the linter looks at."""
    in_use = {node.id: node.name for node in organisation().libraries(on=day)}
    return World(
        matrix=matrix_of(version),
        day=day,
        libraries=in_use,
        closed_libraries={
            node.id: node.name
            for node in organisation().libraries()
            if node.id not in in_use
        },
        categories={one.pk: one.name for one in PatronCategory.objects.all()},
        item_types={one.pk: one.name for one in ItemType.objects.all()},
        used_types=frozenset(
            ItemType.objects.filter(
                Exists(Item.objects.filter(item_type=OuterRef("pk")))
            ).values_list("pk", flat=True)
        ),
    )


def _build() -> _Published:
    """All versions: even an old day can be asked for, when a trace is explained."""
    parents = _type_parents()
    versions = RuleVersion.objects.filter(state=RuleVersion.State.PUBLISHED)
    rows: dict[int, list[RuleRow]] = defaultdict(list)
    for row in RuleRow.objects.filter(version__in=versions).order_by("pk"):
        rows[row.version_id].append(row)
    starts = [
        (
            version.starts_on,
            version.number,
            Matrix(version.number, tuple(map(_row, rows[version.pk])), parents),
        )
        for version in versions.order_by("starts_on", "number")
        if version.starts_on is not None
    ]
    return _Published(tuple(starts), Matrix(NO_RULES, (), parents))


def _type_parents() -> dict[int, int | None]:
    return dict(ItemType.objects.values_list("pk", "parent_id"))


def _matrix(version: RuleVersion, parents: Mapping[int, int | None]) -> Matrix:
    rows = version.rows.order_by("pk")
    return Matrix(version.number, tuple(map(_row, rows)), parents)


def _row(row: RuleRow) -> Row:
    return Row(
        id=row.pk,
        library_id=row.library_id,
        category_id=row.category_id,
        item_type_id=row.item_type_id,
        values=_typed(row.values),
    )


def _typed(values: Mapping[str, object]) -> dict[str, Any]:
    """Stored cells as typed values; a parameter that has since gone is left out."""
    return {
        key: PARAMETERS[key].read(stored)
        for key, stored in values.items()
        if key in PARAMETERS
    }


_compiled = Compiled(_build)

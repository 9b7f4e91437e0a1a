"""Ask about the organisation. What is asked often is compiled once per process."""

from collections import defaultdict

from kortisto.core.versions import Compiled
from kortisto.domain.org.models import (
    CalendarException,
    LibraryGroup,
    SettingValue,
    Unit,
    WeeklyHours,
)
from kortisto.domain.org.rules import ExceptionDays, Opening, WeeklyOpening
from kortisto.domain.org.settings import Setting
from kortisto.domain.org.tree import Level, Node, Organisation

__all__ = ["Level", "Node", "Organisation", "explain_setting", "organisation"]


def organisation(number: int | None = None) -> Organisation:
    """The organisation as of the configuration ``number`` (read when not given)."""
    return _compiled.get(number)


def explain_setting(setting: Setting[object], unit_id: int) -> tuple[Level, ...]:
    """Where a setting's value at a unit comes from, nearest level first."""
    return organisation().explain_setting(setting, unit_id)


def groups_of(library_id: int, purpose: LibraryGroup.Purpose) -> tuple[int, ...]:
    """Ids of the groups of one purpose that a library belongs to."""
    groups = LibraryGroup.objects.filter(purpose=purpose, libraries=library_id)
    return tuple(groups.order_by("code").values_list("pk", flat=True))


def _build() -> Organisation:
    return Organisation(
        units={unit.pk: _node(unit) for unit in Unit.objects.order_by("path")},
        decided=_decided(),
        weekly=_weekly(),
        exceptions=_exceptions(),
    )


def _node(unit: Unit) -> Node:
    return Node(
        id=unit.pk,
        code=unit.code,
        kind=unit.kind,
        names=unit.names,
        parent_id=unit.parent_id,
        path=unit.ancestry,
        hue=unit.hue,
        mobile=unit.mobile,
        self_service=unit.self_service,
        municipality_code=unit.municipality_code,
        opened_on=unit.opened_on,
        closed_on=unit.closed_on,
        closure_names={
            "fi": unit.closure_note_fi,
            "sv": unit.closure_note_sv,
            "en": unit.closure_note_en,
        },
    )


def _decided() -> dict[str, dict[int, object]]:
    decided: dict[str, dict[int, object]] = defaultdict(dict)
    for key, unit_id, value in SettingValue.objects.values_list(
        "key", "unit_id", "value"
    ):
        decided[key][unit_id] = value
    return dict(decided)


def _weekly() -> dict[int, tuple[WeeklyOpening, ...]]:
    weekly: dict[int, list[WeeklyOpening]] = defaultdict(list)
    for row in WeeklyHours.objects.order_by("library", "weekday", "opens"):
        weekly[row.library_id].append(
            WeeklyOpening(
                weekday=row.weekday,
                opening=Opening(row.opens, row.closes, row.self_service),
                starts_on=row.starts_on,
                ends_on=row.ends_on,
            )
        )
    return {library: tuple(rows) for library, rows in weekly.items()}


def _exceptions() -> dict[int, tuple[ExceptionDays, ...]]:
    found: dict[int, list[ExceptionDays]] = defaultdict(list)
    for row in CalendarException.objects.order_by("unit", "starts_on"):
        found[row.unit_id].append(
            ExceptionDays(
                unit_id=row.unit_id,
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                names=row.names,
                weekday=row.weekday,
                yearly=row.yearly,
                open=row.open,
                opening=_other_hours(row),
            )
        )
    return {unit: tuple(rows) for unit, rows in found.items()}


def _other_hours(row: CalendarException) -> Opening | None:
    if not row.open or row.opens is None or row.closes is None:
        return None
    return Opening(row.opens, row.closes)


_compiled = Compiled(_build)

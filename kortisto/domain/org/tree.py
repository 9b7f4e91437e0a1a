"""The organisation as one object in memory: units, settings, calendars. No queries."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, TypeVar

from kortisto.core.names import in_language
from kortisto.domain.org.rules import (
    ClosedPeriod,
    ExceptionDays,
    OpeningCalendar,
    OtherPremises,
    WeeklyOpening,
    weekly_with,
)
from kortisto.domain.org.settings import Setting, Sourced

T = TypeVar("T")

LIBRARY = "library"
PICKING, FLOATING = "picking", "floating"  # purposes of groups
MUNICIPALITY = "municipality"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A unit as the rest of the system reads it. ``path``: ids from the root down."""

    id: int
    code: str
    kind: str
    names: Mapping[str, str]
    parent_id: int | None
    path: tuple[int, ...]
    hue: int = 0
    mobile: bool = False
    self_service: bool = False
    municipality_code: str = ""
    opened_on: date | None = None
    closed_on: date | None = None

    @property
    def name(self) -> str:
        return in_language(dict(self.names))

    def in_use_on(self, day: date) -> bool:
        """Both the first and the last day are in use."""
        started = self.opened_on is None or self.opened_on <= day
        return started and (self.closed_on is None or day <= self.closed_on)


@dataclass(frozen=True, slots=True)
class Level:
    """What one unit says about a setting. ``decides``: its value is the one in force.

    ``unit_id`` None is the default, which stands below every unit's word.
    """

    unit_id: int | None
    value: Any
    inherits: bool
    decides: bool


@dataclass(frozen=True)
class Organisation:
    """Everything about the organisation that hot paths ask; built once per change.

    Unknown ids raise KeyError, except in ``name``: pages also show old log rows.
    """

    units: Mapping[int, Node] = field(default_factory=dict)
    decided: Mapping[str, Mapping[int, object]] = field(default_factory=dict)
    weekly: Mapping[int, tuple[WeeklyOpening, ...]] = field(default_factory=dict)
    exceptions: Mapping[int, tuple[ExceptionDays, ...]] = field(default_factory=dict)
    groups: Mapping[str, Mapping[int, frozenset[int]]] = field(default_factory=dict)
    closures: Mapping[int, tuple[ClosedPeriod, ...]] = field(default_factory=dict)
    premises: Mapping[int, tuple[OtherPremises, ...]] = field(default_factory=dict)
    _codes: dict[str, int] = field(default_factory=dict, init=False, repr=False)
    _below: dict[int, set[int]] = field(default_factory=dict, init=False, repr=False)
    _calendars: dict[int, OpeningCalendar] = field(
        default_factory=dict, init=False, repr=False
    )
    _settings: dict[tuple[str, int | None], Sourced[Any]] = field(
        default_factory=dict, init=False, repr=False
    )

    def __post_init__(self) -> None:
        for node in self.units.values():
            self._codes[node.code.casefold()] = node.id
            for ancestor in node.path:
                self._below.setdefault(ancestor, set()).add(node.id)

    def unit(self, unit_id: int) -> Node:
        return self.units[unit_id]

    def by_code(self, code: str) -> Node:
        """The unit with this code, whatever its letter case. Raises KeyError."""
        return self.units[self._codes[code.casefold()]]

    def name(self, unit_id: int | None) -> str:
        """The unit's name in the reader's language; empty for an unknown one."""
        node = None if unit_id is None else self.units.get(unit_id)
        return "" if node is None else node.name

    def path(self, unit_id: int) -> tuple[int, ...]:
        """Ids from the root down to the unit itself."""
        return self.units[unit_id].path

    def descendants(self, unit_id: int) -> frozenset[int]:
        """The unit and everything below it."""
        return frozenset(self._below[unit_id])

    def children(self, unit_id: int | None) -> tuple[Node, ...]:
        """The units right below, in the order of their names. None: the roots."""
        found = (node for node in self.units.values() if node.parent_id == unit_id)
        return tuple(sorted(found, key=lambda node: node.names["fi"]))

    def libraries(
        self, below: int | None = None, *, on: date | None = None
    ) -> tuple[Node, ...]:
        """Libraries, mobile ones included, by name; ``on``: those in use that day."""
        ids: Iterable[int] = self.units if below is None else self._below[below]
        found = (self.units[unit_id] for unit_id in ids)
        return tuple(
            sorted(
                (
                    node
                    for node in found
                    if node.kind == LIBRARY and (on is None or node.in_use_on(on))
                ),
                key=lambda node: (node.names["fi"], node.id),
            )
        )

    def share_group(self, one: int, other: int, purpose: str) -> bool:
        """Whether two libraries are together in a group of the purpose."""
        members = self.groups.get(purpose, {})
        own = members.get(one, frozenset())
        return not own.isdisjoint(members.get(other, frozenset()))

    def same_picking_group(self, one: int, other: int) -> bool:
        """Whether copies are fetched for one another's patrons first (HLD-20)."""
        return self.share_group(one, other, PICKING)

    def municipality_of(self, unit_id: int) -> int:
        """The nearest municipality: the unit itself or the first one above it.

        A unit that stands below no municipality stands for itself.
        """
        for ancestor in reversed(self.units[unit_id].path):
            if self.units[ancestor].kind == MUNICIPALITY:
                return ancestor
        return unit_id

    def library_of(self, unit_id: int) -> int | None:
        """The library that a desk or a device belongs to; a library is its own."""
        for ancestor in reversed(self.units[unit_id].path):
            if self.units[ancestor].kind == LIBRARY:
                return ancestor
        return None

    def calendar(self, library_id: int) -> OpeningCalendar:
        """The library's own calendar with the closed days of every unit above it."""
        known = self._calendars.get(library_id)
        if known is None:
            closed = self.closures.get(library_id, ())
            known = self._calendars[library_id] = self.calendar_if(library_id, closed)
        return known

    def calendar_if(
        self,
        library_id: int,
        closed: Iterable[ClosedPeriod],
        premises: Iterable[OtherPremises] | None = None,
    ) -> OpeningCalendar:
        """The calendar as it would be if the library were closed in these periods.

        And if it worked elsewhere in those of ``premises``; None: as it will.
        """
        if premises is None:
            premises = self.premises.get(library_id, ())
        path = self.units[library_id].path
        decided = (
            days.seen_from(distance)
            for distance, unit_id in enumerate(reversed(path))
            for days in self.exceptions.get(unit_id, ())
        )
        return OpeningCalendar(
            library_id,
            weekly=weekly_with(self.weekly.get(library_id, ()), premises),
            exceptions=(*decided, *(each.as_days(library_id) for each in closed)),
        )

    def closed_period(self, library_id: int, day: date) -> ClosedPeriod | None:
        """The closure because of which no holds are collected there on a day."""
        return next(
            (
                each
                for each in self.closures.get(library_id, ())
                if each.holds_are_away_on(day)
            ),
            None,
        )

    def premises_on(self, library_id: int, day: date) -> OtherPremises | None:
        """Where the library works on a day when it is not in its own house."""
        periods = self.premises.get(library_id, ())
        return next((each for each in periods if each.holds_on(day)), None)

    def setting(self, setting: Setting[T], unit_id: int | None) -> Sourced[T]:
        """The value in force at a unit and who decided it. None asks the root."""
        key = (setting.key, unit_id)
        known = self._settings.get(key)
        if known is None:
            known = self._settings[key] = self._resolve(setting, unit_id)
        return known

    def explain_setting(self, setting: Setting[T], unit_id: int) -> tuple[Level, ...]:
        """Every level from the unit up to the default, nearest first."""
        decided = self.decided.get(setting.key, {})
        by = self.setting(setting, unit_id).unit_id
        levels = [
            Level(
                place,
                setting.kind.read(decided[place]) if place in decided else None,
                inherits=place not in decided,
                decides=place == by,
            )
            for place in reversed(self.units[unit_id].path)
        ]
        default = Level(None, setting.default, inherits=False, decides=by is None)
        return (*levels, default)

    def _resolve(self, setting: Setting[T], unit_id: int | None) -> Sourced[T]:
        decided = self.decided.get(setting.key)
        if decided:
            path = self._roots() if unit_id is None else self.units[unit_id].path
            for place in reversed(path):
                if place in decided:
                    return Sourced(setting.kind.read(decided[place]), place)
        return Sourced(setting.default, None)

    def _roots(self) -> tuple[int, ...]:
        return tuple(node.id for node in self.units.values() if node.parent_id is None)

"""What changes for a unit that is moved below another: settings, closed days."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kortisto.core.days import written
from kortisto.core.names import in_language
from kortisto.domain.org.rules import ExceptionDays
from kortisto.domain.org.settings import SETTINGS
from kortisto.domain.org.tree import Organisation


@dataclass(frozen=True, slots=True)
class ChangedSetting:
    """A setting that the unit inherits, and that is something else at the new place."""

    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """``lost`` and ``won``: closed and open days that units above it have decided."""

    settings: tuple[ChangedSetting, ...]
    lost: tuple[str, ...]
    won: tuple[str, ...]


def what_changes(tree: Organisation, unit_id: int, to: int, *, today: date) -> Changes:
    """Pure. What the unit has decided itself goes along and is not told."""
    before, after = set(tree.path(unit_id)) - {unit_id}, set(tree.path(to))
    return Changes(
        settings=tuple(_settings(tree, unit_id, to)),
        lost=tuple(_days(tree, before - after, today)),
        won=tuple(_days(tree, after - before, today)),
    )


def _settings(tree: Organisation, unit_id: int, to: int) -> Iterator[ChangedSetting]:
    for setting in SETTINGS.values():
        now = tree.setting(setting, unit_id)
        then = tree.setting(setting, to)
        if now.unit_id != unit_id and now.value != then.value:
            show = setting.kind.show
            yield ChangedSetting(str(setting.title), show(now.value), show(then.value))


def _days(tree: Organisation, units: set[int], today: date) -> Iterator[str]:
    for unit in sorted(units):
        for days in tree.exceptions.get(unit, ()):
            if days.yearly or days.ends_on >= today:
                yield _in_words(days)


def _in_words(days: ExceptionDays) -> str:
    first, last = written(days.starts_on), written(days.ends_on)
    when = first if first == last else f"{first}–{last}"
    name = in_language(dict(days.names))
    return f"{when} {name}".strip()

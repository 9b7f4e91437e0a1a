"""Values compiled once per process and refreshed when their number has grown.

Rules, calendars, settings and the organisation tree share one number,
``configuration``. Whoever changes any of them calls ``configuration_changed()`` in
the same transaction; whoever reads on the hot path gets the number with the facts.
"""

import time
from collections.abc import Callable
from threading import Lock
from typing import Any, Final, Generic, TypeVar

from django.db import connection
from django.db.models import BigIntegerField, F, Value
from django.db.models.functions import Greatest

from kortisto.core.models import CONFIGURATION, Version
from kortisto.core.sql import one_row

T = TypeVar("T")

NUMBER: Final = "SELECT number FROM version WHERE name = %(name)s"


def configuration_number() -> int:
    """The number in force; 0 before anything was ever configured."""
    row = one_row(NUMBER, {"name": CONFIGURATION})
    return 0 if row is None else int(row[0])


def configuration_changed() -> None:
    """Make every process compile its rules, calendars and settings anew.

    The number jumps to the clock's microseconds: a change that was rolled back may
    be kept in memory under its number, which must not come again.
    """
    now = time.time_ns() // 1000
    big = Value(now, output_field=BigIntegerField())  # a bare Value is 32 bits wide
    row = Version.objects.filter(pk=CONFIGURATION)
    if not row.update(number=Greatest(F("number") + 1, big)):
        Version.objects.get_or_create(pk=CONFIGURATION, defaults={"number": now})


_everything: "list[Compiled[Any]]" = []


def forget_everything() -> None:
    """Between tests: a change that was rolled back leaves its number behind."""
    for compiled in _everything:
        compiled.forget()


class Compiled(Generic[T]):
    """A value built from the database once, and again when its number grows.

    Kept for each database by name, so that tests on several databases stay apart.
    """

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._kept: dict[object, tuple[int, T]] = {}
        self._lock = Lock()
        _everything.append(self)

    def get(self, number: int | None = None) -> T:
        """The value at least as new as ``number`` (read now when not given)."""
        if number is None:
            number = configuration_number()
        database = connection.settings_dict["NAME"]
        kept = self._kept.get(database)
        if kept is not None and kept[0] == number:
            return kept[1]
        with self._lock:
            value = self._build()
            self._kept[database] = (number, value)
        return value

    def forget(self) -> None:
        """Tests that roll back a change call this."""
        self._kept.clear()

"""Stops of bookmobiles in words, for whoever chooses one."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, time

from django.utils.translation import gettext as _

from kortisto.core.days import written
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.stop_queries import bus_stops
from kortisto.domain.org.stops import Visit, next_visits


@dataclass(frozen=True, slots=True)
class StopChoice:
    """A stop that can be chosen, with its bookmobile and its next visit."""

    id: int
    library_id: int
    label: str


def stop_choices(library_ids: Collection[int], today: date) -> list[StopChoice]:
    """The stops of these libraries: bookmobile by bookmobile, by name."""
    tree, found = organisation(), []
    for stop in bus_stops().values():
        if stop.library_id in library_ids and stop.library_id in tree.units:
            calendar = tree.calendar(stop.library_id)
            visits = next_visits(stop, calendar, since=today, most=1)
            when = f" · {visit_in_words(visits[0])}" if visits else ""
            label = f"{tree.name(stop.library_id)}: {stop.name}{when}"
            found.append(StopChoice(stop.id, stop.library_id, label))
    return sorted(found, key=lambda choice: choice.label)


def visit_in_words(visit: Visit) -> str:
    """``3.12.2026 at 13.00–13.40``."""
    return _("{day} at {begins}–{ends}").format(
        day=written(visit.day), begins=clock(visit.arrives), ends=clock(visit.leaves)
    )


def clock(at: time) -> str:
    return f"{at.hour}.{at.minute:02}"


def stop_name(stop_id: int | None, library_id: int) -> str:
    """The name of a stop; empty when it is none of this library."""
    stop = None if stop_id is None else bus_stops().get(stop_id)
    return stop.name if stop is not None and stop.library_id == library_id else ""

"""Where a bookmobile stops, in words for the public."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kortisto.domain.org.rules import OpeningCalendar
from kortisto.domain.org.stop_queries import stops_of
from kortisto.domain.org.stop_words import visit_in_words
from kortisto.domain.org.stops import next_visits
from kortisto.interfaces.opac.opening import WEEKDAYS


@dataclass(frozen=True, slots=True)
class StopTold:
    """A stop and the next times that the bookmobile comes."""

    name: str
    place: str
    visits: Sequence[str]


def stops_told(
    calendar: OpeningCalendar, library_id: int, today: date
) -> list[StopTold]:
    """The stops of a bookmobile by name; none of any other library."""
    return [
        StopTold(
            stop.name,
            stop.place,
            [
                f"{WEEKDAYS[visit.day.weekday()]} {visit_in_words(visit)}"
                for visit in next_visits(stop, calendar, since=today)
            ],
        )
        for stop in stops_of(library_id)
    ]

"""Ask about the stops of bookmobiles. Built once per change of the configuration."""

from collections.abc import Mapping

from kortisto.core.versions import Compiled
from kortisto.domain.org.models import BusStop
from kortisto.domain.org.stops import Call, Stop


def bus_stops() -> Mapping[int, Stop]:
    """Every stop by its id, those of a bookmobile together, by name."""
    return _compiled.get()


def stops_of(library_id: int | None) -> list[Stop]:
    """The stops of one bookmobile, by name; none of any other library."""
    return [stop for stop in bus_stops().values() if stop.library_id == library_id]


def _build() -> Mapping[int, Stop]:
    rows = BusStop.objects.order_by("library_id", "name_fi").prefetch_related("calls")
    return {row.pk: _stop(row) for row in rows}


def _stop(row: BusStop) -> Stop:
    calls = (
        Call(one.first_on, one.every_weeks, one.arrives, one.leaves, one.last_on)
        for one in row.calls.all()
    )
    return Stop(
        id=row.pk,
        library_id=row.library_id,
        names=row.names,
        place=row.place,
        calls=tuple(sorted(calls, key=lambda call: (call.first_on, call.arrives))),
    )


_compiled = Compiled(_build)

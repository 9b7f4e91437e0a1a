"""Ask about the vans: the network that plans are made with, and its rounds."""

from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from kortisto.core.versions import Compiled
from kortisto.domain.org.models import VanRound, VanStop
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.tree import Organisation
from kortisto.domain.org.vans import Calls, Round, Stop, VanNetwork


def van_network() -> VanNetwork:
    """The network as of now. Built once per change of the configuration."""
    return _compiled.get()


def rounds_from(day: date) -> QuerySet[VanRound]:
    """The rounds that are not over on a day, by code, each from its start on."""
    return _with_stops().filter(Q(ends_on=None) | Q(ends_on__gte=day))


def calls_of(tree: Organisation) -> Calls:
    """Whether a van calls at a library on a day: not on days that close it specially.

    A library that is shut on some weekday is served on it: the van has a key.
    """

    def calls(library_id: int, day: date) -> bool:
        if not tree.unit(library_id).in_use_on(day):
            return False
        closure = tree.calendar(library_id).why_closed(day)
        return closure is None or not closure.names

    return calls


def _with_stops() -> QuerySet[VanRound]:
    stops = VanStop.objects.order_by("calls_at").select_related("library")
    rounds = VanRound.objects.order_by("code", "starts_on")
    return rounds.prefetch_related(Prefetch("stops", stops))


def _build() -> VanNetwork:
    versions = [_round(row) for row in _with_stops()]
    return VanNetwork(versions, calls=calls_of(organisation()))


def _round(row: VanRound) -> Round:
    return Round(
        code=row.code,
        names=row.names,
        weekdays=frozenset(map(int, row.weekdays)),
        capacity=row.capacity,
        stops=tuple(
            Stop(stop.library_id, stop.calls_at, stop.kilometres)
            for stop in row.stops.all()
        ),
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        run_cents=row.run_cents,
        handling_cents=row.handling_cents,
    )


_compiled = Compiled(_build)

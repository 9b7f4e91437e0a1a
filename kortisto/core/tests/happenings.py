"""Events, permissions and actors that core's own tests use."""

from dataclasses import dataclass
from datetime import UTC, datetime

from kortisto.core.actors import Actor, ActorKind
from kortisto.core.events import Event, publish
from kortisto.core.permissions import Permission

NOON = datetime(2027, 3, 1, 10, 0, tzinfo=UTC)  # 12.00 in Helsinki


class Allowed(Permission):
    RUN_JOBS = "test.run-jobs", "Run jobs"


DESK = Actor(
    kind=ActorKind.STAFF,
    id=12,
    library_id=3,
    grants={Allowed.RUN_JOBS.value: frozenset({3})},
)
NOBODY = Actor(kind=ActorKind.STAFF, id=13, library_id=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorOpened(Event):
    door: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LightWentOn(Event):
    lamp: int


def open_doors(*doors: int) -> None:
    for door in doors:
        publish(DoorOpened(door=door), by=DESK, at=NOON)

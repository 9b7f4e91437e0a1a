"""Tell the rest of the system that something has happened.

An event is a fact in the past tense that holds ids and plain values only. ``publish``
writes it in the caller's transaction; followers read it later (``followers.py``).
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any, ClassVar, Final, TypeVar

from django.db.models import Model
from typing_extensions import override

from kortisto.core.actors import Actor
from kortisto.core.bulk import insert_rows
from kortisto.core.models import LoggedEvent

E = TypeVar("E", bound="Event")
MANY: Final = 50

_kinds: dict[str, type["Event"]] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact in the past tense. Subclasses hold ids and plain values only.

    ``PATRON`` names the field that says whose data the event is about, when it may
    be kept with the person for ever. Events about loans name only the loan, so that
    a forgotten loan history stays forgotten (REQUIREMENTS S35).
    """

    PATRON: ClassVar[str | None] = None
    SHORT_LIVED: ClassVar[bool] = False  # emptied when it is archived

    @override
    def __init_subclass__(cls, **kwargs: object) -> None:
        super(Event, cls).__init_subclass__(**kwargs)
        _kinds[cls.__name__] = cls

    @property
    def body(self) -> dict[str, Any]:
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}

    @property
    def patron(self) -> int | None:
        return None if self.PATRON is None else getattr(self, self.PATRON)


def _plain(value: object) -> object:
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, Model):
        message = "an event holds ids, not rows"
        raise TypeError(message)
    return value


def is_short_lived(kind: str) -> bool:
    """Whether events of a kind lose their content when they are archived."""
    known = _kinds.get(kind)
    return known is not None and known.SHORT_LIVED


def publish(event: Event, *, by: Actor, at: datetime) -> None:
    """Write the event to the log, inside the caller's transaction."""
    publish_many([event], by=by, at=at)


def publish_many(events: list[Event], *, by: Actor, at: datetime) -> None:
    """Write events in their order; thousands at once take the fast way."""
    if len(events) >= MANY:
        insert_rows(
            LoggedEvent,
            ("kind", "body", "actor", "unit_id", "channel", "patron_id", "happened_at"),
            (
                (type(event).__name__, event.body, by.label, by.library_id,
                 by.channel.value, event.patron, at)
                for event in events
            ),
        )  # fmt: skip
        return
    LoggedEvent.objects.bulk_create(row_of(event, by=by, at=at) for event in events)


def row_of(event: Event, *, by: Actor, at: datetime) -> LoggedEvent:
    """The row that tells an event, not written yet."""
    return LoggedEvent(
        kind=type(event).__name__,
        body=event.body,
        actor=by.label,
        unit_id=by.library_id,
        channel=by.channel.value,
        patron_id=event.patron,
        happened_at=at,
    )


def event_from(row: LoggedEvent) -> Event | None:
    """The typed event of a row; None for a kind that this version does not know.

    None also when its content has been taken out. Fields that have come since are left
    at their defaults, fields that have gone are dropped: old events can always be
    replayed.
    """
    kind = _kinds.get(row.kind)
    if kind is None or (not row.body and fields(kind)):
        return None
    known = {field.name for field in fields(kind)}
    return kind(**{name: value for name, value in row.body.items() if name in known})

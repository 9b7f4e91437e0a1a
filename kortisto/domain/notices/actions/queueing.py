"""Put messages into the queue: each once, however often it is asked for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.jobs import enqueue
from kortisto.domain.notices.kinds import NoticeKind
from kortisto.domain.notices.models import Notice, Transport

SEND: Final = "notices.send"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """A message to be written and sent.

    ``about``, ``level`` and ``day`` are its key together with the patron and the kind.
    ``facts`` is JSON that the kind will need when the message is sent; no names.
    It is sent at once, or when the moment ``not_before`` has come.
    """

    kind: NoticeKind
    patron_id: int
    about: str
    day: date
    level: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None


@transaction.atomic
def queue(wanted: Iterable[NewNotice], *, by: Actor, now: datetime) -> None:
    """Have messages sent by e-mail soon; one that is there already stays as it is.

    The queue and the job that empties it are written in the caller's transaction.
    """
    rows = [
        Notice(
            kind=one.kind.code,
            patron_id=one.patron_id,
            about=one.about,
            level=one.level,
            day=one.day,
            facts=dict(one.facts),
            transport=Transport.EMAIL,
            created_at=now,
            next_try_at=max(now, one.not_before or now),
        )
        for one in wanted
    ]
    if rows:
        Notice.objects.bulk_create(rows, ignore_conflicts=True)
        first = min(row.next_try_at or now for row in rows)
        enqueue(SEND, {}, by=by, run_after=first)

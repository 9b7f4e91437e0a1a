"""Tables whose rows go whole: what is in hand, what was said, and what opens doors."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from django.contrib.sessions.models import Session
from django.db import connection, models

from kortisto.core.actors import job_actor
from kortisto.core.audit import GENESIS, ChainResealed
from kortisto.core.events import publish
from kortisto.core.models import (
    ArchivedLog,
    ArchivedPatron,
    Errand,
    FollowerPosition,
    IdempotencyKey,
    Job,
    LoggedEvent,
    Seal,
    SealedContent,
    Throttle,
    UndoStep,
)
from kortisto.domain.notices.models import Notice
from kortisto.domain.org.models import Passkey, SignInLink
from kortisto.domain.patrons.models import (
    FieldChange,
    PatronWord,
    PinLink,
    RequestedChange,
)

THE_LOG: Final[tuple[type[models.Model], ...]] = (
    LoggedEvent, SealedContent, Seal, ArchivedPatron, ArchivedLog, FollowerPosition,
)  # fmt: skip
GONE: Final[tuple[type[models.Model], ...]] = (
    *THE_LOG,
    Job, Errand, IdempotencyKey, Throttle, UndoStep,  # in hand: of the other place
    Session, Passkey, SignInLink, PinLink,  # let somebody in
    Notice, FieldChange, RequestedChange,  # hold what was said of people
    PatronWord,  # made anew from the new names
)  # fmt: skip


def empty(model: type[models.Model], done: Callable[[int], None]) -> None:
    """Remove every row at once; ``done`` is told how many went.

    There may be millions: where nothing that stays points at them, none is looked for.
    """
    rows = model._default_manager.all()  # noqa: SLF001
    count = rows.count()
    if pointed_at(model):
        rows.delete()  # with what each link says
    else:
        with connection.constraint_checks_disabled(), connection.cursor() as cursor:
            cursor.execute(f'DELETE FROM "{model._meta.db_table}"')  # noqa: SLF001
    done(count)


def pointed_at(model: type[models.Model]) -> bool:
    """Whether a table that stays has a link to this one."""
    links = model._meta.get_fields(include_hidden=True)  # noqa: SLF001
    return any(
        isinstance(link, models.ForeignObjectRel) and link.related_model not in GONE
        for link in links
    )


def last_digest() -> str:
    """Where the audit chain ends, in the table or else in the archive."""
    for rows in (Seal.objects, ArchivedLog.objects):
        last = rows.order_by("-id").values_list("digest", flat=True).first()
        if last is not None:
            return str(last)
    return GENESIS


def begin_the_log_anew(old_digest: str, *, now: datetime) -> None:
    """Its first event says where the chain of the other place had come to."""
    note = ChainResealed(seals=0, events=0, broken=0, old_digest=old_digest)
    publish(note, by=job_actor(), at=now)

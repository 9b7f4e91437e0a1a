"""Read a message: staff leave a trace, the patron's own first look is remembered."""

from datetime import datetime

from django.db import transaction

from kortisto.core.actors import Actor, ActorKind, NotPermitted
from kortisto.domain.notices.models import Notice
from kortisto.domain.notices.queries import inbox_of, messages_of
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission


@transaction.atomic
def view_messages(
    patron_id: int, *, by: Actor, now: datetime, before: int | None, most: int
) -> tuple[Patron, list[Notice]]:
    """A patron and what was written to them, without the texts; the look is logged.

    ``before`` goes on after a message. Raises DoesNotExist, NotPermitted.
    """
    patron = view_patron(patron_id, by=by, now=now, page="sent-messages")
    rows = messages_of(patron_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return patron, list(rows[:most])


@transaction.atomic
def view_message(notice_id: int, *, by: Actor, now: datetime) -> tuple[Patron, Notice]:
    """A message with its text, as staff see it; the look is logged.

    Raises DoesNotExist, NotPermitted.
    """
    by.require(PatronPermission.SEE)
    notice = Notice.objects.select_related("library").get(pk=notice_id)
    patron = view_patron(notice.patron_id, by=by, now=now, page="sent-message")
    return patron, notice


@transaction.atomic
def open_own_message(notice_id: int, *, by: Actor, now: datetime) -> Notice:
    """A message that the patron opens; from now on it has been read.

    Raises DoesNotExist for one that is somebody else's or has not been sent.
    """
    if by.kind is not ActorKind.PATRON or by.id is None:
        raise NotPermitted(PatronPermission.SEE)
    notice = inbox_of(by.id).defer(None).get(pk=notice_id)
    if notice.read_at is None:
        notice.read_at = now
        notice.save(update_fields=["read_at"])
    return notice

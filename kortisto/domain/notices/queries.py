"""Ask about messages: texts in force, and what was sent to whom."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate
from django.utils.translation import override

from kortisto.domain.notices.kinds import NoticeKind, kinds
from kortisto.domain.notices.models import Notice, NoticeText, Transport
from kortisto.domain.notices.rules import faults_in
from kortisto.domain.notices.settings import KEPT_YEARS
from kortisto.domain.notices.variables import Type, Values, Wording
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import Patron

State = Notice.State
WAITING: Final = (State.QUEUED, State.FAILED)
TITLES_KEPT: Final = timedelta(days=30)


def wording_of(kind: NoticeKind, language: str) -> tuple[Wording, int]:
    """The text in force with its version; version 0: the shipped one, never changed.

    A text that an older program let in, and this one cannot fill, is passed by.
    """
    newest = texts_of(kind.code, language).first()
    if newest is None:
        return kind.shipped(language), 0
    own = Wording(newest.subject, newest.text)
    if newest.is_shipped or faults_in(own, kind.variables):
        return kind.shipped(language), newest.version
    return own, newest.version


def texts_of(kind: str, language: str) -> "QuerySet[NoticeText]":
    """Every version of a text, the newest first."""
    return NoticeText.objects.filter(kind=kind, language=language).order_by("-version")


def changed_texts() -> Mapping[tuple[str, str], bool]:
    """Kinds and languages that somebody has written, and whether theirs holds."""
    newest = NoticeText.objects.values("kind", "language").annotate(last=Max("version"))
    last = {(row["kind"], row["language"], row["last"]) for row in newest}
    return {
        (row.kind, row.language): not row.is_shipped
        for row in NoticeText.objects.all()
        if (row.kind, row.language, row.version) in last
    }


def common_values(kind: NoticeKind, patron: Patron, *, unit_id: int) -> Values:
    """The variables that every message has, and the pages that it leads to.

    Neither a mailbox nor a page of staff may tell where a protected person borrows:
    to them the consortium writes (GDP-5).
    """
    pages = {
        one.name: f"{settings.PUBLIC_URL}{one.path}"
        for one in kind.variables
        if one.type is Type.ADDRESS and not one.secret
    }
    tree = organisation()
    with override(patron.language):
        roots = tree.children(None)
        hidden = patron.is_protected and bool(roots)
        library = roots[0].name if hidden else tree.name(unit_id)
    names = patron.called_name or patron.first_names or patron.surname
    return {**pages, "name": names, "library": library}


def messages_of(patron_id: int) -> "QuerySet[Notice]":
    """What was written to a patron, the newest first, without the texts."""
    rows = Notice.objects.filter(patron_id=patron_id).select_related("library")
    return rows.defer("text", "facts").order_by("-pk")


def inbox_of(patron_id: int) -> "QuerySet[Notice]":
    """What has reached a patron, for themselves: the newest first."""
    return messages_of(patron_id).filter(state=State.SENT)


def unread() -> "QuerySet[Notice]":
    """Messages to web accounts that nobody has opened yet."""
    rows = Notice.objects.filter(transport=Transport.WEB, state=State.SENT)
    return rows.filter(read_at=None)


UNREAD_MESSAGES: Final = Coalesce(
    Subquery(
        unread()
        .filter(patron=OuterRef("pk"))
        .order_by()
        .values("patron")
        .annotate(count=Count("pk"))
        .values("count")
    ),
    0,
)
"""For a query of patrons: how many messages each has not opened yet."""


def kept_too_long(now: datetime) -> "QuerySet[Notice]":
    """Messages whose year, and as many after it as the setting says, are over (S36).

    One that names a title goes after a month when its patron keeps no history.
    """
    years = organisation().setting(KEPT_YEARS, None).value
    first = localdate(now).replace(month=1, day=1)
    naming = [one.code for one in kinds() if one.names_titles]
    return Notice.objects.filter(
        Q(created_at__date__lt=first.replace(year=first.year - years))
        | Q(
            kind__in=naming,
            patron__history=Patron.History.NEVER,
            created_at__lt=now - TITLES_KEPT,
        )
    )

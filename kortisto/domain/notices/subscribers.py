"""What makes a message be written: events of patrons, of holds and of loans."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

from django.utils.timezone import localdate

from kortisto.core.actors import job_actor
from kortisto.core.events import Event
from kortisto.core.followers import News, follower
from kortisto.core.mailing import mail_is_sent
from kortisto.core.models import LoggedEvent
from kortisto.domain.circulation.events import LoanRecalled
from kortisto.domain.holds.events import HoldArrived, HoldEnded, HoldRequeued
from kortisto.domain.notices import patron_kinds as kinds
from kortisto.domain.notices.actions.queueing import NewNotice, queue
from kortisto.domain.notices.hold_messages import messages_about_holds
from kortisto.domain.notices.kinds import NoticeKind
from kortisto.domain.notices.loan_messages import messages_about_loans
from kortisto.domain.notices.settings import WELCOME_NEW
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.erasures import asked_of
from kortisto.domain.patrons.category_kinds import CUSTOMERS
from kortisto.domain.patrons.events import (
    CardFetched,
    EmailReplaced,
    PatronRegistered,
    PinChanged,
    PinUnlocked,
    RegisteredOnline,
)
from kortisto.domain.patrons.models import Erasure, Patron, Source
from kortisto.domain.patrons.privacy_events import ErasureAsked

AT_THE_LIBRARY: Final = (Source.DESK, Source.POPULATION_REGISTER, Source.ONLINE)
Decide = Callable[[Patron], NoticeKind | None]


@follower(
    "notices",
    kinds=[
        CardFetched,
        EmailReplaced,
        ErasureAsked,
        HoldArrived,
        HoldEnded,
        HoldRequeued,
        LoanRecalled,
        PatronRegistered,
        PinChanged,
        PinUnlocked,
        RegisteredOnline,
    ],
    replayable=False,  # what is older than the messages that are kept would go again
)
def write_to_patrons(news: News) -> None:
    """May run twice: a message about the same event is there already."""
    if not mail_is_sent():
        return
    patrons = Patron.objects.select_related("category").filter(binned_at=None)
    known = patrons.in_bulk([row.patron_id for row, _event in news])
    for row, event in news:
        patron = known.get(row.patron_id or 0)
        if type(event) in DECIDED_BY and event is not None and patron is not None:
            queue(_told(row, event, patron), by=job_actor(), now=row.happened_at)
    if news:
        about_holds = messages_about_holds(news)
        queue(about_holds, by=job_actor(), now=news[-1][0].happened_at)
        about_loans = messages_about_loans(news)
        queue(about_loans, by=job_actor(), now=news[-1][0].happened_at)


def _told(row: LoggedEvent, event: Event, patron: Patron) -> Iterator[NewNotice]:
    """The message about an event, when there is one to be written."""
    kind = DECIDED_BY[type(event)](patron)
    if kind is None:
        return
    facts: dict[str, object] = {"at": row.happened_at.isoformat()}
    if isinstance(event, EmailReplaced):
        facts["change_id"] = event.change_id
    elif not patron.email:
        return
    yield NewNotice(
        kind=kind,
        patron_id=patron.pk,
        about=f"event:{row.pk}",
        day=localdate(row.happened_at),
        facts=facts,
    )


def _welcome(patron: Patron) -> NoticeKind | None:
    """For whoever becomes a customer at the library; not for who was imported."""
    home = patron.home_library_id
    wanted = (
        patron.category.kind in CUSTOMERS
        and patron.source in AT_THE_LIBRARY
        and organisation().setting(WELCOME_NEW, home).value
    )
    return kinds.WELCOME if wanted else None


def _inactive(patron: Patron) -> NoticeKind | None:
    """Those who have asked for it, or whom a person has told, know it."""
    asked = asked_of(patron.pk)
    if asked is None or asked.cause != Erasure.Cause.INACTIVE:
        return None
    return kinds.INACTIVE if asked.asked_by == job_actor().label else None


DECIDED_BY: Final[Mapping[type[Event], Decide]] = {
    CardFetched: _welcome,
    EmailReplaced: lambda _patron: kinds.EMAIL_CHANGED,
    ErasureAsked: _inactive,
    PatronRegistered: _welcome,
    PinChanged: lambda _patron: kinds.PIN_CHANGED,
    PinUnlocked: lambda _patron: kinds.PIN_UNLOCKED,
    RegisteredOnline: lambda _patron: kinds.REGISTERED,
}

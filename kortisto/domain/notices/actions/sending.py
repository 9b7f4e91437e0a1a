"""Empty the queue: claim a message, write it, send it, mark it.

What each transport promises when the program dies in between:

- **e-mail: at most once.** A mail server cannot be asked whether it got a message, so
  one that was claimed and never marked may have arrived. It is not sent again: after
  half an hour it is given up, with the reason in words, and staff see it. A temporary
  failure that the server itself has told of is another thing, and tried again.
- **web account: exactly once.** Nothing leaves the database: the row is the message,
  and it is sent in the transaction that writes it (``writing.py``).

A transport that takes an idempotency key may one day promise at least once; it then
returns interrupted messages to the queue instead of giving them up.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from kortisto.core.failures import AdapterError, back_off
from kortisto.core.mail import AddressRefused, Mail, mail_service
from kortisto.core.mailing import mail_is_sent
from kortisto.domain.notices.kinds import Occasion, kind_of, kinds
from kortisto.domain.notices.models import Notice, Transport
from kortisto.domain.notices.queries import (
    WAITING,
    common_values,
    wording_of,
)
from kortisto.domain.notices.variables import rendered
from kortisto.domain.patrons.models import Patron

logger = logging.getLogger(__name__)

State, Trouble = Notice.State, Notice.Trouble
MOST_ATTEMPTS: Final = 9  # with growing pauses: more than a day
FIRST_PAUSE: Final = timedelta(minutes=1)
LOST_AFTER: Final = timedelta(minutes=30)  # far longer than a mail server may take


@dataclass(slots=True)
class Sent:
    """What one run did."""

    sent: int = 0
    failed: int = 0
    given_up: int = 0


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message that nobody else sends; ``mail`` None: it was given up instead.

    The mail has the secrets that the row has not.
    """

    notice: Notice
    mail: Mail | None = field(repr=False)


def send_waiting(
    *, clock: Callable[[], datetime], stopping: Callable[[], bool]
) -> Sent:
    """Send everything whose time has come, one after the other, until told to stop."""
    done = Sent()
    done.given_up += give_up_interrupted(now=clock())
    while not stopping() and (claimed := claim(now=clock())) is not None:
        if claimed.mail is not None:
            _send(claimed.notice, claimed.mail, clock=clock)
        state = claimed.notice.state
        done.sent += state == State.SENT
        done.failed += state == State.FAILED
        done.given_up += state == State.GIVEN_UP
    return done


def claim(*, now: datetime) -> Claimed | None:
    """Take the message that has waited longest and write it; None when none is due.

    The claim, the text as it will go and whatever the text makes (a link to a new
    PIN) are committed before anything is sent.
    """
    while (found := _due(now).values_list("pk", "patron_id").first()) is not None:
        try:
            with transaction.atomic():
                claimed = _claim(*found, now=now)
        except Exception:
            # One message that cannot be written holds up no other.
            logger.exception("message %s cannot be written", found[0])
            claimed = _set_aside(found[0], now=now)
        if claimed is not None:
            return claimed
    return None


def give_up_interrupted(*, now: datetime) -> int:
    """Give up what was claimed long ago and never marked; how many."""
    lost = _known().filter(state=State.SENDING, claimed_at__lt=now - LOST_AFTER)
    ids = list(lost.values_list("pk", flat=True))
    return sum(_give_up_lost(notice_id, now=now) for notice_id in ids)


@transaction.atomic
def _give_up_lost(notice_id: int, *, now: datetime) -> bool:
    """Whether it was still lost, and no other worker was first."""
    lost = Notice.objects.select_for_update().filter(pk=notice_id, state=State.SENDING)
    notice = lost.first()
    if notice is None:
        return False
    _end(notice, State.GIVEN_UP, Trouble.INTERRUPTED, now=now)
    return True


def _set_aside(notice_id: int, *, now: datetime) -> Claimed:
    """What cannot be written is tried again later, in case that it is mended."""
    notice = Notice.objects.get(pk=notice_id)
    notice.attempts += 1
    _tried(notice, Trouble.BROKEN, now=now)
    return Claimed(notice, None)


def _due(now: datetime) -> "QuerySet[Notice]":
    """The longest waiting first."""
    due = _known().filter(state__in=WAITING, next_try_at__lte=now)
    return due.filter(transport=Transport.EMAIL).order_by("next_try_at", "pk")


def _known() -> "QuerySet[Notice]":
    """Of kinds that this version knows; the others wait for theirs."""
    return Notice.objects.filter(kind__in=[one.code for one in kinds()])


def _claim(notice_id: int, patron_id: int, *, now: datetime) -> Claimed | None:
    """None when somebody else has taken it, or it has gone with its patron."""
    locked = Patron.objects.select_for_update(of=("self",), no_key=True)
    patrons = locked.select_related("category", "home_library")
    patron = patrons.filter(pk=patron_id).first()
    mine = _due(now).select_for_update().filter(pk=notice_id, patron_id=patron_id)
    notice = mine.first()
    if patron is None or notice is None:
        return None
    notice.attempts += 1
    notice.claimed_at = now
    written = _write(notice, patron, now=now)
    if isinstance(written, Mail):
        _end(notice, State.SENDING, now=now)
        return Claimed(notice, written)
    _end(notice, State.GIVEN_UP, written, now=now)
    return Claimed(notice, None)


def _write(notice: Notice, patron: Patron, *, now: datetime) -> "Mail | Notice.Trouble":
    """Fill the row with what is sent, or tell why it cannot go as things are now."""
    if patron.binned_at is not None or patron.died_on is not None:
        return Trouble.NOT_NEEDED
    if not mail_is_sent():
        return Trouble.NO_SERVICE
    kind = kind_of(notice.kind)
    occasion = Occasion(patron=patron, facts=notice.facts, now=now)
    notice.address = kind.address(occasion)
    if not notice.address:
        return Trouble.NO_ADDRESS
    if notice.author:  # a person has written it
        return Mail(to=notice.address, subject=notice.subject, text=notice.text)
    found = kind.find(occasion)
    if found is None:
        return Trouble.NOT_NEEDED
    values = {**common_values(kind, patron, unit_id=patron.home_library_id), **found}
    wording, notice.template_version = wording_of(kind, patron.language)
    notice.language = patron.language
    kept = rendered(wording, kind.variables, values)
    notice.subject, notice.text = kept.subject, kept.text
    told = rendered(wording, kind.variables, values, secrets=True)
    return Mail(to=notice.address, subject=told.subject, text=told.text)


def _send(notice: Notice, mail: Mail, *, clock: Callable[[], datetime]) -> None:
    """Hand a claimed message over and mark what became of it."""
    try:
        mail_service().send(mail)
    except AdapterError as error:
        _not_sent(notice, error, now=clock())
    else:
        notice.sent_at = clock()
        _end(notice, State.SENT, now=notice.sent_at)


def _not_sent(notice: Notice, error: AdapterError, *, now: datetime) -> None:
    trouble = _trouble(error)
    if error.permanent:
        _end(notice, State.GIVEN_UP, trouble, now=now)
    else:
        _tried(notice, trouble, now=now, pause=error.retry_after or 0)


def _tried(
    notice: Notice, trouble: Notice.Trouble, *, now: datetime, pause: float = 0
) -> None:
    """Plan the next try, ``pause`` seconds away at least; or give up after many."""
    if notice.attempts >= MOST_ATTEMPTS:
        _end(notice, State.GIVEN_UP, trouble, now=now)
        return
    wait = back_off(notice.attempts, first=FIRST_PAUSE)
    again = now + max(wait, timedelta(seconds=pause))
    _end(notice, State.FAILED, trouble, now=now, next_try_at=again)


def _trouble(error: AdapterError) -> Notice.Trouble:
    if isinstance(error, AddressRefused):
        return Trouble.ADDRESS_REFUSED
    return Trouble.REFUSED if error.permanent else Trouble.UNREACHABLE


@transaction.atomic
def _end(
    notice: Notice,
    state: Notice.State,
    trouble: Notice.Trouble | None = None,
    *,
    now: datetime,
    next_try_at: datetime | None = None,
) -> None:
    notice.state = state
    notice.trouble = trouble or ""
    notice.next_try_at = next_try_at
    notice.save(
        update_fields=[
            "state",
            "trouble",
            "next_try_at",
            "attempts",
            "claimed_at",
            "sent_at",
            "address",
            "language",
            "template_version",
            "subject",
            "text",
        ]
    )
    if state == State.GIVEN_UP and trouble != Trouble.NOT_NEEDED:
        kind = kind_of(notice.kind)
        if kind.not_told is not None:
            kind.not_told(notice.patron_id, now)

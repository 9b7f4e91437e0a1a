"""Know a workstation again, and renew its credential before it ends (pain 24)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from kortisto.core import tokens
from kortisto.domain.org.actions.workstations import lifetime
from kortisto.domain.org.models import Workstation, WorkstationUse

AGAIN: Final = timedelta(hours=1)  # a renewal that did not arrive is sent anew
MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Known:
    """A workstation that may be used; ``token`` is what it shall send from now on."""

    workstation: Workstation
    token: str = ""


def recognise(text: str, *, now: datetime) -> Known | None:
    """The workstation that sends this credential; None: nobody we know.

    Half-way through its life a credential is followed by a new one, and is good until
    the new one has been used: an answer that is lost on the way does no harm.
    """
    sent = tokens.parse(text)
    if sent is None:
        return None
    row = Workstation.objects.filter(pk=sent.device_id, removed_at=None).first()
    is_next = tokens.opens(sent, row.next_digest or None if row else None)
    is_now = tokens.opens(sent, row.token_digest or None if row else None)
    if row is None or not (is_now or is_next):
        return None
    if row.token_until is None or row.token_until <= now:
        return None
    if is_next:
        _take_into_use(row, now=now)
    _seen(row, now=now)
    return Known(row, _renewed(row, now=now))


def _take_into_use(row: Workstation, *, now: datetime) -> None:
    row.token_digest, row.token_since = row.next_digest, now
    row.next_digest, row.next_since = "", None
    row.save(update_fields=["token_digest", "token_since", "next_digest", "next_since"])


def _renewed(row: Workstation, *, now: datetime) -> str:
    """A new credential when it is time for one; one of many requests at once wins."""
    if row.token_since is None or now - row.token_since < lifetime(row.unit_id) / 2:
        return ""
    if row.next_since is not None and now - row.next_since < AGAIN:
        return ""
    secret = tokens.new_secret()
    same = Workstation.objects.filter(pk=row.pk, next_since=row.next_since)
    won = same.update(next_digest=tokens.digest(secret), next_since=now)
    return f"{row.pk}.{secret}" if won else ""


def _seen(row: Workstation, *, now: datetime) -> None:
    """To the minute; only one that nobody uses comes to its end."""
    if row.last_seen_at is None or now - row.last_seen_at >= MINUTE:
        row.last_seen_at, row.token_until = now, now + lifetime(row.unit_id)
        row.save(update_fields=["last_seen_at", "token_until"])


def note_use(workstation_id: int, staff_id: int, *, now: datetime) -> None:
    """Somebody works at a workstation; the first and the last moment are kept."""
    uses = WorkstationUse.objects.filter(
        workstation_id=workstation_id, staff_id=staff_id
    )
    if not uses.update(last_at=now):
        WorkstationUse.objects.get_or_create(
            workstation_id=workstation_id,
            staff_id=staff_id,
            defaults={"first_at": now, "last_at": now},
        )

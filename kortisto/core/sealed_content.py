"""The one form of an event that digests are taken over, in three parts.

``what`` is the body; ``who`` is the actor, the patron and the moment; the rest (kind,
place, day) stays for ever. The first two can be taken out later (``taking_out.py``) and
leave their digests, so that the chain still holds. A random salt goes with them: else
whoever has the digest could try every item and every minute until one fits.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from hashlib import sha256
from secrets import token_bytes
from typing import Any, Final

from kortisto.core.cron import LOCAL
from kortisto.core.models import LoggedEvent, SealedContent

SEALER: Final = "audit-chain"  # the follower that seals
SALT: Final = 16  # bytes
NOBODY: Final = ""  # the actor of an event that has been emptied


@dataclass(frozen=True, slots=True)
class Digests:
    """Of the two parts that can go."""

    what: bytes
    who: bytes


def link_digest(previous: str, events: Iterable[tuple[LoggedEvent, Digests]]) -> str:
    """What a seal says of its events and of the seal before it.

    A line for each event: JSON and two hexadecimal numbers hold no line break.
    """
    digest = sha256(previous.encode())
    for event, content in events:
        digest.update(b"\n" + for_ever(event))
        digest.update(f"{content.what.hex()}{content.who.hex()}".encode())
    return digest.hexdigest()


def new_salt() -> bytes:
    return token_bytes(SALT)


def canonical(facts: Mapping[str, Any]) -> bytes:
    """Facts in one form only. JSON holds no line break: lines stay apart."""
    text = json.dumps(facts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def for_ever(event: LoggedEvent) -> bytes:
    """What of an event is never taken out."""
    facts = {
        "txid": event.txid,
        "id": event.id,
        "kind": event.kind,
        "unit_id": event.unit_id,
        "channel": event.channel,
        "day": event.happened_at.astimezone(LOCAL).date().isoformat(),
    }
    return canonical(facts)


def digest_of_what(event: LoggedEvent, salt: bytes) -> bytes:
    return sha256(_own(salt, b"what") + canonical({"body": event.body})).digest()


def who_salt(salt: bytes) -> bytes:
    """What is kept of a salt while only the body has been taken out."""
    return _own(salt, b"who")


def digest_of_who(event: LoggedEvent, own_salt: bytes) -> bytes:
    """``own_salt`` is ``who_salt`` of the event's salt."""
    at = event.happened_at.astimezone(UTC)
    facts = {
        "actor": event.actor,
        "patron_id": event.patron_id,
        "happened_at": at.isoformat(timespec="microseconds"),
    }
    return sha256(own_salt + canonical(facts)).digest()


def digests_of(event: LoggedEvent, salt: bytes) -> Digests:
    return Digests(digest_of_what(event, salt), digest_of_who(event, who_salt(salt)))


def _own(salt: bytes, part: bytes) -> bytes:
    """A salt for each part, so that one may be forgotten without the other."""
    return sha256(salt + part).digest()[:SALT]


def morning(at: datetime) -> datetime:
    """The moment that an emptied event has: the beginning of its day."""
    return datetime.combine(at.astimezone(LOCAL).date(), time(), tzinfo=LOCAL)


def digests_now(event: LoggedEvent, sealed: SealedContent) -> Digests | None:
    """The digests of what is there, and of what has been taken out.

    None when the row is not what its mark says: emptied without a mark, or filled again
    in spite of one.
    """
    if sealed.salt is not None:
        return digests_of(event, bytes(sealed.salt))
    if sealed.what_digest is None or event.body != {}:
        return None
    what = bytes(sealed.what_digest)
    if sealed.who_salt is not None:
        return Digests(what, digest_of_who(event, bytes(sealed.who_salt)))
    if sealed.who_digest is None or not _nobody_at_dawn(event):
        return None
    return Digests(what, bytes(sealed.who_digest))


def _nobody_at_dawn(event: LoggedEvent) -> bool:
    empty = (NOBODY, None, morning(event.happened_at))
    return (event.actor, event.patron_id, event.happened_at) == empty

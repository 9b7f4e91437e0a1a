"""Read what a desk without a connection sends. Pure: plain values in and out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from kortisto.core.text import ControlCharacters, card_code

CHECKOUT, CHECKIN = "checkout", "checkin"
MOST_AT_ONCE: Final = 200  # in one request
MOST_OF_A_KIT: Final = 5_000
LONGEST_CODE: Final = 30
CLOCK: Final = timedelta(minutes=5)  # so far the clock of a workstation may be off


class NotReadable(ValueError):
    """What came is no work of an offline desk: nothing of it was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One thing that a desk did; ``told_due_on`` is what the patron was told."""

    key: UUID
    kind: str
    at: datetime
    barcode: str
    card: str = ""
    told_due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Unclear:
    """One that cannot be read; the others of the batch are none the worse for it."""

    key: UUID


@dataclass(frozen=True, slots=True)
class Batch:
    """Which desk it comes from, as its ticket says, and what it did, in order."""

    ticket: str
    work: tuple[Done | Unclear, ...]


def read_batch(raw: object) -> Batch:
    """Raises NotReadable for what is no batch, or is too much for one."""
    if not isinstance(raw, Mapping):
        raise NotReadable
    ticket, work = raw.get("ticket"), raw.get("work")
    if not isinstance(ticket, str) or not isinstance(work, Sequence):
        raise NotReadable
    if isinstance(work, str) or not 1 <= len(work) <= MOST_AT_ONCE:
        raise NotReadable
    return Batch(ticket, tuple(_one(each) for each in work))


def _one(raw: object) -> Done | Unclear:
    if not isinstance(raw, Mapping):
        raise NotReadable
    try:
        key = UUID(str(raw.get("key")))
    except ValueError as nothing:
        raise NotReadable from nothing
    try:
        return _done(key, raw)
    except (ValueError, ControlCharacters):
        return Unclear(key)


def _done(key: UUID, raw: Mapping[str, Any]) -> Done:
    kind, told = raw.get("kind"), raw.get("due_on")
    at = datetime.fromisoformat(_text(raw.get("at")))
    if kind not in {CHECKOUT, CHECKIN} or at.tzinfo is None:
        raise ValueError
    return Done(
        key=key,
        kind=kind,
        at=at,
        barcode=_code(raw.get("barcode")),
        card=_code(raw.get("card")) if kind == CHECKOUT else "",
        told_due_on=None if told is None else date.fromisoformat(_text(told)),
    )


def _code(raw: object) -> str:
    code = card_code(_text(raw))
    if not 1 <= len(code) <= LONGEST_CODE:
        raise ValueError
    return code


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueError  # noqa: TRY004 - of the text, as all the others
    return raw


def happened_while_at_work(
    at: datetime, *, made_at: datetime, expires_at: datetime, now: datetime
) -> bool:
    """Whether the desk was without a connection then; clocks may differ a little."""
    return made_at - CLOCK <= at <= min(expires_at, now) + CLOCK

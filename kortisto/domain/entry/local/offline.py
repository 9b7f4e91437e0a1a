"""Decide while the database is away: the same rule, on the copy of this machine."""

import hmac
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.utils.timezone import localtime

from kortisto.core import tokens
from kortisto.core.text import ControlCharacters, card_code
from kortisto.domain.entry.actions.deciding import Attempt, Outcome
from kortisto.domain.entry.local.store import NoCopy, PersonRecord, Store
from kortisto.domain.entry.local.waiting import Waiting, WrongPins
from kortisto.domain.entry.queries import Door
from kortisto.domain.entry.reasons import Reason
from kortisto.domain.entry.rules import Decision, decide, denied
from kortisto.domain.patrons.pin_hashes import check_against_nobody, matches
from kortisto.domain.patrons.pins import digest_of_try

AHEAD: Final = timedelta(minutes=5)  # a clock that was set back is no news


def door_of(token: tokens.Token, store: Store) -> Door | None:
    """The door that a token was given to. Raises NoCopy."""
    record = store.door(token.device_id)
    if not tokens.opens(token, None if record is None else record.token_digest):
        return None
    assert record is not None  # noqa: S101 - an unknown door opens nothing
    return Door(
        library_id=record.library_id, label=record.label, device_id=token.device_id
    )


def decide_offline(
    card: str,
    pin: str,
    *,
    door: Door,
    key: str,
    store: Store,
    waiting: Waiting,
    now: datetime,
) -> Outcome:
    """As ``decide_entry``. The attempt waits on this machine until it is delivered.

    A copy that is too old, or none at all, lets nobody in (OMA-3).
    """
    try:
        outcome = _decide(card, pin, door=door, store=store, waiting=waiting, now=now)
    except NoCopy:
        outcome = Outcome(denied(Reason.STALE))
    person = outcome.person
    attempt = Attempt(
        key=key,
        at=now,
        door=door,
        patron_id=None if person is None else person.patron_id,
        code=outcome.decision.code,
        offline=True,
    )
    waiting.put(attempt)
    return outcome


def _decide(
    card: str,
    pin: str,
    *,
    door: Door,
    store: Store,
    waiting: Waiting,
    now: datetime,
) -> Outcome:
    library = store.library(door.library_id)
    if library is None:
        return Outcome(denied(Reason.MISCONFIGURED))
    age = now - store.state().confirmed_at
    if not -AHEAD <= age <= timedelta(hours=library.snapshot_hours):
        return Outcome(denied(Reason.STALE))
    record = _by_card(card, store)
    refused = _wrong(pin, record, waiting=waiting, now=now)
    if refused is not None or record is None:
        return Outcome(refused or denied(Reason.DENIED))
    decision = decide(record.facts, library.conditions, localtime(now))
    return Outcome(decision, record.facts)


def _by_card(card: str, store: Store) -> PersonRecord | None:
    try:
        number = card_code(card)
    except ControlCharacters:
        return None
    return store.person_by_card(number)


def _wrong(
    pin: str, record: PersonRecord | None, *, waiting: Waiting, now: datetime
) -> Decision | None:
    """Why the PIN will not do; None when it is right. As ``patrons.actions.pin``."""
    if record is None or not record.pin_hash or not pin:
        check_against_nobody(pin)
        return denied(Reason.DENIED)
    patron_id = record.facts.patron_id
    here = waiting.wrong_pins(patron_id)
    if any(
        until is not None and until > now
        for until in (record.locked_until, here.locked_until)
    ):
        return denied(Reason.LOCKED)
    if matches(pin, record.pin_hash):
        return None
    tried = digest_of_try(pin, key=settings.SECRET_KEY, patron_id=patron_id)
    with waiting.counting(patron_id, now) as counting:
        counting.count = _counted(counting.count, tried, record, now=now)
    return denied(Reason.DENIED)


def _counted(
    before: WrongPins, tried: str, record: PersonRecord, *, now: datetime
) -> WrongPins:
    """One wrong PIN more; the same again is not counted. Goes on from the copy."""
    known = before.tried or (() if before.locked_until else record.wrong_pins)
    if any(hmac.compare_digest(tried, earlier) for earlier in known):
        return replace(before, tried=known)
    if len(known) + 1 < record.pin_attempts:
        return WrongPins(tried=(*known, tried), locked_until=before.locked_until)
    until = now + timedelta(minutes=record.pin_lock_minutes)
    return WrongPins(locked_until=until)

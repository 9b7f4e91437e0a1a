"""Decide at a door, and write down that somebody tried."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Q

from kortisto.core.actors import Actor, ActorKind, Channel
from kortisto.core.events import publish
from kortisto.domain.entry.events import EntryAttempted
from kortisto.domain.entry.facts import facts_of
from kortisto.domain.entry.models import DoorDevice, EntryAttempt
from kortisto.domain.entry.permissions import EntryPermission
from kortisto.domain.entry.queries import Door, decision_for
from kortisto.domain.entry.reasons import Reason
from kortisto.domain.entry.rules import Decision, PersonFacts, denied
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.pin import LogInFailed, check_pin
from kortisto.domain.patrons.models import Patron

SEEN_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What is written down of one try; ``key`` is unique for each of them."""

    key: str
    at: datetime
    door: Door
    patron_id: int | None
    code: str
    offline: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """The decision; ``person`` None when no card and PIN belong together."""

    decision: Decision
    person: PersonFacts | None = None


def door_actor(door: Door) -> Actor:
    """A door may ask who enters its library, and nothing else."""
    here = frozenset({door.library_id})
    return Actor(
        kind=ActorKind.DEVICE,
        id=door.device_id,
        library_id=door.library_id,
        channel=Channel.DOOR,
        grants={EntryPermission.OPEN_DOOR.value: here},
    )


def decide_entry(
    card: str, pin: str, *, door: Door, key: str, by: Actor, now: datetime
) -> Outcome:
    """Whether a card and its PIN open a door now. The attempt is kept under its key.

    A wrong PIN counts as at a log-in, and then nothing about the patron is told.
    """
    by.require(EntryPermission.OPEN_DOOR, at=door.library_id)
    outcome = _decide(card, pin, door=door, by=by, now=now)
    person = outcome.person
    attempt = Attempt(
        key=key,
        at=now,
        door=door,
        patron_id=None if person is None else person.patron_id,
        code=outcome.decision.code,
    )
    keep_attempt(attempt, by=by)
    return outcome


def _decide(card: str, pin: str, *, door: Door, by: Actor, now: datetime) -> Outcome:
    try:
        patron = check_pin(card, pin, by=by, now=now)
    except LogInFailed as failed:
        return Outcome(denied(Reason.LOCKED if failed.locked else Reason.DENIED))
    person = facts_of([patron.pk])[patron.pk]
    tree = organisation()
    return Outcome(decision_for(person, door.library_id, tree=tree, now=now), person)


@transaction.atomic
def keep_attempt(attempt: Attempt, *, by: Actor) -> bool:
    """Write an attempt down. False when its key is there already: nothing happens.

    A patron who has gone meanwhile is not named.
    """
    by.require(EntryPermission.OPEN_DOOR, at=attempt.door.library_id)
    known = (
        attempt.patron_id is not None
        and Patron.objects.filter(pk=attempt.patron_id).exists()
    )
    try:
        with transaction.atomic():
            row = EntryAttempt.objects.create(
                key=attempt.key,
                at=attempt.at,
                library_id=attempt.door.library_id,
                device=attempt.door.label,
                patron_id=attempt.patron_id if known else None,
                code=attempt.code,
                offline=attempt.offline,
            )
    except IntegrityError:
        if EntryAttempt.objects.filter(key=attempt.key).exists():
            return False
        raise
    event = EntryAttempted(attempt_id=row.pk, code=row.code)
    publish(event, by=by, at=attempt.at)
    _seen(attempt)
    return True


def _seen(attempt: Attempt) -> None:
    """When the door was last heard of, written once a minute."""
    if attempt.door.device_id is not None:
        before = attempt.at - SEEN_EVERY
        DoorDevice.objects.filter(
            Q(last_seen_at=None) | Q(last_seen_at__lt=before),
            pk=attempt.door.device_id,
        ).update(last_seen_at=attempt.at)

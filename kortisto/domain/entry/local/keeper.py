"""Keep the copy of one machine as new as the database, and deliver what waits.

One keeper works on a machine at a time (a lock on a file). It follows the event log
for whoever an event is about, takes over settings and calendars when their number has
grown, and goes through everybody over and over, a few at a time, in case something
was changed without an event.
"""

import fcntl
import logging
import os
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import DataError, IntegrityError
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.timezone import localtime

from kortisto.core.followers import BEGINNING, last_position, read
from kortisto.core.models import LoggedEvent
from kortisto.core.versions import configuration_number
from kortisto.domain.entry.actions.deciding import door_actor, keep_attempt
from kortisto.domain.entry.conditions import conditions_of
from kortisto.domain.entry.facts import facts_of
from kortisto.domain.entry.local.store import (
    DoorRecord,
    EndedCard,
    LibraryRecord,
    PersonRecord,
    State,
    Store,
    Writer,
)
from kortisto.domain.entry.local.waiting import Waiting
from kortisto.domain.entry.models import DoorDevice
from kortisto.domain.entry.reasons import Reason
from kortisto.domain.entry.settings import SNAPSHOT_HOURS
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import PIN_ATTEMPTS, PIN_LOCK_MINUTES
from kortisto.domain.patrons.models import Card, Patron

logger = logging.getLogger(__name__)

CALENDAR_DAYS: Final = 14
EVENTS_AT_ONCE: Final = 500
PEOPLE_AT_ONCE: Final = 500
COMPARED_AT_ONCE: Final = 100
COMPARE_EVERY: Final = timedelta(seconds=5)
CONFIRM_EVERY: Final = timedelta(seconds=2)
DELIVERED_AT_ONCE: Final = 50
WRONG_PINS_KEPT: Final = timedelta(days=1)
GONE: Final = frozenset({Card.Ending.LOST, Card.Ending.STOLEN})  # others may have it
FIELDS_OF_MANY: Final = {
    "CategoryChanged": "kind",
    "RestrictionTypeChanged": "shuts_doors",
}
NO_NEWS: Final = frozenset({"PatronViewed", "EntryAsked"})  # nothing has changed


class Keeper:
    """``turn`` is called again and again; a failure of the database passes out."""

    def __init__(self, folder: Path) -> None:
        self.store, self.waiting = Store(folder), Waiting(folder)
        self._compared_to = 0
        self._compare_at: datetime | None = None

    def turn(self, now: datetime) -> bool:
        """One round. Returns whether there is more to do at once.

        Raises DatabaseError while the database is away.
        """
        delivered = self.deliver()
        try:
            with self.store.writing() as copy:
                state = copy.state()
            more = self._build(now) if state is None else self._follow(state, now)
        except sqlite3.DatabaseError as error:
            if type(error) is not sqlite3.DatabaseError:
                raise  # locked, or the disk is full: no fault of the file
            logger.exception("the copy for doors cannot be used and is made anew")
            self.store.throw_away()
            return True
        return more or delivered == DELIVERED_AT_ONCE

    def deliver(self) -> int:
        """Write down what happened while the database was away. Returns how many."""
        attempts = self.waiting.oldest(DELIVERED_AT_ONCE)
        for attempt in attempts:
            try:
                keep_attempt(attempt, by=door_actor(attempt.door))
            except (IntegrityError, DataError) as trouble:
                logger.exception("an attempt to enter cannot be delivered")
                self.waiting.set_aside(attempt.key, type(trouble).__name__)
            else:
                self.waiting.remove(attempt.key)
        return len(attempts)

    def _build(self, now: datetime) -> bool:
        """Everything anew. What happens meanwhile is followed afterwards."""
        position = last_position() or BEGINNING
        configuration = configuration_number()
        after, ids = 0, _ids(after=0, limit=PEOPLE_AT_ONCE)
        with self.store.writing() as copy:
            copy.put_people(copy.people_between(0, None), {})
            while ids:
                copy.put_people(ids, people(ids), ended_cards(ids))
                after = ids[-1]
                ids = _ids(after=after, limit=PEOPLE_AT_ONCE)
            copy.put_libraries(libraries(configuration, now))
            copy.put_doors(doors())
            copy.put_state(State(position, configuration, _day(now), now))
        logger.info("the copy for doors was made")
        return True

    def _follow(self, state: State, now: datetime) -> bool:
        reading = read(state.position, limit=EVENTS_AT_ONCE)
        if any(_makes_others_of_people(row) for row in reading.rows):
            return self._build(now)
        configuration = configuration_number()
        about = {
            row.patron_id
            for row in reading.rows
            if row.patron_id is not None and row.kind not in NO_NEWS
        }
        new_rules = state.day != _day(now) or configuration != state.configuration
        new_doors = any(row.kind == "DoorChanged" for row in reading.rows)
        compare = self._compare_at is None or now >= self._compare_at
        quiet = not (about or new_rules or new_doors or compare)
        if quiet and now - state.confirmed_at < CONFIRM_EVERY:
            return reading.full
        with self.store.writing() as copy:
            copy.put_people(about, people(about), ended_cards(about))
            if new_rules:
                copy.put_libraries(libraries(configuration, now))
            if new_doors or compare:
                copy.put_doors(doors())
            if compare:
                self._compare(copy, now)
            copy.put_state(State(reading.position, configuration, _day(now), now))
        self.waiting.forget_wrong_pins(before=now - WRONG_PINS_KEPT)
        return reading.full

    def _compare(self, copy: Writer, now: datetime) -> None:
        """Take the next few people over as they are, and drop who has gone."""
        ids = _ids(after=self._compared_to, limit=COMPARED_AT_ONCE)
        last = ids[-1] if len(ids) == COMPARED_AT_ONCE else None
        asked = {*ids, *copy.people_between(self._compared_to, last)}
        copy.put_people(asked, people(asked), ended_cards(asked))
        self._compared_to = last or 0
        self._compare_at = now + COMPARE_EVERY


@contextmanager
def only_keeper(folder: Path) -> Iterator[bool]:
    """Whether nobody else keeps the copy of this folder for as long as the block."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    held = os.open(folder / "keeper.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
    else:
        yield True
    finally:
        os.close(held)


def people(patron_ids: Collection[int]) -> dict[int, PersonRecord]:
    """Patrons with a card, as the copy keeps them: a fixed number of statements."""
    if not patron_ids:
        return {}
    tree, facts = organisation(), facts_of(patron_ids)
    cards: dict[int, list[str]] = {}
    rows = Card.objects.filter(patron_id__in=patron_ids, active=True)
    for patron_id, number in rows.values_list("patron_id", Upper("number")):
        cards.setdefault(patron_id, []).append(number)
    found = Patron.objects.filter(pk__in=[id_ for id_ in cards if id_ in facts])
    return {
        row.pk: PersonRecord(
            facts=facts[row.pk],
            cards=tuple(cards[row.pk]),
            pin_hash=row.pin_hash,
            locked_until=row.locked_until,
            wrong_pins=tuple(row.wrong_pins),
            pin_attempts=tree.setting(PIN_ATTEMPTS, row.home_library_id).value,
            pin_lock_minutes=tree.setting(PIN_LOCK_MINUTES, row.home_library_id).value,
        )
        for row in found.only(
            "pin_hash",
            "locked_until",
            "wrong_pins",
            "home_library_id",
        )
    }


def ended_cards(patron_ids: Collection[int]) -> list[EndedCard]:
    """Old cards of patrons, and every card of who is in the bin: one statement."""
    rows = Card.objects.filter(
        Q(active=False) | Q(patron__binned_at__isnull=False), patron_id__in=patron_ids
    )
    numbers = rows.order_by("pk").values_list(Upper("number"), "patron_id", "ending")
    return [
        EndedCard(
            number,
            patron_id,
            (Reason.CARD_LOST if ending in GONE else Reason.NOT_IN_USE).value,
        )
        for number, patron_id, ending in numbers
    ]


def libraries(configuration: int, now: datetime) -> dict[int, LibraryRecord]:
    """Every library in use, with its calendar for a fortnight."""
    tree, today = organisation(configuration), localtime(now).date()
    days = [today + timedelta(days=day) for day in range(CALENDAR_DAYS)]
    return {
        node.id: LibraryRecord(
            conditions=conditions_of(tree, node.id, days),
            snapshot_hours=tree.setting(SNAPSHOT_HOURS, node.id).value,
        )
        for node in tree.libraries(on=today)
    }


def doors() -> dict[int, DoorRecord]:
    return {
        row.pk: DoorRecord(
            library_id=row.library_id, label=row.label, token_digest=row.token_digest
        )
        for row in DoorDevice.objects.filter(removed_at=None)
    }


def _ids(*, after: int, limit: int) -> list[int]:
    rows = Patron.objects.filter(pk__gt=after).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def _makes_others_of_people(row: LoggedEvent) -> bool:
    """Whether a whole category has become accounts, or people, or organisations.

    Or whether all who are restricted for one reason may enter, or may no more.
    """
    field = FIELDS_OF_MANY.get(row.kind)
    return field is not None and field in row.body.get("fields", ())


def _day(now: datetime) -> str:
    return localtime(now).date().isoformat()

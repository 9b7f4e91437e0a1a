"""The cards that may not enter, for doors that can only read a list (OMA-5).

From this machine's copy, which is seconds old. A list that nobody has renewed is
worse than none: a copy that is too old gives none, and neither does a library that is
not used without staff: to such a door an empty list would let everybody in.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from xml.etree import ElementTree as ET

from django.utils.timezone import localtime

from kortisto.domain.entry.local.store import NoCopy, Store
from kortisto.domain.entry.reasons import Reason
from kortisto.domain.entry.rules import Decision, decide

BLOCKING: Final = (
    Reason.NEVER_ENTERS,
    Reason.REVOKED,
    Reason.GUARDIAN_REFUSED,
    Reason.GUARDIAN_NOT_ASKED,
    Reason.CARD_LOST,
    Reason.NOT_IN_USE,
)
"""What somebody has decided about the person, or should have, and accounts that are no
person's: a door that reads a list asks for no PIN. What follows from age, category or
opening hours is the door's own to look at."""


class NotInUse(Exception):
    """The library is not used without staff: its doors stay shut to all."""


@dataclass(frozen=True, slots=True)
class Blocked:
    card: str
    code: str


def blocked(store: Store, library_id: int, *, now: datetime) -> list[Blocked]:
    """Cards that a list for the library has, in order. Raises NoCopy, NotInUse.

    Cards that have been replaced, or whose patron has been deleted, are among them.
    """
    library = store.library(library_id)
    if library is None or not library.conditions.set_up:
        raise NotInUse
    oldest = now - timedelta(hours=library.snapshot_hours)
    if store.state().confirmed_at < oldest:
        raise NoCopy
    local = localtime(now)
    found = [Blocked(card, code) for card, code in store.ended_cards().items()]
    for person in store.people():
        decision = decide(person.facts, library.conditions, local)
        for code in _codes(decision):
            found += [Blocked(card, code) for card in person.cards]
    return sorted(found, key=lambda one: one.card)


def _codes(decision: Decision) -> Iterator[str]:
    """The first blocking reason; a card is on the list once."""
    for refusal in decision.refusals:
        if refusal.reason in BLOCKING:
            yield refusal.reason.value
            return


def as_csv(rows: list[Blocked]) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("card", "code"))
    writer.writerows((row.card, row.code) for row in rows)
    return out.getvalue()


def as_xml(rows: list[Blocked], *, made_at: datetime) -> bytes:
    root = ET.Element("blockList", {"madeAt": made_at.isoformat(timespec="seconds")})
    for row in rows:
        ET.SubElement(root, "card", {"number": row.card, "code": row.code})
    made: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return made

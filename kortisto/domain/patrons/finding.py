"""One box for everything that a patron may be known by (PAT-1, PAT-2).

What was typed is read as a card, an identifier, a number, a date, an address; each
reading asks an index, and names and street addresses are words with any beginning.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from django.db.models import QuerySet
from django.db.models.functions import Lower

from kortisto.core.text import ControlCharacters, fold, tidy
from kortisto.domain.patrons.contacts import business_id, phone_number
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.name_keys import ADDRESS
from kortisto.domain.patrons.queries import (
    MOST,
    Candidate,
    Match,
    candidates,
    cards_numbered,
    ids_by_words,
    patrons_holding,
)
from kortisto.domain.patrons.reasons import Reason, about, unfit

LONGEST: Final = 200  # characters of a search that are read
FEWEST_DIGITS: Final = 6  # of what may be a phone number
LARGEST_ID: Final = 2**63 - 1
DAY: Final = re.compile(r"^(\d{1,2})\.(\d{1,2})\.(\d{4})$")
ISO_DAY: Final = re.compile(r"^(\d{4})-(\d{2})-(\d{2})$")


class By(StrEnum):
    """What a patron was found by."""

    CARD = "card"
    OLD_CARD = "old-card"
    HOLD_IDENTIFIER = "hold-identifier"
    ID = "id"
    IDENTITY_KEY = "identity-key"
    EMAIL = "email"
    PHONE = "phone"
    BUSINESS_ID = "business-id"
    BIRTH_DATE = "birth-date"
    NAME = "name"
    ADDRESS = "address"


OPENS: Final = (By.CARD, By.HOLD_IDENTIFIER, By.ID, By.IDENTITY_KEY)
"""What is of one person for certain."""


@dataclass(frozen=True, slots=True)
class Found:
    """``opens``: the patron whose page is to open at once, without a list to choose."""

    candidates: tuple[Candidate, ...] = ()
    by: By | None = None  # what the first of them was found by
    opens: int | None = None
    more: bool = False  # there are others: type more


def search_patrons(text: str, *, match: Match = Match.STARTS) -> Found:
    """Whoever is meant by what was typed; at most ``MOST``, the surest first.

    A card number, a hold identifier or an internal id is of one person: then nobody
    else is listed, and the page may open at once. ``match`` is about words of names
    and addresses: numbers are always whole. Raises Unfit (empty-search) for nothing
    to look for. Patrons in the bin are not found.
    """
    try:
        typed = tidy(text)[:LONGEST]
    except ControlCharacters:
        return Found()
    if not typed:
        raise unfit(about(None, Reason.EMPTY_SEARCH))
    seen: dict[int, By] = {}
    for by, ids in _readings(typed, match):
        there = candidates(list(dict.fromkeys(ids))) if ids else []
        if by in OPENS and len(there) == 1:
            return Found(tuple(there), by, there[0].id)
        for one in there:
            seen.setdefault(one.id, by)
        if len(seen) > MOST:
            break
    shown = candidates(list(seen)[:MOST])
    first = seen[shown[0].id] if shown else None
    return Found(tuple(shown), first, more=len(seen) > MOST)


def _readings(typed: str, match: Match) -> Iterator[tuple[By, list[int]]]:
    """Each way to read it, with the ids that it gives; the surest way first."""
    cards = cards_numbered(typed).values_list("patron_id", "active")
    yield By.CARD, [patron_id for patron_id, active in cards if active]
    yield By.HOLD_IDENTIFIER, _ids(patrons_holding(typed))
    if typed.isascii() and typed.isdigit() and int(typed) <= LARGEST_ID:
        yield By.ID, _ids(Patron.objects.filter(pk=int(typed)))
    yield By.IDENTITY_KEY, _ids(Patron.objects.filter(identity_key=typed))
    yield By.OLD_CARD, [patron_id for patron_id, active in cards if not active]
    if "@" in typed:
        yield By.EMAIL, _by_email(typed)
        return
    yield By.PHONE, _by_phone(typed)
    yield By.BUSINESS_ID, _by_business_id(typed)
    day, rest = _day_in(typed)
    if day is not None:
        yield By.BIRTH_DATE, _born(day, rest)
        return
    yield By.NAME, ids_by_words(typed, match=match)
    yield By.ADDRESS, ids_by_words(typed, of=ADDRESS, match=match)


def _ids(patrons: "QuerySet[Patron]") -> list[int]:
    return list(patrons.order_by("pk").values_list("pk", flat=True)[: MOST + 1])


def _by_email(typed: str) -> list[int]:
    address = typed.replace(" ", "").lower()
    own = Patron.objects.alias(key=Lower("email")).filter(key=address)
    other = Patron.objects.alias(key=Lower("second_email")).exclude(second_email="")
    return _ids(own) + _ids(other.filter(key=address))


def _by_phone(typed: str) -> list[int]:
    if sum(sign.isdigit() for sign in typed) < FEWEST_DIGITS:
        return []
    try:
        number = phone_number(typed)
    except ValueError:
        return []
    first = _ids(Patron.objects.filter(phone=number))
    second = Patron.objects.exclude(second_phone="").filter(second_phone=number)
    return first + _ids(second) + _ids(Patron.objects.filter(sms_number=number))


def _by_business_id(typed: str) -> list[int]:
    try:
        identifier = business_id(typed)
    except ValueError:
        return []
    having = Patron.objects.exclude(business_id="")
    return _ids(having.filter(business_id=identifier))


def _day_in(typed: str) -> tuple[date | None, str]:
    """A date among the words, and the other words."""
    words = typed.split()
    for at, word in enumerate(words):
        day = _day(word)
        if day is not None:
            return day, " ".join(words[:at] + words[at + 1 :])
    return None, typed


def _day(word: str) -> date | None:
    parts = DAY.match(word)
    numbers = [int(n) for n in parts.groups()][::-1] if parts else None
    if numbers is None and (iso := ISO_DAY.match(word)):
        numbers = [int(n) for n in iso.groups()]
    if numbers is None:
        return None
    try:
        return date(*numbers)
    except ValueError:
        return None


def _born(day: date, words: str) -> list[int]:
    """Those born that day, each word of the rest the beginning of one of the name."""
    born = Patron.objects.filter(born_on=day, binned_at=None)
    if not words:
        return _ids(born)
    wanted = fold(words).split()
    return [
        patron.pk
        for patron in born.order_by("pk").only("surname", "first_names")
        if _named(patron, wanted)
    ]


def _named(patron: Patron, wanted: list[str]) -> bool:
    name = fold(f"{patron.surname} {patron.first_names}").replace("-", " ").split()
    return all(any(word.startswith(one) for word in name) for one in wanted)

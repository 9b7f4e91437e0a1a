"""What follows for a patron from what the population register says. Pure.

Names and addresses are the register's to say, and are taken at once. What could harm
somebody when it is wrong, or what a program cannot settle, becomes an errand for a
person: a death, a protection order, guardians, a move abroad. The answer depends on
the record and the person alone, so the same news twice changes nothing (S10).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from typing import Final

from kortisto.core.text import fold
from kortisto.domain.patrons.population import Address, AddressKind, Person, Topic

LANGUAGES: Final = frozenset({"fi", "sv", "en"})  # in which we can write
# Letters go to where somebody wants them, else to where they live now.
BEST_FIRST: Final = (AddressKind.POSTAL, AddressKind.TEMPORARY, AddressKind.PERMANENT)


class Task(Enum):
    """What a person must see to; the value is the code of the errand's kind."""

    DEATH = "patrons.reported-dead"
    DEATH_WITHDRAWN = "patrons.death-withdrawn"
    PROTECTION_BEGAN = "patrons.protection-began"
    PROTECTION_ENDED = "patrons.protection-ended"
    MOVED_ABROAD = "patrons.moved-abroad"
    GUARDIANS = "patrons.guardians-differ"
    BIRTH_DATE = "patrons.birth-date-differs"
    SAME_PERSON = "patrons.same-person"  # a corrected code is another patron's
    NOT_TAKEN = "patrons.register-data-not-taken"  # a value that no field can hold


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronFacts:
    """What the record says now.

    ``language_chosen``: somebody chose it, so that a mother tongue changes nothing.
    ``guardians`` are those linked today whom the register could name (who have an
    identity key). ``today`` decides which addresses are in force.
    """

    today: date
    surname: str
    first_names: str = ""
    called_name: str = ""
    born_on: date | None = None
    street: str = ""
    postal_code: str = ""
    city: str = ""
    check_address: bool = False
    language: str = "fi"
    language_chosen: bool = True
    is_protected: bool = False
    protected_until_on: date | None = None
    died_on: date | None = None  # as reported
    guardians: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What the register told of one patron. ``guardians`` are patrons' ids.

    Only those guardians are in it who are patrons; None: the register said nothing.
    ``topics``: what the change is about. ``new_code``: the code was corrected.
    """

    person: Person
    topics: frozenset[Topic] = frozenset()
    guardians: frozenset[int] | None = None
    new_code: bool = False


@dataclass(frozen=True, slots=True)
class Value:
    """A field that gets another value at once."""

    field: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class Outcome:
    """``values`` are for the record, ``tasks`` for a person."""

    values: tuple[Value, ...] = ()
    tasks: tuple[Task, ...] = ()


def what_changes(facts: PatronFacts, news: News) -> Outcome:
    """Every field that gets another value, and what a person is asked to see to.

    Of the dead only the death counts: nothing else of their record is touched.
    """
    death = _death(facts, news)
    if death is not None:
        return death
    language = _language(facts, news)
    parts = (
        _name(facts, news.person),
        _protection(facts, news),
        # Places are named in the language that the patron reads from now on.
        _address(after(facts, language), news.person),
        _birth_date(facts, news),
        language,
        _guardians(facts, news),
    )
    values = tuple(value for part in parts for value in part.values)
    tasks = tuple(task for part in parts for task in part.tasks)
    return Outcome(values, tasks)


def _death(facts: PatronFacts, news: News) -> Outcome | None:
    """The card stops at once; a person looks at loans and charges; nothing goes."""
    reported, dead = news.person.death, facts.died_on is not None
    if reported is not None and not dead:
        # A date that is not known is the day on which we heard.
        died_on = Value("died_on", None, reported.day or facts.today)
        return Outcome((died_on,), (Task.DEATH,))
    if reported is None and dead and Topic.DEATH in news.topics:
        return Outcome(tasks=(Task.DEATH_WITHDRAWN,))
    return Outcome() if dead else None


def _name(facts: PatronFacts, person: Person) -> Outcome:
    """All parts of a name that were told and differ. A surname is never emptied."""
    told = {
        "surname": person.surname,
        "first_names": person.first_names,
        "called_name": person.called_name,
    }
    return Outcome(
        tuple(
            Value(name, getattr(facts, name), new)
            for name, new in told.items()
            if new and new != getattr(facts, name)
        )
    )


def _protection(facts: PatronFacts, news: News) -> Outcome:
    """A protection order holds at once; that it has ended, a person must confirm.

    Lifting it by mistake could cost a life, so silence of the register lifts nothing.
    """
    told = news.person.protection
    if told is None:
        return Outcome()
    if not told.active:
        asks = facts.is_protected and Topic.PROTECTION in news.topics
        return Outcome(tasks=(Task.PROTECTION_ENDED,)) if asks else Outcome()
    until = None if told.ends is None else told.ends.last_day
    wanted = {"is_protected": True, "protected_until_on": until}
    values = tuple(
        Value(name, getattr(facts, name), new)
        for name, new in wanted.items()
        if new != getattr(facts, name)
    )
    return Outcome(values, () if facts.is_protected else (Task.PROTECTION_BEGAN,))


def _address(facts: PatronFacts, person: Person) -> Outcome:
    """The best address in force. A protected person's is never taken (GDP-5)."""
    protected = person.protection is not None and person.protection.active
    if facts.is_protected or protected:
        return Outcome()
    usable = [
        address
        for address in person.addresses
        if address.in_force_on(facts.today) and not address.withheld
    ]
    best = best_domestic(usable)
    if best is not None:
        return _domestic(facts, best, swedish=facts.language == "sv")
    abroad = [one for one in usable if one.kind is AddressKind.FOREIGN]
    return _abroad(facts, abroad)


def best_domestic(addresses: Iterable[Address]) -> Address | None:
    """Where letters go in Finland: the postal, the temporary, the permanent address.

    Of several of a kind the one that began last.
    """
    known = [
        one
        for one in addresses
        if one.street and one.postal_code and one.kind in BEST_FIRST
    ]
    return max(
        known,
        key=lambda one: (-BEST_FIRST.index(one.kind), one.starts_on or date.min),
        default=None,
    )


def _domestic(facts: PatronFacts, address: Address, *, swedish: bool) -> Outcome:
    told = {
        "street": (swedish and address.street_sv) or address.street,
        "postal_code": address.postal_code,
        "city": spelled((swedish and address.city_sv) or address.city),
    }
    values = [
        Value(name, getattr(facts, name), new)
        for name, new in told.items()
        if new and fold(new) != fold(getattr(facts, name))
    ]
    if values and facts.check_address:
        values.append(Value("check_address", old=True, new=False))
    return Outcome(tuple(values))


def _abroad(facts: PatronFacts, addresses: list[Address]) -> Outcome:
    """Only a person can tell what to do with somebody who has moved abroad.

    The old address is marked, unless the record has the foreign one already.
    """
    known = fold(facts.street)
    news = [one for one in addresses if one.street and fold(one.street) not in known]
    if not news or facts.check_address:
        return Outcome()
    marked = Value("check_address", old=False, new=True)
    return Outcome((marked,), (Task.MOVED_ABROAD,))


def _birth_date(facts: PatronFacts, news: News) -> Outcome:
    """A corrected code corrects the birth date; else it is somebody's mistake."""
    told = news.person.born_on
    if told is None or told == facts.born_on:
        return Outcome()
    if news.new_code or facts.born_on is None:
        return Outcome((Value("born_on", facts.born_on, told),))
    return Outcome(tasks=(Task.BIRTH_DATE,))


def _language(facts: PatronFacts, news: News) -> Outcome:
    """A new mother tongue, when nobody chose a language and we can write in it."""
    told = news.person.language
    if Topic.LANGUAGE not in news.topics or facts.language_chosen:
        return Outcome()
    if told not in LANGUAGES or told == facts.language:
        return Outcome()
    return Outcome((Value("language", facts.language, told),))


def _guardians(facts: PatronFacts, news: News) -> Outcome:
    """A linked guardian whom the register no longer knows as one: somebody asks."""
    if Topic.GUARDIANS not in news.topics or news.guardians is None:
        return Outcome()
    former = facts.guardians - news.guardians
    return Outcome(tasks=(Task.GUARDIANS,)) if former else Outcome()


def spelled(place: str) -> str:
    """``YLI-II`` as people write it; a name with small letters stays as it is."""
    if not place.isupper():
        return place
    return re.sub(r"[^\s-]+", lambda part: part[0].capitalize(), place)


def after(facts: PatronFacts, outcome: Outcome) -> PatronFacts:
    """The record once the values are in it."""
    return replace(facts, **{value.field: value.new for value in outcome.values})  # type: ignore[arg-type]

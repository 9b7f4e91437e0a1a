"""Invented patrons: households with children and their guardians, and bodies."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from dateutil.relativedelta import relativedelta

from kortisto.domain.patrons.rules import Tick, expiry
from kortisto.interfaces.cli.demo import names
from kortisto.interfaces.cli.demo.places import MUNICIPALITIES, Library, Municipality
from kortisto.interfaces.cli.demo.scale import dice

GROWN_UP: Final = 18
VALIDITY_MONTHS: Final = 36
PLACES: Final = tuple(
    (library, town) for town in MUNICIPALITIES for library in town.libraries
)
SIZES: Final = tuple(library.size for library, _town in PLACES)


@dataclass(slots=True)
class Person:
    """A patron to be written; ids run from 1 in the order of making.

    ``activity`` says how much they borrow beside others; 0 is not at all.
    """

    id: int
    surname: str
    first_names: str
    born_on: date | None
    category: str
    library: str
    language: str
    street: str
    postal_code: str
    city: str
    registered_on: date
    expires_on: date
    activity: float
    history: str = "default"
    guardians: tuple[int, ...] = ()
    card_lost: bool = False
    check_address: bool = False
    restricted: str = ""  # the note of a restriction

    @property
    def card(self) -> str:
        return f"{60_000_000 + self.id * 7:010d}"

    @property
    def hold_identifier(self) -> str:
        return hold_identifier_of(self.id)

    @property
    def is_child(self) -> bool:
        return self.category == "LAPSI"

    @property
    def contact(self) -> str:
        """Somebody without a card who may be asked about a child."""
        if not self.is_child or self.id % 40:
            return ""
        return f"Isovanhempi {self.surname}"

    @property
    def phone(self) -> str:
        """A number that nobody has been given; children have none of their own."""
        if self.is_child or self.id % 5 == 0:
            return ""
        return f"+35845000{self.id:05d}"

    @property
    def ticks(self) -> tuple[Tick, ...]:
        """What has been chosen of messages: nothing, or what can reach them."""
        if self.email and self.id % 3:
            return (Tick("hold-ready", "email"), Tick("advance", "email", 3))
        if self.phone and self.id % 7 == 0:
            return (Tick("hold-ready", "sms"),)
        return ()

    @property
    def notes(self) -> tuple[tuple[str, str], ...]:
        """Audience and text of what staff have written; most have none."""
        if self.id % 90 == 7:
            return (("staff", "Hakee varaukset kotipalvelun kautta"),)
        if self.id % 170 == 11:
            return (("public", "Kadonnut lautapelin nappula on löytynyt"),)
        return ()

    @property
    def email(self) -> str:
        """An address that can never reach anybody."""
        if self.born_on is None or self.id % 4 == 0:
            return ""
        return f"asiakas{self.id}@posti.example"


def hold_identifier_of(number: int) -> str:
    """Eight digits, another for each number, in no order that could be seen."""
    return str(10_000_000 + number * 7_654_321 % 90_000_000)


@dataclass
class People:
    """Everybody, made household by household until there are enough."""

    seed: int
    wanted: int
    today: date
    _made: int = field(default=0)

    def __iter__(self) -> Iterator[Person]:
        household = 0
        while self._made < self.wanted:
            rng = dice(self.seed, "household", household)
            household += 1
            library, town = rng.choices(PLACES, SIZES)[0]
            if rng.random() < 0.012:
                yield self._body(rng, library, town)
            else:
                yield from self._family(rng, library, town)

    def _family(
        self, rng: Random, library: Library, town: Municipality
    ) -> Iterator[Person]:
        roots = names.background(rng)
        surname = names.surname(rng, roots)
        street = f"{rng.choice(names.STREETS)} {rng.randint(1, 80)}"
        age = int(rng.triangular(19, 93, 44))
        grown_ups = 2 if rng.random() < 0.45 else 1
        parents = []
        for n in range(grown_ups):
            born = self._born(rng, max(GROWN_UP, age + rng.randint(-4, 4)))
            woman = rng.random() < (0.62 if n == 0 else 0.45)
            person = self._person(rng, library, town, surname, street, born)
            person.first_names = names.given_names(
                rng, born.year, woman=woman, background=roots
            )
            person.language = ("fi", "sv", "en")[min(roots, 2)]
            if age > 78 and rng.random() < 0.12:
                person.category = "KOTIPALVEL"
            self._odd(person, rng)
            parents.append(person)
            yield person
        if 24 <= age <= 55 and rng.random() < 0.55:
            for _child in range(rng.choice((1, 1, 2, 2, 3))):
                yield self._child(rng, library, town, roots, parents)

    def _child(
        self,
        rng: Random,
        library: Library,
        town: Municipality,
        roots: int,
        parents: list[Person],
    ) -> Person:
        first = parents[0]
        born = self._born(rng, rng.randint(1, GROWN_UP - 1))
        child = self._person(rng, library, town, first.surname, first.street, born)
        child.first_names = names.given_names(
            rng, born.year, woman=rng.random() < 0.5, background=roots
        )
        child.category, child.language = "LAPSI", first.language
        child.guardians = tuple(parent.id for parent in parents)
        child.activity *= 1.4
        return child

    def _person(
        self,
        rng: Random,
        library: Library,
        town: Municipality,
        surname: str,
        street: str,
        born: date,
    ) -> Person:
        """Registered between the fourth birthday and now; most of them long ago."""
        self._made += 1
        earliest = max(born + timedelta(days=4 * 365), date(1985, 9, 1))
        days = max((self.today - earliest).days - 1, 1)
        registered = min(
            earliest + timedelta(days=int(days * rng.random() ** 1.5)),
            self.today - timedelta(days=1),
        )
        return Person(
            id=self._made,
            surname=surname,
            first_names="",
            born_on=born,
            category="HENKILO",
            library=library.code,
            language="fi",
            street=street,
            postal_code=town.postal_code,
            city=town.fi,
            registered_on=registered,
            expires_on=self._expires(rng, registered),
            activity=_activity(rng),
            history=rng.choices(("default", "forever", "never"), (84, 6, 10))[0],
        )

    def _body(self, rng: Random, library: Library, town: Municipality) -> Person:
        word = rng.choice(names.WORDS)
        name = rng.choice(names.BODIES).format(
            town=town.fi, word=word, number=rng.randint(1, 9)
        )
        body = self._person(
            rng,
            library,
            town,
            name,
            f"{rng.choice(names.STREETS)} {rng.randint(1, 60)}",
            date(1990, 1, 1),
        )
        body.born_on, body.category, body.activity = None, "YHTEISO", 4.0
        return body

    def _born(self, rng: Random, age: int) -> date:
        return self.today - timedelta(days=age * 365 + age // 4 + rng.randrange(365))

    def _expires(self, rng: Random, registered: date) -> date:
        """Most have been renewed within three years; one in sixteen has run out."""
        if rng.random() < 0.06:
            expired = self.today - timedelta(days=rng.randint(1, 400))
            if expired > registered:
                return expired
        since = max(registered, self.today - relativedelta(months=VALIDITY_MONTHS))
        renewed = since + timedelta(
            days=rng.randint(1, max((self.today - since).days, 1))
        )
        return expiry(min(renewed, self.today), VALIDITY_MONTHS)

    def _odd(self, person: Person, rng: Random) -> None:
        roll = rng.random()
        if roll < 0.006:
            person.card_lost = True
        elif roll < 0.03:
            person.check_address = True
        elif roll < 0.038:
            person.restricted = "Lainauskielto: aineisto palauttamatta"


def _activity(rng: Random) -> float:
    """A few borrow very much, a fifth nothing at all."""
    return 0.0 if rng.random() < 0.2 else min(rng.paretovariate(1.3), 12.0)

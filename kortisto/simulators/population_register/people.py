"""Invented people, the same for the same seed.

Their identity codes have individual numbers from 900 on, which nobody real has, and
right check characters.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

CHECK: Final = "0123456789ABCDEFHJKLMNPRSTUVWXY"
FIRST: Final = 900
LAST: Final = 999
SURNAMES: Final = (
    "Virtanen Korhonen Mäkinen Nieminen Mäkelä Hämäläinen Laine Heikkinen Koskinen "
    "Järvinen Lehtonen Lehtinen Saarinen Salminen Heinonen Niemi Heikkilä Salonen "
    "Kinnunen Turunen Salo Laitinen Tuominen Rantanen Karjalainen Jokinen Mattila "
    "Savolainen Lahtinen Ahonen Ojanen Väisänen Pulkkinen Björklund Lindström"
).split()
WOMEN: Final = (
    "Aino Maria Helena Johanna Anneli Kaarina Marjatta Liisa Anna Sofia Elina Eeva "
    "Emilia Kristiina Annikki Tuulikki Ritva Tellervo Siiri Venla"
).split()
MEN: Final = (
    "Juhani Johannes Mikael Matias Olavi Antero Tapani Kalevi Tapio Eemeli Onni Oskari "
    "Ilmari Elias Väinö Eino Otto Veikko Lauri Urho"
).split()
STREETS: Final = (
    ("Hallituskatu", "Regeringsgatan"), ("Porrassalmenkatu", "Porrassalmigatan"),
    ("Maaherrankatu", "Landshövdingsgatan"), ("Vuorikatu", "Berggatan"),
    ("Otavankatu", "Karlavagnsgatan"), ("Rantakatu", "Strandgatan"),
)  # fmt: skip
PLACES: Final = (
    ("50100", "MIKKELI", "S:T MICHEL", "491"),
    ("57100", "SAVONLINNA", "NYSLOTT", "740"),
    ("76100", "PIEKSÄMÄKI", "PIEKSÄMÄKI", "593"),
    ("51200", "KANGASNIEMI", "KANGASNIEMI", "213"),
)


def code(born_on: date, number: int) -> str:
    """An identity code; ``number`` is odd for men and even for women."""
    sign = "-" if born_on.year < 2000 else "A"
    digits = f"{born_on:%d%m%y}{number:03}"
    return f"{digits[:6]}{sign}{digits[6:]}{CHECK[int(digits) % len(CHECK)]}"


@dataclass(frozen=True)
class Home:
    """A domestic address as the register keeps it, in its parts."""

    street: str
    street_sv: str
    house: str
    staircase: str
    flat: str  # three digits
    postal_code: str
    city: str
    city_sv: str
    municipality: str


@dataclass(frozen=True)
class Abroad:
    street: str
    city: str
    country: str  # three digits
    country_name: str


@dataclass
class Somebody:
    """A person as things stand now; what happens to them is in the register's log."""

    code: str
    surname: str
    first_names: str
    called_name: str
    home: Home | None
    language: str = "fi"
    temporary: Home | None = None
    abroad: Abroad | None = None
    protected: bool = False
    protected_until: date | None = None
    died_on: date | None = None
    guardians: list[str] = field(default_factory=list)  # codes
    dependants: list[str] = field(default_factory=list)
    earlier_codes: list[str] = field(default_factory=list)


def invent(count: int, *, seed: int, today: date) -> list[Somebody]:
    """So many people in families; some protected, one in fifty dead, some abroad."""
    chance = Random(seed)  # noqa: S311 - for a game, not for secrets
    used: set[str] = set()
    people: list[Somebody] = []
    while len(people) < count:
        people.extend(_family(chance, used, today))
    return people[:count] if count else []


def _family(chance: Random, used: set[str], today: date) -> list[Somebody]:
    """One or two adults and up to three children, under one roof."""
    surname, home = chance.choice(SURNAMES), any_home(chance)
    adults = [
        _somebody(chance, used, surname, home, today=today, ages=(20, 90))
        for _ in range(chance.choice((1, 2, 2)))
    ]
    children = [
        _somebody(chance, used, surname, home, today=today, ages=(0, 17))
        for _ in range(chance.choice((0, 0, 1, 2, 3)))
    ]
    for child in children:
        child.guardians = [adult.code for adult in adults]
    for adult in adults:
        adult.dependants = [child.code for child in children]
        if chance.random() < 0.02:
            adult.died_on = today - timedelta(days=chance.randrange(1, 700))
    if chance.random() < 0.03:
        for one in (*adults, *children):
            one.protected = True
    return [*adults, *children]


def _somebody(
    chance: Random,
    used: set[str],
    surname: str,
    home: Home,
    *,
    today: date,
    ages: tuple[int, int],
) -> Somebody:
    man = chance.random() < 0.5
    given = chance.sample(MEN if man else WOMEN, 2)
    return Somebody(
        code=new_code(chance, used, today=today, ages=ages, man=man),
        surname=surname,
        first_names=" ".join(given),
        called_name=given[0],
        home=home,
        language="sv" if surname in SURNAMES[-2:] else "fi",
    )


def new_code(
    chance: Random, used: set[str], *, today: date, ages: tuple[int, int], man: bool
) -> str:
    """A code that nobody has had, of somebody whose age is between two years."""
    while True:
        days = chance.randrange(ages[0] * 365, ages[1] * 365 + 1)
        number = chance.randrange(FIRST, LAST + 1)
        number -= (number % 2) != man
        made = code(today - timedelta(days=days), max(number, FIRST + man))
        if made not in used:
            used.add(made)
            return made


def any_home(chance: Random) -> Home:
    street, street_sv = chance.choice(STREETS)
    postal_code, city, city_sv, municipality = chance.choice(PLACES)
    return Home(
        street,
        street_sv,
        str(chance.randrange(1, 60)),
        chance.choice("ABC"),
        f"{chance.randrange(1, 40):03}",
        postal_code,
        city,
        city_sv,
        municipality,
    )

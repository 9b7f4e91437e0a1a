"""Copies of a title: where they belong, how they are shelved, how they are lent."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from kortisto.domain.catalogue.describe import sort_key
from kortisto.interfaces.cli.demo.facts import Fact
from kortisto.interfaces.cli.demo.forms import FORMS
from kortisto.interfaces.cli.demo.marc_records import ARTICLES
from kortisto.interfaces.cli.demo.world import World

SAMI: Final = frozenset({"sme", "smn", "sms"})
OWN_LANGUAGES: Final = frozenset({"fin", "swe", "zxx"})
MUSIC: Final = frozenset({"CD", "LP", "NUOTTI"})
NEW_DAYS: Final = 300
QUICK: Final = "PIKA10"
REFERENCE: Final = "EILAINA"
ISSUES_A_YEAR: Final = 12
SUB_LOCATIONS: Final = (
    ("rikos", "DEKK"),
    ("jännitys", "DEKK"),
    ("fantasia", "FANT"),
    ("tieteis", "SCIF"),
    ("sarjakuv", "SARJ"),
    ("kuvakirjat", "KUVA"),
)


@dataclass(slots=True)
class Copy:
    """An item to be written, and what lending it needs."""

    id: int
    barcode: str
    home: int
    here: int
    type_code: str
    type_id: int
    location: str
    sub_location: str
    collection: str
    shelf_class: str
    heading: str
    enumchron: str
    acquired_on: date
    price_cents: int
    not_for_loan: str = ""
    lost: str = ""
    last_seen: str | None = None
    last_borrowed: str | None = None

    @property
    def call_number(self) -> str:
        return f"{self.shelf_class} {self.heading}".strip()

    @property
    def call_number_sort(self) -> str:
        return sort_key(self.call_number)


def copies(
    world: World, number: int, fact: Fact, rng: Random, since: date
) -> list[Copy]:
    """The copies of title ``number``; ``since`` is the day it was catalogued."""
    count = world.popularity.copies[number]
    first = world.popularity.first_item[number]
    homes = _homes(world, count, rng)
    heading = _heading(fact)
    form = FORMS[fact.material]
    is_new = (world.today - since).days < NEW_DAYS
    made = []
    for n, home in enumerate(homes):
        type_code = form.item_type
        if is_new and n and form.item_type == "28VRK" and rng.random() < 0.08:
            type_code = QUICK
        copy = Copy(
            id=first + n,
            barcode=f"{world.codes[home]}{first + n:07d}",
            home=home,
            here=home,
            type_code=type_code,
            type_id=world.item_types[type_code],
            location=_location(fact, home, rng, world),
            sub_location=_sub_location(fact),
            collection="PIKA" if type_code == QUICK else _collection(fact),
            shelf_class=fact.ykl,
            heading=heading,
            enumchron=_issue(world, n) if fact.material == "LEHTI" else "",
            acquired_on=min(
                since + timedelta(days=rng.randrange(20)),
                world.today - timedelta(days=2),
            ),
            price_cents=form.price_cents + 100 * rng.randrange(-6, 12),
        )
        _odd(copy, fact, rng, world)
        made.append(copy)
    return made


def _homes(world: World, count: int, rng: Random) -> list[int]:
    """Large libraries first; nobody gets a second copy before many have one."""
    chosen = rng.choices(world.libraries, world.sizes, k=count)
    if count > len(world.libraries):
        return chosen
    spread: list[int] = []
    for one in chosen:
        if one in spread and rng.random() < 0.7:
            one = rng.choices(world.libraries, world.sizes)[0]
        spread.append(one)
    return spread


def _heading(fact: Fact) -> str:
    """The first three letters of the author, or of the title without its article."""
    name = fact.author
    if not name:
        name = fact.title
        for article in ARTICLES.get(fact.language, ()):
            name = name.removeprefix(article)
    letters = "".join(letter for letter in name if letter.isalnum())
    return letters[:3].upper()


def _location(fact: Fact, home: int, rng: Random, world: World) -> str:
    if fact.material == "LEHTI":
        return "LEHT"
    if fact.material in MUSIC:
        return "MUS"
    if fact.audience == "J":
        return "LAST"
    if fact.audience == "Y":
        return "NUOR"
    if fact.ykl.startswith("92.8") and rng.random() < 0.4:
        return "KOTI"
    in_stacks = (fact.year or 2000) < 1995 and home == world.libraries[0]
    return "VAR" if in_stacks and rng.random() < 0.35 else "AIK"


def _sub_location(fact: Fact) -> str:
    for genre in fact.genres:
        for start, code in SUB_LOCATIONS:
            if genre.startswith(start):
                return code
    return ""


def _collection(fact: Fact) -> str:
    if fact.material == "SELKO":
        return "SELK"
    if fact.language in SAMI:
        return "SAAM"
    foreign = fact.language not in OWN_LANGUAGES
    return "VIER" if foreign and fact.material == "KIRJA" else ""


def _issue(world: World, n: int) -> str:
    """The newest issue first."""
    months = world.today.year * 12 + world.today.month - 2 - n
    return f"{months // ISSUES_A_YEAR} : {months % ISSUES_A_YEAR + 1}"


def _odd(copy: Copy, fact: Fact, rng: Random, world: World) -> None:
    """Some are for use on the spot, a few are lost."""
    roll = rng.random()
    if copy.location == "KOTI" and roll < 0.5:
        copy.type_code, copy.not_for_loan = REFERENCE, "1"
        copy.type_id = world.item_types[REFERENCE]
    elif roll < 0.004 and fact.material != "LEHTI":
        copy.lost = "4"

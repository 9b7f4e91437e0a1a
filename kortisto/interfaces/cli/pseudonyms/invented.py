"""What stands instead of what was there: names, addresses and numbers of nobody.

The same seed over the same rows gives the same. What people share stays shared: the
first new surname goes to the first old one that is met, and so to the whole family.
Nothing is computed from an old value, so that none can be found again by trying.
"""

import string
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Final

from kortisto.interfaces.cli.demo.names import (
    MEN,
    STREETS,
    SURNAMES,
    SWEDISH_SURNAMES,
    WOMEN,
)

FAMILIES: Final = sorted({*SURNAMES, *SWEDISH_SURNAMES})
GIVEN: Final = sorted(
    {name for names in (*WOMEN.values(), *MEN.values()) for name in names.split()}
)
NOWHERE: Final = "00000"  # no post goes there
TOWN: Final = "Mallila"
COUNTRY: Final = "Suomi"
NO_SUBSCRIBER: Final = "+35845000"  # mobile numbers that nobody has been given
NO_MAIL: Final = "example.invalid"  # RFC 2606: never delivered


@dataclass(slots=True)
class Inventor:
    """Gives every old value a new one, and remembers which."""

    seed: int
    today: date
    _surnames: dict[str, str] = field(default_factory=dict)
    _streets: dict[str, str] = field(default_factory=dict)
    _phones: dict[str, str] = field(default_factory=dict)
    _mails: dict[str, str] = field(default_factory=dict)
    _families: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self._families = self.dice("families").sample(FAMILIES, len(FAMILIES))

    def dice(self, *where: object) -> Random:
        """The same for the same place, whatever was thrown before."""
        return Random(f"{self.seed}:{where}")  # noqa: S311 -- not for secrets

    def surname(self, old: str) -> str:
        if old not in self._surnames:
            self._surnames[old] = self._new_surname(len(self._surnames))
        return self._surnames[old]

    def _new_surname(self, number: int) -> str:
        """Single names first, then double ones, then numbered ones."""
        names = self._families
        rounds, place = divmod(number, len(names))
        if not rounds:
            return names[place]
        more, step = divmod(rounds, len(names))
        double = f"{names[place]}-{names[(place + step) % len(names)]}"
        return f"{double} {more}" if more else double

    def given(self, key: int, number: int) -> str:
        """So many first names; a longer row of them begins as a shorter one."""
        dice = self.dice("given", key)
        return " ".join(dice.choice(GIVEN) for _name in range(number))

    def full_name(self, key: object) -> str:
        dice = self.dice("full name", key)
        return f"{dice.choice(GIVEN)} {dice.choice(FAMILIES)}"

    def street(self, old: str) -> str:
        """Whoever lives at one address still does."""
        number, street = divmod(len(self._streets), len(STREETS))
        return self._streets.setdefault(old, f"{STREETS[street]} {number + 1}")

    def phone(self, old: str) -> str:
        new = f"{NO_SUBSCRIBER}{len(self._phones):05}"
        return self._phones.setdefault(old, new)

    def mail(self, old: str) -> str:
        """One address for all spellings of one, as mailboxes have it."""
        new = f"posti-{len(self._mails) + 1}@{NO_MAIL}"
        return self._mails.setdefault(old.casefold(), new)

    def born_on(self, key: int, old: date) -> date:
        """Another day that makes somebody as old today as they are."""
        first, last = _same_age(old, self.today)
        return first + timedelta(
            days=self.dice("born", key).randrange((last - first).days + 1)
        )


def _same_age(born_on: date, today: date) -> tuple[date, date]:
    """The first and the last day of birth of those who are as old today."""
    before = (today.month, today.day) < (born_on.month, born_on.day)
    last_year = born_on.year + before  # whose birthday of that year is past or today
    last = _day(today, last_year)
    return _day(today, last_year - 1) + timedelta(days=1), last


def _day(day: date, year: int) -> date:
    """That day of another year; the 28th of February where there is no 29th."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)


class Numbers:
    """New numbers of the same shape as old ones, none of them used before."""

    def __init__(self, taken: Iterable[str], inventor: Inventor, name: str) -> None:
        self._taken = {_compared(one) for one in taken}
        self._inventor = inventor
        self._name = name

    def like(self, old: str, key: int) -> str:
        """Digits for digits, letters for letters; longer when all are taken."""
        dice = self._inventor.dice(self._name, key)
        shape = old
        for attempt in range(1, 1_000):
            new = "".join(_other(sign, dice) for sign in shape)
            if _compared(new) not in self._taken:
                self._taken.add(_compared(new))
                return new
            if attempt % 100 == 0:
                shape += "0"
        message = f"no number is left for {self._name} {key}"
        raise RuntimeError(message)


def _compared(number: str) -> str:
    """As the database compares hold identifiers; of cards this asks for more."""
    return "".join(number.split()).upper()


def _other(sign: str, dice: Random) -> str:
    if sign.isdigit():
        return dice.choice(string.digits)
    if sign.isalpha():
        letters = string.ascii_uppercase if sign.isupper() else string.ascii_lowercase
        return dice.choice(letters)
    return sign

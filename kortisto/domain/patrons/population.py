"""What the population register says about a person, in our own words. Pure.

Nothing of it is kept but what ``population_changes.py`` decides. An identity code in
here is shown to nobody and written nowhere: not to a log, an exception or a row.
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import Enum


class Precision(Enum):
    """How much of a date is known; the rest of its ``day`` is the first that can be."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Dated:
    """A date as far as it is known; ``day`` is None when nothing is."""

    day: date | None
    precision: Precision = Precision.DAY

    @property
    def last_day(self) -> date | None:
        """The last day that it can be: the end of the month or year that is known."""
        if self.day is None:
            return None
        match self.precision:
            case Precision.YEAR:
                return date(self.day.year, 12, 31)
            case Precision.MONTH:
                days = monthrange(self.day.year, self.day.month)[1]
                return self.day.replace(day=days)
            case _:
                return self.day


class Topic(Enum):
    """What a change can be about, as far as a library cares."""

    NAME = "name"
    ADDRESS = "address"
    PROTECTION = "protection"
    DEATH = "death"
    LANGUAGE = "language"
    GUARDIANS = "guardians"
    CODE = "code"
    OTHER = "other"


class AddressKind(Enum):
    PERMANENT = "permanent"
    TEMPORARY = "temporary"
    POSTAL = "postal"
    FOREIGN = "foreign"  # permanent, in another country


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where somebody lives or gets letters. Swedish names are empty when not given.

    ``country`` is given for foreign ones alone, as a code of three digits (ISO 3166).
    ``withheld``: there is one, but a protection order keeps it from us.
    """

    kind: AddressKind
    street: str = ""
    street_sv: str = ""
    postal_code: str = ""
    city: str = ""
    city_sv: str = ""
    country: str = ""
    starts_on: date | None = None
    ends_on: date | None = None  # the last day
    withheld: bool = False

    def in_force_on(self, day: date) -> bool:
        """Both the first and the last day are in force."""
        begun = self.starts_on is None or self.starts_on <= day
        return begun and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True)
class Protection:
    """A protection order (turvakielto); its end is often open."""

    active: bool
    ends: Dated | None = None


@dataclass(frozen=True, slots=True)
class Relative:
    """A guardian or a dependant. The names are for a form; the code for the vault."""

    code: str = field(repr=False)
    surname: str = ""
    first_names: str = ""
    ends_on: date | None = None  # the last day of the care


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """All that is told of one person. None and empty: nothing was told.

    ``code`` is the one in force now, to which the earlier ones were corrected.
    Guardians are None when nothing was told of them. ``death`` is None for the living.
    ``home_municipality`` has three digits.
    """

    code: str = field(repr=False)
    surname: str = ""
    first_names: str = ""
    called_name: str = ""
    born_on: date | None = None
    addresses: Sequence[Address] = ()
    protection: Protection | None = None
    death: Dated | None = None
    home_municipality: str = ""
    language: str = ""  # ISO 639-1
    guardians: Sequence[Relative] | None = None
    dependants: Sequence[Relative] | None = None
    earlier_codes: Sequence[str] = field(default=(), repr=False)
    unknown: Sequence[str] = ()  # kinds of data that this version does not know


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """That something about a person changed: whose, and what it is about."""

    code: str = field(repr=False)
    new_code: str = field(default="", repr=False)  # when the code was corrected
    earlier_codes: Sequence[str] = field(default=(), repr=False)
    topics: frozenset[Topic] = frozenset()
    unknown: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """One page of the change feed. ``key`` is where to go on from."""

    key: int
    changes: Sequence[Change]
    up_to_date: bool

"""Who is in the register, what has happened to whom, and under which key."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from random import Random
from threading import RLock
from typing import Any, Final

from kortisto.simulators.population_register import people as p
from kortisto.simulators.population_register.people import Abroad, Somebody
from kortisto.simulators.population_register.wire import Json, groups_of

FIRST_KEY: Final = 100_000_000
PAGE: Final = 100  # changes in one answer


class NoSuchPerson(LookupError):
    """The control address was told of a code that nobody has."""


@dataclass(frozen=True)
class Happening:
    """A line of the change log: its key, whose it is, and the groups as sent."""

    key: int
    code: str
    groups: list[Json]


@dataclass
class Register:
    """Safe to use from several threads."""

    people: dict[str, Somebody]
    today: date
    chance: Random
    log: list[Happening] = field(default_factory=list)
    page: int = PAGE
    repeats: bool = False  # each change is told twice
    lock: RLock = field(default_factory=RLock)

    @classmethod
    def invented(cls, count: int, *, seed: int, today: date) -> "Register":
        people = p.invent(count, seed=seed, today=today)
        return cls({one.code: one for one in people}, today, Random(seed + 1))  # noqa: S311

    @property
    def newest_key(self) -> int:
        return self.log[-1].key if self.log else FIRST_KEY

    def find(self, code: str) -> Somebody | None:
        """By the code in force, or by one that was corrected."""
        with self.lock:
            found = self.people.get(code)
            if found is not None:
                return found
            for one in self.people.values():
                if code in one.earlier_codes:
                    return one
            return None

    def changes(self, key: int, codes: list[str]) -> tuple[int, list[Happening], bool]:
        """A page after a key: of these people, or of all when none is named."""
        with self.lock:
            after = [one for one in self.log if one.key > key]
            page, rest = after[: self.page], after[self.page :]
            reached = page[-1].key if page else max(key, self.newest_key)
            told = [one for one in page if not codes or one.code in codes]
            return reached, told * (2 if self.repeats else 1), not rest

    def happen(self, what: str, code: str, given: Mapping[str, Any]) -> int:
        """Make something happen to somebody; the key under which it is told.

        Raises NoSuchPerson, KeyError for a kind of happening that there is not.
        """
        with self.lock:
            change, names = HAPPENINGS[what]
            one = self.find(code)
            if one is None:
                raise NoSuchPerson
            told_as = one.code
            change(self, one, given)
            groups = [
                {**group, "muutosattribuutti": "MUUTETTU"}
                for group in groups_of(one, self.people)
                if group["tietoryhma"] in names
            ]
            if what == "unknown-group":
                groups = [
                    {"tietoryhma": "UUSI_TIETO", "muutosattribuutti": "UUSI_TAPA"}
                ]
            key = self.newest_key + 1
            self.log.append(Happening(key, told_as, groups))
            return key


Do = Callable[[Register, Somebody, Mapping[str, Any]], None]


def _moved(register: Register, one: Somebody, given: Mapping[str, Any]) -> None:
    home = p.any_home(register.chance)
    known = {name: str(value) for name, value in given.items() if hasattr(home, name)}
    one.home, one.abroad = replace(home, **known), None


def _moved_for_now(register: Register, one: Somebody, _: Mapping[str, Any]) -> None:
    one.temporary = p.any_home(register.chance)


def _moved_abroad(_: Register, one: Somebody, given: Mapping[str, Any]) -> None:
    street = str(given.get("street", "Storgatan 1"))
    one.home, one.temporary = None, None
    one.abroad = Abroad(street, "Stockholm", "752", "Ruotsi")


def _renamed(_: Register, one: Somebody, given: Mapping[str, Any]) -> None:
    one.surname = str(given.get("surname", f"{one.surname}-Uusi"))
    one.first_names = str(given.get("first_names", one.first_names))
    one.called_name = one.first_names.split()[0]


def _died(register: Register, one: Somebody, _: Mapping[str, Any]) -> None:
    one.died_on = register.today


def _lives_after_all(_: Register, one: Somebody, __: Mapping[str, Any]) -> None:
    one.died_on = None


def _protected(_: Register, one: Somebody, given: Mapping[str, Any]) -> None:
    one.protected = True
    until = given.get("until")
    one.protected_until = date.fromisoformat(str(until)) if until else None


def _unprotected(_: Register, one: Somebody, __: Mapping[str, Any]) -> None:
    one.protected, one.protected_until = False, None


def _new_code(register: Register, one: Somebody, given: Mapping[str, Any]) -> None:
    """A corrected code; the one before it is kept as an earlier one."""
    used = set(register.people)
    made = str(given.get("new_code", "")) or p.new_code(
        register.chance, used, today=register.today, ages=(20, 60), man=True
    )
    register.people[made] = register.people.pop(one.code)
    one.earlier_codes.append(one.code)
    one.code = made


def _language(_: Register, one: Somebody, given: Mapping[str, Any]) -> None:
    one.language = str(given.get("language", "sv"))


def _guardians(_: Register, one: Somebody, given: Mapping[str, Any]) -> None:
    one.guardians = [str(code) for code in given.get("guardians", ())]


def _nothing(_: Register, __: Somebody, ___: Mapping[str, Any]) -> None:
    """Only told of."""


HOMES: Final = ("VAKINAINEN_KOTIMAINEN_OSOITE", "KOTIKUNTA")
HAPPENINGS: Final[dict[str, tuple[Do, tuple[str, ...]]]] = {
    "moved": (_moved, HOMES),
    "moved-for-now": (_moved_for_now, ("TILAPAINEN_KOTIMAINEN_OSOITE",)),
    "moved-abroad": (_moved_abroad, ("VAKINAINEN_ULKOMAINEN_OSOITE",)),
    "renamed": (_renamed, ("HENKILON_NIMI", "KUTSUMANIMI")),
    "died": (_died, ("KUOLINPAIVA",)),
    "lives-after-all": (_lives_after_all, ("KUOLINPAIVA",)),
    "protected": (_protected, ("TURVAKIELTO", *HOMES)),
    "unprotected": (_unprotected, ("TURVAKIELTO", *HOMES)),
    "new-code": (_new_code, ("HENKILOTUNNUS_KORJAUS",)),
    "language": (_language, ("AIDINKIELI",)),
    "guardians": (_guardians, ("HUOLTAJA_SUPPEA",)),
    "unknown-group": (_nothing, ()),
}

"""Which municipalities follow the population register, and asking it at the desk."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import pytest
from django.conf import LazySettings
from typing_extensions import override

from kortisto.core.actors import NotPermitted
from kortisto.core.failures import AdapterError
from kortisto.core.jobs import JobContext
from kortisto.core.models import Job, LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.core.versions import configuration_changed
from kortisto.domain.org.models import SettingValue, Unit
from kortisto.domain.patrons.actions.population_query import ask_population_register
from kortisto.domain.patrons.population import (
    Address,
    AddressKind,
    Changes,
    Person,
    Protection,
)
from kortisto.domain.patrons.population_night import follow_all
from kortisto.domain.patrons.population_query import fills_in, followers
from kortisto.domain.patrons.settings import ASK_AT_DESK, FOLLOW_CHANGES
from kortisto.testing.builders import MONDAY_NOON, desk, make_library, make_unit
from tests.test_population_feed import MemoryRecords

pytestmark = pytest.mark.django_db

CODE = "170580-923N"
AINO = Person(
    code=CODE,
    surname="Virtanen",
    first_names="Aino",
    language="sv",
    addresses=(
        Address(
            kind=AddressKind.PERMANENT,
            street="Vanhakatu 1",
            street_sv="Gamlagatan 1",
            postal_code="50100",
            city="MIKKELI",
        ),
    ),
)


@dataclass
class FakeRegister:
    """Knows Aino, and an empty feed; ``fails`` by municipality."""

    code: str
    asked: list[str]
    fails: dict[str, AdapterError]

    def _answer(self, what: str) -> None:
        self.asked.append(f"{self.code} {what}")
        if self.code in self.fails:
            raise self.fails[self.code]

    def key_of(self, _day: object) -> int:
        self._answer("key")
        return 10

    def changes_since(self, key: int) -> Changes:
        self._answer("changes")
        return Changes(key=key, changes=(), up_to_date=True)

    def persons(self, _codes: object) -> list[Person]:
        return []

    def person(self, code: str, *, asked_by: str) -> Person | None:
        self._answer(f"person by {asked_by}")
        return AINO if code == CODE else None


@dataclass
class Registers:
    asked: list[str] = field(default_factory=list)
    fails: dict[str, AdapterError] = field(default_factory=dict)


REGISTERS = Registers()


def register_of(code: str) -> FakeRegister:
    return FakeRegister(code, REGISTERS.asked, REGISTERS.fails)


@pytest.fixture(autouse=True)
def _own_register(settings: LazySettings) -> None:
    settings.POPULATION_REGISTER = f"{__name__}.register_of"
    REGISTERS.asked.clear()
    REGISTERS.fails.clear()


@dataclass
class Context(JobContext):
    cancelled: bool = False
    told: list[Any] = field(default_factory=list)

    @property
    @override
    def job(self) -> Job:
        return Job()

    @property
    @override
    def now(self) -> datetime:
        return MONDAY_NOON

    @override
    def progress(self, done: int, total: int | None = None, note: str = "") -> None:
        self.told.append((done, total, note))


def municipality(code: str, number: str) -> Unit:
    library = make_library(code)
    unit = library.parent
    assert unit is not None
    unit.municipality_code = number
    unit.save()
    configuration_changed()
    return unit


def decide(key: str, unit: Unit, value: bool) -> None:  # noqa: FBT001
    SettingValue.objects.update_or_create(
        unit=unit, key=key, defaults={"value": value, "changed_by": "test"}
    )
    configuration_changed()


def test_nobody_follows_until_somebody_has_decided_so() -> None:
    municipality("MLI", "491")

    assert followers() == []
    assert follow_all(Context(), MemoryRecords())["pages"] == 0
    assert REGISTERS.asked == []


def test_each_municipality_that_is_on_is_followed_by_its_own_permit() -> None:
    mikkeli, _savonlinna = municipality("MLI", "491"), municipality("SVL", "740")
    pieksamaki = municipality("PMK", "593")
    decide(FOLLOW_CHANGES.key, mikkeli, value=True)
    decide(FOLLOW_CHANGES.key, pieksamaki, value=True)

    told = follow_all(Context(), MemoryRecords())

    assert told["pages"] == 2
    assert {one.split()[0] for one in REGISTERS.asked} == {"491", "593"}


def test_a_municipality_inside_another_that_follows_is_not_followed_twice() -> None:
    outer = municipality("MLI", "491")
    inner = make_unit("K-INNER", Unit.Kind.MUNICIPALITY, parent=outer)
    decide(FOLLOW_CHANGES.key, outer, value=True)

    assert [node.id for node in followers()] == [outer.pk]
    decide(FOLLOW_CHANGES.key, outer, value=False)
    decide(FOLLOW_CHANGES.key, inner, value=True)
    assert [node.id for node in followers()] == [inner.pk]


@pytest.mark.parametrize("permanent", [True, False])
def test_trouble_of_one_stops_no_other_and_is_told(permanent: bool) -> None:  # noqa: FBT001
    for code, number in (("MLI", "491"), ("SVL", "740")):
        decide(FOLLOW_CHANGES.key, municipality(code, number), value=True)
    REGISTERS.fails["491"] = AdapterError("no key today", permanent=permanent)

    with pytest.raises(AdapterError, match="K-MLI: no key today") as told:
        follow_all(Context(), MemoryRecords())

    assert told.value.permanent is permanent
    assert "740 changes" in REGISTERS.asked


def test_a_cancelled_night_asks_nobody() -> None:
    decide(FOLLOW_CHANGES.key, municipality("MLI", "491"), value=True)

    follow_all(Context(cancelled=True), MemoryRecords())

    assert REGISTERS.asked == []


def test_the_desk_asks_about_one_person_and_it_is_logged_without_the_code() -> None:
    unit = municipality("MLI", "491")
    decide(ASK_AT_DESK.key, unit, value=True)

    found = ask_population_register(CODE, by=desk(), now=MONDAY_NOON)
    nobody = ask_population_register("x", by=desk(), now=MONDAY_NOON)

    assert found == AINO
    assert nobody is None
    assert REGISTERS.asked == ["491 person by staff:1"] * 2
    events = LoggedEvent.objects.filter(kind="PopulationRegisterAsked").order_by("pk")
    assert [event.body for event in events] == [{"found": True}, {"found": False}]
    assert CODE not in str(list(LoggedEvent.objects.values()))


def test_without_the_setting_the_desk_asks_nobody() -> None:
    unit = municipality("MLI", "491")
    decide(FOLLOW_CHANGES.key, unit, value=True)

    with pytest.raises(Refused, match="population-register-off"):
        ask_population_register(CODE, by=desk(), now=MONDAY_NOON)

    assert REGISTERS.asked == []
    assert not LoggedEvent.objects.filter(kind="PopulationRegisterAsked").exists()


def test_a_register_that_is_down_lets_the_desk_go_on() -> None:
    decide(ASK_AT_DESK.key, municipality("MLI", "491"), value=True)
    REGISTERS.fails["491"] = AdapterError("down", permanent=False)

    with pytest.raises(Refused, match="population-register-unreachable"):
        ask_population_register(CODE, by=desk(), now=MONDAY_NOON)


def test_only_who_registers_patrons_asks() -> None:
    decide(ASK_AT_DESK.key, municipality("MLI", "491"), value=True)

    with pytest.raises(NotPermitted):
        ask_population_register(
            CODE, by=replace(desk(), everywhere=frozenset()), now=MONDAY_NOON
        )

    assert REGISTERS.asked == []


def test_an_answer_fills_the_form_of_a_new_patron() -> None:
    today = MONDAY_NOON.date()

    assert fills_in(AINO, today=today) == {
        "surname": "Virtanen",
        "first_names": "Aino",
        "language": "sv",
        "street": "Gamlagatan 1",
        "postal_code": "50100",
        "city": "Mikkeli",
    }
    protected = replace(AINO, protection=Protection(active=True))
    filled = fills_in(protected, today=today)
    assert filled["is_protected"] is True
    assert "street" not in filled

"""Registered on the web, the card fetched at the desk, or forgotten (PAT-10)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import TypeVar

import pytest
from django.contrib.auth.hashers import check_password

from kortisto.core.actors import Actor, ActorKind, Channel, NotPermitted
from kortisto.core.failures import AdapterError
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.settings import Setting
from kortisto.domain.patrons.actions import online_registration
from kortisto.domain.patrons.actions.identity import give_identity
from kortisto.domain.patrons.actions.online_registration import (
    OnlineContact,
    register_online,
)
from kortisto.domain.patrons.actions.provisional import (
    drop_registration,
    forget_unclaimed,
    hand_over_card,
    last_day,
    view_registration,
    view_waiting,
)
from kortisto.domain.patrons.identified import IdentifiedPerson
from kortisto.domain.patrons.models import FieldChange, Patron
from kortisto.domain.patrons.population import Person
from kortisto.domain.patrons.reasons import Unfit
from kortisto.domain.patrons.settings import (
    ASK_AT_DESK,
    REGISTER_ONLINE,
    UNCLAIMED_DAYS,
)
from kortisto.domain.patrons.vault import vault
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_category,
    make_hold,
    make_library,
    make_patron,
    make_record,
)
from kortisto.testing.identity_codes import code_of, new_code
from kortisto.testing.identity_vault import MemoryVault
from kortisto.testing.races import at_once, codes

pytestmark = pytest.mark.django_db(transaction=True)

T = TypeVar("T")
WEB = Actor(kind=ActorKind.PATRON, channel=Channel.WEB)


@pytest.fixture(autouse=True)
def store() -> Iterator[MemoryVault]:
    make_category("HAKEMUS", kind="provisional", min_age=18, card_required=False)
    make_category("HENKILO")
    decide(REGISTER_ONLINE, value=True)
    vault.cache_clear()
    made = vault()
    assert isinstance(made, MemoryVault)
    yield made
    vault.cache_clear()


def decide(setting: Setting[T], *, value: T) -> None:
    set_setting(make_library().pk, setting, value=value, by=chief(), now=MONDAY_NOON)


def somebody(code: str | None = None) -> IdentifiedPerson:
    return IdentifiedPerson(
        code=code or new_code(), surname="Meri", first_names="Anna Maria"
    )


def contact(**fields: object) -> OnlineContact:
    return replace(OnlineContact(home_library_id=make_library().pk), **fields)  # type: ignore[arg-type]


def come_in(person: IdentifiedPerson | None = None, **fields: object) -> Patron:
    return register_online(
        person or somebody(), contact(**fields), by=WEB, now=MONDAY_NOON
    )


def why(refused: "pytest.ExceptionInfo[Refused]") -> list[str]:
    return [refusal.reason.value for refusal in refused.value.refusals]


def test_who_registers_on_the_web_is_provisional_with_the_code_in_the_vault(
    store: MemoryVault,
) -> None:
    person = somebody()

    made = come_in(person, email="anna@meri.example", phone="050 1234567", pin="4826")

    made.refresh_from_db()
    assert made.category.code == "HAKEMUS"
    assert (made.born_on, made.source) == (date(1980, 5, 17), "online")
    assert made.identity_key in store.rows
    assert store.rows[made.identity_key or ""].confirmed
    assert made.check_address, "nobody but the person has told it"
    assert check_password("4826", made.pin_hash)
    assert not made.cards.exists()
    logged = str(list(LoggedEvent.objects.values()))
    assert person.code not in logged
    assert "Meri" not in logged
    assert person.code not in repr(person)
    assert "Meri" not in repr(person)


def test_only_the_web_door_registers_and_only_where_it_is_open() -> None:
    for by in (desk(), replace(WEB, id=7), replace(WEB, channel=Channel.API)):
        with pytest.raises(NotPermitted):
            register_online(somebody(), contact(), by=by, now=MONDAY_NOON)
    decide(REGISTER_ONLINE, value=False)
    with pytest.raises(Refused) as refused:
        come_in()
    assert why(refused) == ["online-registration-off"]
    assert not Patron.objects.exists()


def test_a_patron_already_is_told_so_and_nothing_of_the_record(
    store: MemoryVault,
) -> None:
    person = somebody()
    patron = make_patron()
    give_identity(patron.pk, person.code, by=desk(), now=MONDAY_NOON)

    with pytest.raises(Refused) as refused:
        come_in(person)

    assert why(refused) == ["patron-already"]
    assert refused.value.refusals[0].facts == {}
    assert Patron.objects.count() == 1
    assert len(store.rows) == 1


def test_a_child_and_a_vault_that_is_down_leave_nothing(store: MemoryVault) -> None:
    with pytest.raises(Unfit) as unfit:
        come_in(somebody(code_of(date(2015, 3, 1))))
    assert why(unfit) == ["age-does-not-fit"]
    store.fails = AdapterError("no answer", permanent=False)
    with pytest.raises(Refused, match="identity-vault-down"):
        come_in()
    store.fails = None
    with pytest.raises(Unfit) as unfit:
        come_in(email="not an address", phone="äiti")
    assert {each.facts["field"] for each in unfit.value.refusals} == {"email", "phone"}
    assert not Patron.objects.exists()
    assert not [row for row in store.rows.values() if row.confirmed]


def test_the_registers_name_and_address_go_before_what_was_typed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    decide(ASK_AT_DESK, value=True)
    told = Person(code="", surname="Meri-Aalto", first_names="Anna Maria")

    def ask(_code: str, **_told: object) -> Person:
        return told

    monkeypatch.setattr(online_registration, "ask_population_register", ask)

    made = come_in(street="Omakatu 1")

    assert (made.surname, made.street, made.check_address) == (
        "Meri-Aalto",
        "Omakatu 1",
        True,
    )


def test_the_card_is_fetched_and_the_patron_is_an_ordinary_one() -> None:
    made = come_in()
    later = MONDAY_NOON + timedelta(days=5)

    patron = hand_over_card(
        made.pk, "a77", category="HENKILO", by=desk(), now=later, pin="4826"
    )

    patron.refresh_from_db()
    assert patron.category.code == "HENKILO"
    assert patron.cards.get().number == "A77"
    assert patron.expires_on == date(2030, 3, 6)
    assert check_password("4826", patron.pin_hash)
    fields = set(
        FieldChange.objects.filter(patron=patron).values_list("field", flat=True)
    )
    assert {"card", "category", "expires_on"} <= fields
    assert LoggedEvent.objects.filter(kind="CardFetched").count() == 1
    with pytest.raises(Refused, match="not-provisional"):
        hand_over_card(made.pk, "a78", category="HENKILO", by=desk(), now=later)


@pytest.mark.parametrize(
    ("category", "card", "pin", "reason"),
    [
        ("LAPSI", "A1", "", "age-does-not-fit"),
        ("HAKEMUS", "A1", "", "no-ordinary-category"),
        ("NONE", "A1", "", "no-ordinary-category"),
        ("HENKILO", "", "", "needs-card"),
        ("HENKILO", "TAKEN", "", "card-in-use"),
        ("HENKILO", "A1", "1234", "bad-value"),
    ],
)
def test_a_card_that_cannot_be_handed_over_leaves_the_patron_provisional(
    category: str, card: str, pin: str, reason: str
) -> None:
    make_category("LAPSI", kind="dependant", max_age=17)
    make_patron(card="TAKEN")
    made = come_in()

    with pytest.raises(Refused) as refused:
        hand_over_card(
            made.pk, card, category=category, by=desk(), now=MONDAY_NOON, pin=pin
        )

    assert why(refused) == [reason]
    made.refresh_from_db()
    assert made.category.code == "HAKEMUS"
    assert not made.cards.exists()


def test_staff_see_who_waits_until_when_and_who_may_be_the_same() -> None:
    twin = make_patron(surname="MERI", first_names="anna maria")
    made = come_in()
    here = [make_library().pk]

    (waiting,) = view_waiting(units=here, by=desk(), now=MONDAY_NOON)
    assert (waiting.patron, waiting.until) == (made, date(2027, 3, 15))
    assert view_registration(made.pk, by=desk(), now=MONDAY_NOON) == (made, [twin.pk])
    with pytest.raises(Patron.DoesNotExist):
        view_registration(twin.pk, by=desk(), now=MONDAY_NOON)
    assert view_waiting(units=[], by=desk(), now=MONDAY_NOON) == []
    looks = LoggedEvent.objects.filter(
        kind="PatronViewed", body__page="online-registrations"
    )
    assert looks.count() == 2


def test_who_does_not_come_in_two_weeks_is_forgotten_and_so_is_the_code(
    store: MemoryVault,
) -> None:
    late, holding = come_in(), come_in()
    make_hold(holding, make_record(), pickup=make_library())
    fetched = come_in()
    hand_over_card(fetched.pk, "A1", category="HENKILO", by=desk(), now=MONDAY_NOON)
    store.now += 601
    last = MONDAY_NOON + timedelta(days=14)
    assert last_day(late) == last.date()

    assert forget_unclaimed(by=chief(), now=last) == 0
    assert forget_unclaimed(by=chief(), now=last + timedelta(days=1)) == 1

    assert set(Patron.objects.all()) == {holding, fetched}
    kept = set(Patron.objects.values_list("identity_key", flat=True))
    assert set(store.rows) == kept
    told = LoggedEvent.objects.get(kind="RegistrationForgotten")
    assert told.body == {"patron_id": late.pk, "reason": "not fetched in time"}


def test_how_long_a_registration_waits_is_a_setting() -> None:
    decide(UNCLAIMED_DAYS, value=3)
    assert last_day(come_in()) == date(2027, 3, 4)


def test_staff_drop_a_registration_with_a_reason(store: MemoryVault) -> None:
    made, ordinary = come_in(), make_patron()
    store.now += 601
    drop = partial(drop_registration, by=desk(), now=MONDAY_NOON)

    with pytest.raises(Refused, match="no-reason-given"):
        drop(made.pk, " ")
    with pytest.raises(Refused, match="not-provisional"):
        drop(ordinary.pk, "turha")
    drop(made.pk, "Sama asiakas kahdesti")

    assert set(Patron.objects.all()) == {ordinary}
    assert store.rows == {}


def test_two_desks_hand_over_a_card_and_one_is_told() -> None:
    made = come_in()
    answers = at_once(
        *(
            partial(
                hand_over_card,
                made.pk,
                card,
                category="HENKILO",
                by=desk(),
                now=MONDAY_NOON,
            )
            for card in ("A1", "A2")
        )
    )
    assert codes(answers) == ["not-provisional"]
    assert made.cards.count() == 1

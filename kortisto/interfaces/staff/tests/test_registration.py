"""Register at the desk: one page, nothing lost, both stores or neither (S28, PAT-4)."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.contrib.auth.hashers import check_password
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from kortisto.core.failures import AdapterError
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.org.models import Staff
from kortisto.domain.patrons.actions.identity import give_identity
from kortisto.domain.patrons.actions.population_query import PopulationReason
from kortisto.domain.patrons.models import FieldChange, Guardianship, Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.population import (
    Address,
    AddressKind,
    Dated,
    Person,
    Protection,
)
from kortisto.domain.patrons.vault import vault
from kortisto.interfaces.staff import told_of_code
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    card_of,
    desk,
    make_category,
    make_library,
    make_patron,
)
from kortisto.testing.identity_codes import code_of, new_code
from kortisto.testing.identity_vault import MemoryVault

pytestmark = pytest.mark.django_db(transaction=True)

NEW = "/patrons/new/"
BORN = date(1980, 5, 17)


@pytest.fixture(autouse=True)
def store() -> Iterator[MemoryVault]:
    make_category("HENKILO", min_age=18)
    make_category(
        "LAPSI",
        kind="dependant",
        max_age=17,
        may_have_guardian=True,
        needs_guardian=True,
    )
    make_category("YHTEISO", kind="organisation")
    vault.cache_clear()
    made = vault()
    assert isinstance(made, MemoryVault)
    yield made
    vault.cache_clear()


def worker() -> Client:
    """Somebody who may do everything, however often one is asked for."""
    return at_work(Staff.objects.filter(username="aino").first() or make_staff())


def told(**fields: object) -> dict[str, object]:
    return {
        "card_number": "p 777",
        "surname": " Uusi ",
        "first_names": "Ulla",
        "born_on": "1.2.1990",
        "category": "HENKILO",
        "home_library": make_library().pk,
        "language": "fi",
        "skip_reason": "Ulkomaalainen",
        **fields,
    }


def page_of(answer: HttpResponse, status: int = 422) -> str:
    assert answer.status_code == status
    return answer.content.decode()


def post(fields: dict[str, object], client: Client | None = None) -> HttpResponse:
    return (client or worker()).post(NEW, fields)  # type: ignore[return-value]


def filled(answer: HttpResponse) -> dict[str, str]:
    """What an answer puts into the fields of the form."""
    fill: dict[str, str] = json.loads(answer.context["fill"])  # type: ignore[attr-defined]
    return fill


def ask_code(code: str, client: Client | None = None, **fields: object) -> HttpResponse:
    sent = {"identity_code": code, "of": "patron", "category": "HENKILO", **fields}
    return (client or worker()).post(f"{NEW}identity/", sent)  # type: ignore[return-value]


def test_a_code_is_saved_with_the_patron_and_the_outcome_is_told(
    store: MemoryVault,
) -> None:
    code, client = new_code(), at_work()

    answer = post(told(identity_code=code, born_on="", skip_reason=""), client)

    patron = Patron.objects.get(surname="Uusi")
    assert answer.headers["Location"] == f"/patrons/{patron.pk}/"
    assert (patron.born_on, card_of(patron)) == (BORN, "P777")
    assert store.rows[patron.identity_key or ""].confirmed
    page = client.get(f"/patrons/{patron.pk}/").content.decode()
    assert "The personal identity code was saved." in page
    assert code not in page
    assert code not in str(list(LoggedEvent.objects.values()))


def test_without_a_code_or_a_reason_nothing_is_saved_and_nothing_is_lost() -> None:
    page = page_of(post(told(skip_reason=" ", email="ulla@uusi.example")))

    assert "Type the personal identity code, or skip it and say why." in page
    assert 'value="ulla@uusi.example"' in page
    assert not Patron.objects.exists()


def test_a_skipped_code_has_its_reason_and_organisations_are_not_asked() -> None:
    post(told())
    assert Patron.objects.get().identity_skipped == "Ulkomaalainen"

    post(
        told(
            category="YHTEISO",
            whole_name="Kylän koulu",
            business_id="0201256-6",
            card_number="K1",
            skip_reason="",
            surname="not sent by the page",
        )
    )
    school = Patron.objects.get(category__code="YHTEISO")
    assert (school.full_name, school.identity_skipped) == ("Kylän koulu", "")


def test_a_code_of_somebody_else_leads_to_them_and_saves_nothing(
    store: MemoryVault,
) -> None:
    other, code = make_patron(), new_code()
    give_identity(other.pk, code, by=desk(), now=timezone.now())

    page = page_of(post(told(identity_code=code, born_on="")))

    assert "already exists" in page
    assert f'href="/patrons/{other.pk}/"' in page
    assert 'value="Ulla"' in page
    assert Patron.objects.count() == 1
    assert len(store.rows) == 1


def test_a_vault_that_is_down_saves_nothing_and_a_reason_goes_on(
    store: MemoryVault,
) -> None:
    store.fails = AdapterError("no answer", permanent=False)
    fields = told(identity_code=new_code(), skip_reason="")

    assert "nothing was saved" in page_of(post(fields))
    assert not Patron.objects.exists()
    assert store.rows == {}

    post({**fields, "identity_code": "", "skip_reason": "Säilö ei vastannut"})
    assert Patron.objects.get().identity_skipped == "Säilö ei vastannut"


def test_every_wrong_field_is_told_beside_it_and_the_rest_stays() -> None:
    make_patron(card="P777", hold_identifier="Kuukkeli")
    page = page_of(
        post(
            told(
                phone="äiti",
                email="ei",
                messages="chosen",
                tick=["hold-ready:sms", "advance:email"],
                **{"days-advance": "0"},
            )
        )
    )

    for name in ("card_number", "phone", "email"):
        assert f'id="id_{name}-error"' in page, name
    page = page_of(post(told(card_number="P1", hold_identifier="kuu kkeli")))
    assert 'id="id_hold_identifier-error"' in page
    page = page_of(post(told(card_number="P1", messages="chosen", tick="due:sms")))
    assert 'id="id_messages-error"' in page
    assert (
        'value="due:sms" aria-label="Notice on the due date: Text message" checked'
        in page
    )
    page = page_of(post(told(card_number="P1", pin="1234")))
    assert 'id="id_pin-error"' in page
    assert Patron.objects.count() == 1


def test_a_namesake_is_asked_about_and_can_be_set_aside() -> None:
    twin = make_patron(surname="UUSI", first_names="ulla", born_on=date(1990, 2, 1))

    page = page_of(post(told()))
    assert "Is it the same person?" in page
    assert f'href="/patrons/{twin.pk}/"' in page
    assert Patron.objects.count() == 1

    post(told(override="same-person"))
    assert Patron.objects.count() == 2


def test_the_rest_of_the_form_is_kept_too() -> None:
    post(
        told(
            called_name="Ulle",
            street="Kauppatie 1",
            postal_code="50100",
            city="Mikkeli",
            phone="050 123 4567",
            email="ulla@uusi.example",
            hold_identifier="Ulla 7",
            pin="4826",
            messages="chosen",
            tick=["hold-ready:email", "advance:sms"],
            told_by_register="street city nonsense",
            **{"days-advance": "5"},
        )
    )

    patron = Patron.objects.get()
    assert (patron.called_name, patron.hold_identifier) == ("Ulle", "Ulla 7")
    assert check_password("4826", patron.pin_hash)
    ticks = set(patron.choices.values_list("kind", "transport", "days"))
    assert ticks == {("hold-ready", "email", None), ("advance", "sms", 5)}
    rows = FieldChange.objects.filter(source="population-register")
    assert {row.field for row in rows} == {"street", "city"}


@pytest.mark.parametrize(
    ("code", "state", "sentence"),
    [
        ("131052-308U", "wrong", "one of its characters is wrong"),
        ("xyz", "wrong", "it has the form"),
        (code_of(BORN).replace("-", "+"), "asks", "born in the 1800s?"),
        (code_of(BORN), "good", "is in order"),
    ],
)
def test_a_code_is_looked_at_while_it_is_typed(
    code: str, state: str, sentence: str, store: MemoryVault
) -> None:
    page = page_of(ask_code(code), 200)

    assert f'data-identity="{state}"' in page
    assert sentence in page
    assert store.rows == {}, "nothing is kept before the patron is saved"


def test_a_plus_that_is_confirmed_fills_the_date_of_birth() -> None:
    answer = ask_code(code_of(BORN).replace("-", "+"), born_in_1800s="on")
    assert filled(answer) == {"born_on": "1880-05-17"}


def test_a_code_that_somebody_has_opens_them_and_an_empty_one_says_nothing() -> None:
    other, code = make_patron(), new_code()
    give_identity(other.pk, code, by=desk(), now=timezone.now())
    client = at_work()

    page = page_of(ask_code(code, client), 200)
    assert 'data-identity="exists"' in page
    assert f'href="/patrons/{other.pk}/"' in page
    assert ask_code(" ", client).content.decode().strip() == ""


def test_the_age_chooses_another_category() -> None:
    born = timezone.localdate().replace(year=timezone.localdate().year - 5, day=1)
    assert filled(ask_code(code_of(born)))["category"] == "LAPSI"
    assert "category" not in filled(ask_code(code_of(BORN)))


def register_says(monkeypatch: pytest.MonkeyPatch, answer: object) -> None:
    def ask(_code: str, **_told: Any) -> object:
        return answer

    monkeypatch.setattr(told_of_code, "ask_population_register", ask)


def test_the_population_register_fills_name_and_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = Address(
        kind=AddressKind.PERMANENT,
        street="Porrassalmenkatu 12",
        postal_code="50100",
        city="MIKKELI",
    )
    person = Person(code="", surname="Meri", first_names="Anna", addresses=[home])
    register_says(monkeypatch, person)

    answer = ask_code(code_of(BORN))

    fill = filled(answer)
    assert (fill["surname"], fill["street"]) == ("Meri", "Porrassalmenkatu 12")
    assert "data-from-register" in answer.content.decode()


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (None, "knows nobody"),
        (Person(code="", surname="Meri", death=Dated(date(2026, 1, 1))), "dead"),
        (
            Person(code="", surname="Meri", protection=Protection(active=True)),
            "protection order",
        ),
    ],
)
def test_what_the_register_tells_that_is_no_name_is_said(
    answer: Person | None, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    register_says(monkeypatch, answer)
    page = page_of(ask_code(code_of(BORN)), 200)
    assert sentence in page
    assert "street" not in page


def test_a_register_that_does_not_answer_lets_the_desk_type(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def ask(_code: str, **_told: Any) -> None:
        raise Refused([Refusal(PopulationReason.UNREACHABLE)])

    monkeypatch.setattr(told_of_code, "ask_population_register", ask)
    page = page_of(ask_code(code_of(BORN)), 200)
    assert "Type the data in" in page
    assert 'data-identity="good"' in page


def child(**fields: object) -> dict[str, object]:
    year = timezone.localdate().year - 8
    defaults = {"category": "LAPSI", "born_on": f"{year}-01-01", "first_names": "Eero"}
    return told(**{**defaults, **fields})


def test_a_child_gets_the_guardian_who_was_picked() -> None:
    guardian = make_patron()
    post(child(guardian_how="picked", guardian_id=guardian.pk, guardian_kind="parent"))

    link = Guardianship.objects.get()
    assert (link.guardian, link.kind, link.gets_bills) == (guardian, "parent", True)


def test_a_guardian_is_registered_beside_with_a_code_and_the_childs_address(
    store: MemoryVault,
) -> None:
    post(
        child(
            street="Kauppatie 1",
            city="Mikkeli",
            guardian_how="beside",
            guardian_surname="Uusi",
            guardian_first_names="Outi",
            guardian_card_number="P778",
            guardian_identity_code=new_code(),
            guardian_phone="050 123 4567",
        )
    )

    guardian = Guardianship.objects.get().guardian
    assert guardian is not None
    assert (guardian.street, guardian.phone) == ("Kauppatie 1", "+358501234567")
    assert (guardian.born_on, card_of(guardian)) == (BORN, "P778")
    assert guardian.identity_key in store.rows


def test_a_guardian_who_cannot_be_registered_stops_the_child_and_tells_where(
    store: MemoryVault,
) -> None:
    beside = {
        "guardian_how": "beside",
        "guardian_surname": "Uusi",
        "guardian_card_number": "P778",
        "guardian_skip_reason": "Ei mukana",
    }
    page = page_of(post(child(**beside, guardian_email="ei")))
    assert 'id="id_guardian_email-error"' in page
    page = page_of(post(child(**{**beside, "guardian_skip_reason": ""})))
    assert 'id="id_guardian_identity_code-error"' in page
    assert not Patron.objects.exists()
    assert store.rows == {}


def test_a_guardian_is_only_written_down_or_missing() -> None:
    page = page_of(post(child(guardian_how="picked")))
    assert "needs a guardian" in page

    post(child(guardian_how="written", guardian_name="Mummo Uusi"))
    assert Guardianship.objects.get().name == "Mummo Uusi"


def test_guardians_are_searched_and_the_picked_ones_address_is_copied() -> None:
    guardian = make_patron(surname="Kallio", street="Vuorikatu 3", city="Mikkeli")
    hidden = make_patron(surname="Kallio", street="Salakatu 1", is_protected=True)
    client = at_work()

    page = client.post(f"{NEW}guardians/", {"guardian_search": "kall"}).content.decode()
    assert f'data-pick="{guardian.pk}"' in page
    assert "Vuorikatu" not in page

    answer = client.post(f"{NEW}family/", {"guardian_id": guardian.pk})
    assert json.loads(answer.context["fill"])["street"] == "Vuorikatu 3"
    answer = client.post(f"{NEW}family/", {"guardian_id": hidden.pk})
    assert answer.context["fill"] == "{}"
    assert "Salakatu" not in answer.content.decode()
    for odd in ("", "x", "99999999999999999999999", "-1"):
        assert client.post(f"{NEW}family/", {"guardian_id": odd}).status_code == 200


def test_a_dependant_and_a_copy_begin_with_what_the_family_shares() -> None:
    adult = make_patron(
        surname="Kallio",
        street="Vuorikatu 3",
        phone="+358501234567",
        language="sv",
        home_library=make_library("SVL"),
    )
    client = at_work()

    form = client.get(f"{NEW}?guardian={adult.pk}").context["form"]
    assert form["category"].value() == "LAPSI"
    assert form["guardian_id"].value() == adult.pk
    assert form["street"].value() == "Vuorikatu 3"
    assert not form["phone"].value()

    form = client.get(f"{NEW}?copy={adult.pk}").context["form"]
    assert form["phone"].value() == "+358501234567"
    assert form["home_library"].value() == adult.home_library_id
    assert form["language"].value() == "sv"
    looks = LoggedEvent.objects.filter(kind="PatronViewed", body__page="registration")
    assert looks.count() >= 2
    assert client.get(f"{NEW}?copy=99999&guardian=x").status_code == 200


def test_a_protected_address_is_not_copied_and_the_library_not_told() -> None:
    adult = make_patron(
        street="Salakatu 1", is_protected=True, home_library=make_library("SVL")
    )
    page = at_work(library=make_library()).get(f"{NEW}?guardian={adult.pk}")
    assert "Salakatu" not in page.content.decode()
    assert page.context["form"]["home_library"].value() == make_library().pk


def test_namesakes_are_shown_while_the_name_is_typed() -> None:
    twin = make_patron(surname="Kallio", first_names="Anna", born_on=date(1990, 2, 1))
    client = at_work()
    typed = {"surname": "Kallio", "first_names": "Anna"}

    for born_on, seen in (("", True), ("1990-02-01", True), ("1971-02-01", False)):
        answer = client.post(f"{NEW}same/", {**typed, "born_on": born_on})
        assert (f"/patrons/{twin.pk}/" in answer.content.decode()) is seen
    assert client.post(f"{NEW}same/", {"surname": "Kallio"}).content.strip() == b""


def test_a_pin_is_made_and_a_hold_identifier_is_tried() -> None:
    make_patron(hold_identifier="Kuukkeli 7")
    client = at_work()

    answer = client.post(f"{NEW}pin/", {"category": "HENKILO"})
    pin = json.loads(answer.context["fill"])["pin"]
    assert pin.isdigit()
    post(told(pin=pin), client)
    assert check_password(pin, Patron.objects.get(surname="Uusi").pin_hash)

    for typed, words in (
        ("kuukkeli7", "Somebody else has"),
        ("p777", "cannot be a hold identifier"),
        ("é", "may have digits"),
        ("Vapaa 1", "free."),
        ("", ""),
    ):
        answer = client.post("/hold-identifiers/check/", {"hold_identifier": typed})
        assert words in answer.content.decode()


def test_who_may_not_edit_registers_nobody() -> None:
    client = at_work(make_staff(may=(PatronPermission.SEE,)))
    for address in (NEW, *(f"{NEW}{n}/" for n in ("identity", "guardians", "family"))):
        assert client.post(address, told()).status_code == 403
    assert not Patron.objects.exists()

"""Registering the whole record: everything or nothing (PAT-4 to PAT-8, PAT-11)."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from kortisto.core.models import LoggedEvent
from kortisto.domain.org.models import LibraryGroup
from kortisto.domain.patrons.actions.pin import log_in
from kortisto.domain.patrons.actions.register import register
from kortisto.domain.patrons.models import (
    Card,
    CardValidity,
    CategoryMessage,
    Patron,
    PatronCategory,
    PatronNote,
)
from kortisto.domain.patrons.new_patron import NewGuardian, NewPatron
from kortisto.domain.patrons.pins import PinTerms, generated, weakness
from kortisto.domain.patrons.reasons import Unfit
from kortisto.domain.patrons.records import provenance_of, record_of
from kortisto.domain.patrons.rules import Tick
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_category,
    make_library,
    make_patron,
)

pytestmark = pytest.mark.django_db
TODAY = MONDAY_NOON.date()


def child_category(**fields: Any) -> PatronCategory:
    return make_category(
        "LAPSI",
        kind="dependant",
        max_age=17,
        may_have_guardian=True,
        needs_guardian=True,
        **fields,
    )


def new(**values: Any) -> NewPatron:
    make_category()
    told = {
        "card_number": "P1",
        "surname": "Virtanen",
        "first_names": "Aino",
        "category": "HENKILO",
        "home_library_id": make_library().pk,
        "born_on": date(1984, 5, 17),
    }
    return NewPatron(**{**told, **values})


def refused(wanted: NewPatron, **kwargs: Any) -> dict[str | None, str]:
    before = Patron.objects.count()
    with pytest.raises(Unfit) as told:
        register(wanted, by=desk(), now=MONDAY_NOON, **kwargs)
    assert Patron.objects.count() == before
    return dict(told.value.errors)


def test_a_child_is_registered_with_a_guardian_in_one_step() -> None:
    child_category()
    guardian = new(surname="Lahti", first_names="Sanna", card_number="P2")
    wanted = new(
        category="LAPSI",
        born_on=date(2018, 4, 1),
        phone="050 123 4567",
        email=" aino@posti.example ",
        street="  Porrassalmenkatu   1 ",
        pin="2749",
        staff_note="Soita ennen noutoa",
        guardians=(
            NewGuardian(person=guardian, kind="parent"),
            NewGuardian(name=" Mummo  Lahti ", phone="015 3211", kind="contact"),
        ),
        messages=(Tick("advance", "email", 3), Tick("hold-ready", "sms")),
    )
    patron = register(wanted, by=desk(), now=MONDAY_NOON)

    record = record_of(patron.pk, today=TODAY)
    assert record.patron.phone == "+358501234567"
    assert record.patron.street == "Porrassalmenkatu 1"
    assert len(record.patron.hold_identifier) == 8
    assert record.is_minor
    first, second = record.guardians
    assert first.guardian is not None
    assert first.guardian.full_name == "Lahti, Sanna"
    assert (first.gets_bills, second.gets_bills) == (True, False)
    assert (second.name, second.phone) == ("Mummo Lahti", "+358153211")
    assert record.ticks == (Tick("advance", "email", 3), Tick("hold-ready", "sms"))
    assert [note.text for note in record.staff_notes] == ["Soita ennen noutoa"]
    assert not record.public_notes
    assert log_in("P1", "2749", by=desk(), now=MONDAY_NOON) == patron
    told = LoggedEvent.objects.filter(kind="PatronRegistered")
    assert {row.patron_id for row in told} == {patron.pk, first.guardian.pk}


def test_everything_that_is_wrong_is_told_at_once_and_beside_its_field() -> None:
    make_patron(card="P1", hold_identifier="77")
    wanted = new(hold_identifier="7 7", pin="1234", messages=(Tick("due", "sms"),))
    assert set(refused(wanted)) == {
        "card_number",
        "hold_identifier",
        "pin",
        "due:sms",
    }
    assert set(refused(new(phone="äiti", email="x", language="ru"))) == {
        "phone",
        "email",
        "language",
        "card_number",
    }


def test_a_guardian_who_cannot_be_registered_stops_the_child_too() -> None:
    child_category()
    guardian = new(card_number="P2", email="no address")
    wanted = new(
        category="LAPSI",
        born_on=date(2018, 4, 1),
        guardians=(NewGuardian(person=guardian),),
    )
    assert set(refused(wanted)) == {"guardians.0.email"}
    assert not Card.objects.exists()
    assert not LoggedEvent.objects.exists()


def test_a_child_without_a_guardian_and_a_grown_up_as_a_child_are_refused() -> None:
    child_category()
    assert set(refused(new(category="LAPSI", born_on=date(2018, 4, 1)))) == {
        "guardians"
    }
    other = make_patron().pk
    guarded = new(category="LAPSI", guardians=(NewGuardian(patron_id=other),))
    assert set(refused(guarded)) == {"category"}


def test_the_same_name_and_birth_date_is_asked_about() -> None:
    first = register(new(), by=desk(), now=MONDAY_NOON)
    twin = new(card_number="P2", surname="VIRTANEN")
    with pytest.raises(Unfit) as told:
        register(twin, by=desk(), now=MONDAY_NOON)
    assert [each.reason.value for each in told.value.refusals] == ["same-person"]
    assert told.value.refusals[0].facts["patron_ids"] == [first.pk]
    second = register(twin, by=desk(), now=MONDAY_NOON, confirmed=["same-person"])
    assert second.pk != first.pk
    assert refused(twin, confirmed=["same-person", "card-in-use"]) == {
        "card_number": "This card number is in use already."
    }


def test_what_stores_the_identity_may_undo_everything() -> None:
    make_category("TUNNUS", needs_identity=True)
    wanted = new(category="TUNNUS")
    assert set(refused(wanted)) == {"identity"}

    def somebody_has_it(_patron_id: int) -> None:
        message = "somebody has this identity"
        raise ValueError(message)

    with pytest.raises(ValueError, match="has this identity"):
        register(wanted, by=desk(), now=MONDAY_NOON, identify=somebody_has_it)
    assert not Patron.objects.exists()

    asked: list[int] = []
    made = register(wanted, by=desk(), now=MONDAY_NOON, identify=asked.append)
    assert asked == [made.pk]


def test_a_category_says_how_long_a_card_is_good_and_what_is_ticked() -> None:
    category = make_category(validity_months=12, history="never", card_required=False)
    CategoryMessage.objects.create(
        category=category, kind="hold-ready", transport="email"
    )
    CategoryMessage.objects.create(category=category, kind="due", transport="sms")
    wanted = new(card_number="", email="a@b.example")
    patron = register(wanted, by=desk(), now=MONDAY_NOON)
    assert patron.expires_on == date(2028, 3, 1)
    assert patron.history == "never"
    assert not patron.cards.exists()
    assert record_of(patron.pk, today=TODAY).ticks == (Tick("hold-ready", "email"),)

    group = LibraryGroup.objects.create(code="g", purpose="search", name_fi="g")
    group.libraries.add(make_library())
    CardValidity.objects.create(category=category, group=group, months=60)
    later = register(replace(wanted, surname="Lahti"), by=desk(), now=MONDAY_NOON)
    assert later.expires_on == date(2032, 3, 1)


def test_where_it_all_came_from_is_who_registered_it() -> None:
    patron = register(new(), by=desk(), now=MONDAY_NOON)
    told = provenance_of(patron.pk)
    assert {each.source for each in told.values()} == {"desk"}
    assert told["email"].actor == "staff:1"
    assert "pin_hash" not in told


def test_a_generated_pin_is_never_a_weak_one() -> None:
    for _ in range(50):
        assert weakness(generated(PinTerms()), PinTerms()) is None


def test_nobody_s_name_is_in_what_is_raised() -> None:
    register(new(), by=chief(), now=MONDAY_NOON)
    with pytest.raises(Unfit) as told:
        register(new(card_number="P2"), by=desk(), now=MONDAY_NOON)
    assert "Virtanen" not in repr(told.value)
    assert not PatronNote.objects.exists()

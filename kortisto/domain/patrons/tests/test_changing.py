"""Changing a record: what was there before is kept, and nobody overwrites anybody."""

from datetime import date, timedelta
from typing import Any

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.choices import choose_messages, ticks_of
from kortisto.domain.patrons.actions.notes import withdraw_note, write_note
from kortisto.domain.patrons.actions.pin import set_pin
from kortisto.domain.patrons.actions.renewing import renew_membership
from kortisto.domain.patrons.actions.restrictions import (
    lift_settled,
    restrict,
)
from kortisto.domain.patrons.actions.viewing import (
    view_protected_address,
    view_record,
)
from kortisto.domain.patrons.events import ProtectedAddressViewed
from kortisto.domain.patrons.models import (
    FieldChange,
    Patron,
    PatronNote,
    Renewal,
    RestrictionType,
    Source,
)
from kortisto.domain.patrons.queries import find_patrons
from kortisto.domain.patrons.reasons import Unfit
from kortisto.domain.patrons.records import (
    changes_of,
    provenance_of,
    public_notes_of,
    record_of,
    restrictions_in_force,
)
from kortisto.domain.patrons.rules import Tick
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_category,
    make_library,
    make_patron,
    themself,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows, count_queries

pytestmark = pytest.mark.django_db
TODAY = MONDAY_NOON.date()


def changed(patron: Patron, **values: Any) -> tuple[str, ...]:
    return change(patron.pk, values, by=desk(), now=MONDAY_NOON)


def test_each_field_remembers_what_it_was_and_who_said_so() -> None:
    patron = make_patron(email="vanha@b.example", city="Mikkeli")
    assert set(changed(patron, email="uusi@B.example", city=" Mikkeli ")) == {"email"}
    later = MONDAY_NOON + timedelta(hours=1)
    change(
        patron.pk,
        {"city": "Juva", "category": make_category("MUU").code},
        by=desk(),
        now=later,
        source=Source.POPULATION_REGISTER,
    )
    told = provenance_of(patron.pk)
    assert (told["city"].source, told["city"].at) == ("population-register", later)
    assert told["email"].source == "desk"
    assert told["phone"].at == Patron.objects.get().created_at
    history = changes_of(patron.pk).values_list("field", "old", "new")
    assert ("category", "HENKILO", "MUU") in history
    assert ("email", "vanha@b.example", "uusi@b.example") in history
    assert "example" not in str(LoggedEvent.objects.values_list("body", flat=True))


def test_what_changes_nothing_leaves_no_trace() -> None:
    patron = make_patron(city="Juva")
    assert changed(patron, city="  Juva", language="fi") == ()
    assert not FieldChange.objects.exists()
    assert not LoggedEvent.objects.exists()


def test_of_a_pin_only_that_it_changed() -> None:
    patron = make_patron()
    set_pin(patron.pk, "2749", by=desk(), now=MONDAY_NOON)
    kept = FieldChange.objects.get()
    assert (kept.field, kept.old, kept.new) == ("pin", "", "")


def test_the_second_of_two_who_edit_is_told_which_fields_differ() -> None:
    patron = make_patron(email="a@b.example", phone="+358501234567", city="Juva")
    opened = patron.edition
    changed(patron, email="first@b.example", city="Mikkeli")
    form = {"email": "second@b.example", "phone": "0401234567", "city": "Juva"}

    with pytest.raises(Unfit) as told:
        change(patron.pk, form, by=desk(), now=MONDAY_NOON, edition=opened)
    assert [field for field, _ in told.value.errors] == ["email"]
    assert "first@b.example" not in str(told.value)
    patron.refresh_from_db()
    assert patron.phone == "+358501234567"

    change(
        patron.pk,
        form,
        by=desk(),
        now=MONDAY_NOON,
        edition=opened,
        overwrite=["email"],
    )
    patron.refresh_from_db()
    assert (patron.email, patron.phone) == ("second@b.example", "+358401234567")
    assert patron.city == "Mikkeli", "what the second left alone stays the first's"


def test_a_loan_in_between_is_no_reason_to_refuse_an_edit() -> None:
    patron = make_patron()
    opened = patron.edition
    Patron.objects.filter(pk=patron.pk).update(version=7)
    change(patron.pk, {"city": "Juva"}, by=desk(), now=MONDAY_NOON, edition=opened)
    patron.refresh_from_db()
    assert patron.city == "Juva"


def test_a_new_name_and_address_are_found_and_the_old_ones_are_not() -> None:
    patron = make_patron(surname="Virtanen")
    changed(patron, surname="Lahti")
    assert [one.id for one in find_patrons("lahti")] == [patron.pk]
    assert find_patrons("virtanen") == []


def test_a_patron_changes_what_is_their_own_and_nothing_more() -> None:
    patron = make_patron()
    own = {"email": "a@b.example"}
    change(patron.pk, own, by=themself(patron), now=MONDAY_NOON)
    assert provenance_of(patron.pk)["email"].source == "online"
    for wanted in ({"surname": "X"}, {"is_protected": True}, {"expires_on": TODAY}):
        with pytest.raises(NotPermitted):
            change(patron.pk, wanted, by=themself(patron), now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        change(make_patron().pk, own, by=themself(patron), now=MONDAY_NOON)


def test_a_number_that_ticks_need_cannot_be_taken_away() -> None:
    patron = make_patron(phone="+358501234567", email="a@b.example")
    ticks = [Tick("hold-ready", "sms"), Tick("advance", "email", 2)]
    choose_messages(patron.pk, ticks, by=desk(), now=MONDAY_NOON)

    with pytest.raises(Unfit) as told:
        changed(patron, phone="", email="")
    errors = dict(told.value.errors)
    assert "“A hold has arrived”" in errors["phone"]
    assert "“Notice before the due date”" in errors["email"]
    patron.refresh_from_db()
    assert patron.phone

    changed(patron, phone="", sms_number="040 1234567")
    patron.refresh_from_db()
    assert patron.number_for_sms == "+358401234567"


def test_the_table_of_ticks_is_replaced_whole_and_its_history_kept() -> None:
    patron = make_patron(email="a@b.example")
    first = [Tick("advance", "email", 2), Tick("due", "email")]
    choose_messages(patron.pk, first, by=desk(), now=MONDAY_NOON)
    choose_messages(
        patron.pk, [Tick("advance", "email", 5)], by=desk(), now=MONDAY_NOON
    )
    assert ticks_of(patron.pk) == [Tick("advance", "email", 5)]
    history = changes_of(patron.pk, field="message:advance")
    assert [(row.old, row.new) for row in history] == [
        ("email 2", "email 5"),
        ("", "email 2"),
    ]
    with pytest.raises(Unfit):
        choose_messages(patron.pk, [Tick("due", "sms")], by=desk(), now=MONDAY_NOON)
    assert ticks_of(patron.pk) == [Tick("advance", "email", 5)]


def test_renewing_tells_which_fields_were_checked_by_whom() -> None:
    patron = make_patron(
        expires_on=date(2027, 2, 1), check_address=True, check_phone=True
    )
    renew_membership(
        patron.pk,
        by=desk(),
        now=MONDAY_NOON,
        checked=["street", "city"],
        changes={"city": "Juva"},
    )
    patron.refresh_from_db()
    assert patron.expires_on == date(2030, 3, 1)
    assert (patron.city, patron.check_address, patron.check_phone) == (
        "Juva",
        False,
        True,
    )
    kept = Renewal.objects.get()
    assert (kept.checked, kept.actor) == (["city", "street"], "staff:1")
    assert (kept.expired_on, kept.expires_on) == (date(2027, 2, 1), date(2030, 3, 1))
    with pytest.raises(Unfit):
        renew_membership(patron.pk, by=desk(), now=MONDAY_NOON, checked=["pin_hash"])
    assert Renewal.objects.count() == 1


def test_notes_have_an_author_whom_the_patron_never_sees() -> None:
    patron = make_patron()
    for audience in PatronNote.Audience:
        write_note(
            patron.pk,
            f"For {audience.value}",
            audience=audience,
            by=desk(),
            now=MONDAY_NOON,
        )
    assert public_notes_of(patron.pk) == ["For public"]
    public = PatronNote.objects.get(audience="public")
    assert (public.author, public.library_id) == ("staff:1", make_library().pk)
    withdraw_note(public.pk, by=desk(), now=MONDAY_NOON)
    withdraw_note(public.pk, by=chief(), now=MONDAY_NOON)
    assert public_notes_of(patron.pk) == []
    public.refresh_from_db()
    assert public.withdrawn_by == "staff:1"
    for text in ("", " \n ", "x" * 4001):
        with pytest.raises(Unfit):
            write_note(
                patron.pk,
                text,
                audience=PatronNote.Audience.STAFF,
                by=desk(),
                now=MONDAY_NOON,
            )


def test_a_protected_address_is_shown_for_a_reason_only() -> None:
    patron = make_patron(is_protected=True, street="Salatie 1", city="Juva")
    record = view_record(patron.pk, by=desk(), now=MONDAY_NOON, page="patron")
    assert record.address_hidden
    assert find_patrons("virtanen")[0].home_library_id is None
    with pytest.raises(NotPermitted):
        view_protected_address(patron.pk, "bill", by=desk(), now=MONDAY_NOON)
    with pytest.raises(Unfit):
        view_protected_address(patron.pk, " ", by=chief(), now=MONDAY_NOON)
    assert not LoggedEvent.objects.filter(kind=ProtectedAddressViewed.__name__).exists()
    found = view_protected_address(patron.pk, "A bill", by=chief(), now=MONDAY_NOON)
    assert found.lines == ("Salatie 1", "Juva")
    assert found.home_library_id == patron.home_library_id
    told = LoggedEvent.objects.get(kind=ProtectedAddressViewed.__name__)
    assert told.body["reason"] == "A bill"


def test_restrictions_of_several_types_stand_together_and_go_by_their_rules() -> None:
    patron = make_patron()
    restrict(patron.pk, "Ikkuna", by=desk(), now=MONDAY_NOON)
    restrict(patron.pk, "Lasku", by=desk(), now=MONDAY_NOON, kind="invoice")
    restrict(
        patron.pk,
        "Viikko",
        by=desk(),
        now=MONDAY_NOON,
        kind="suspension",
        ends_on=TODAY,
    )
    with pytest.raises(ValueError, match="needs a last day"):
        restrict(patron.pk, "", by=desk(), now=MONDAY_NOON, kind="suspension")
    own = RestrictionType.objects.create(code="peli", name_fi="Pelikielto")
    restrict(patron.pk, "Peli", by=desk(), now=MONDAY_NOON, kind="peli")

    def notes(day: date) -> list[str]:
        return [each.note for each in restrictions_in_force(patron.pk, day)]

    assert notes(TODAY) == ["Ikkuna", "Lasku", "Viikko", "Peli"]
    assert notes(TODAY + timedelta(days=1)) == ["Ikkuna", "Lasku", "Peli"]
    paid = RestrictionType.Removal.CHARGES_PAID
    assert lift_settled([patron.pk], paid, by=desk(), now=MONDAY_NOON) == 1
    assert notes(TODAY) == ["Ikkuna", "Viikko", "Peli"]
    assert patron.restrictions.count() == 4, "what has gone stays in the record"
    assert own.removal == RestrictionType.Removal.BY_HAND


def test_the_record_asks_no_more_when_it_is_longer() -> None:
    patron = make_patron(email="a@b.example")
    make_category("AIKUINEN", may_have_guardian=True)

    def add() -> None:
        write_note(
            patron.pk,
            "x",
            audience=PatronNote.Audience.STAFF,
            by=desk(),
            now=MONDAY_NOON,
        )
        restrict(patron.pk, "y", by=desk(), now=MONDAY_NOON)
        child = make_patron(category="AIKUINEN")
        child.guardians.create(guardian=patron, starts_on=date(2020, 1, 1))
        patron.guardians.create(name="Setä", starts_on=date(2020, 1, 1))
        changed(patron, city=f"Juva {child.pk}")

    def read() -> None:
        record = record_of(patron.pk, today=TODAY)
        assert all(each.link.dependant.category.code for each in record.dependants)
        assert all(each.type.code for each in record.restrictions)

    assert_same_queries_with_more_rows(read, add_rows=add)
    assert count_queries(lambda: provenance_of(patron.pk)) == 2

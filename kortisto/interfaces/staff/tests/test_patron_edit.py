"""The record is changed in one form, and nothing that was typed is lost."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.models import FieldChange, MessageChoice, Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.record_form import PROTECTED_NAMES, RecordForm, names_for
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    desk,
    make_category,
    make_library,
    make_patron,
)

pytestmark = pytest.mark.django_db


def form_of(patron: Patron, *, may_lift: bool = True, **typed: str) -> dict[str, str]:
    """The form as a browser sends it, with what was typed into it."""
    form = RecordForm(patron=patron, names=names_for(patron, may_lift=may_lift))
    held = {name: form[name].value() for name in form.fields}
    sent = {
        name: "on" if value is True else str(value)
        for name, value in held.items()
        if value is not None and value is not False
    }
    empty = {name: "" for name, value in held.items() if value is None}
    return {**sent, **empty, **typed}


def send(client: Client, patron: Patron, data: dict[str, Any]) -> Any:
    return client.post(f"/patrons/{patron.pk}/edit/", data)


def test_numbers_are_kept_as_e164_and_spaces_are_collapsed() -> None:
    patron = make_patron()
    client = at_work()

    answer = send(
        client,
        patron,
        form_of(patron, phone="040 123 4567", street="  Uusi   tie 1 ", email="A@B.FI"),
    )

    assert answer.status_code == 302
    patron.refresh_from_db()
    assert patron.phone == "+358401234567"
    assert patron.street == "Uusi tie 1"
    page = client.get(f"/patrons/{patron.pk}/").content.decode()
    assert "The data was saved." in page
    assert "+358401234567" in page


def test_a_form_that_changes_nothing_writes_nothing() -> None:
    patron = make_patron(second_street="Mökkitie 1", check_email=True)

    assert send(at_work(), patron, form_of(patron)).status_code == 302

    assert not FieldChange.objects.exists()


def test_a_taken_hold_identifier_stands_beside_its_field_and_nothing_is_lost() -> None:
    make_patron(hold_identifier="VARATTU 1")
    patron = make_patron()
    client = at_work()

    answer = send(
        client, patron, form_of(patron, hold_identifier="varattu1", city="Juva")
    )

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Somebody else has this hold identifier." in page
    assert 'value="Juva"' in page
    assert 'value="varattu1"' in page
    patron.refresh_from_db()
    assert patron.city == ""


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ("VARATTU 1", "Somebody else has this hold identifier."),
        ("é", "may have digits"),
        (" ", "cannot be empty"),
        ("Vapaa", "Hold identifier: free."),
        ("t-own", ""),
    ],
)
def test_the_check_beside_the_field_tells_how_it_stands(typed: str, told: str) -> None:
    make_patron(hold_identifier="VARATTU 1")
    patron = make_patron(hold_identifier="T-OWN")

    answer = at_work().post(
        f"/patrons/{patron.pk}/hold-check/", {"hold_identifier": typed}
    )

    text = answer.content.decode()
    assert told in text
    assert told or not text.strip()


@pytest.mark.parametrize(
    ("field", "typed", "told"),
    [
        ("phone", "äiti", "digits only"),
        ("email", "aino", "cannot be an e-mail address"),
        ("business_id", "1234567-8", "business ID"),
        ("born_on", "31.2.2020", "date"),
        ("surname", " ", "required"),
        ("expires_on", "1.1.1990", "cannot expire before"),
        ("category", "OLEMATON", "Select a valid choice"),
        ("street", "x" * 101, "at most 100"),
        ("city", "Ju\u202eva", "characters that cannot be seen"),
    ],
)
def test_what_cannot_be_written_is_told_in_words(
    field: str, typed: str, told: str
) -> None:
    patron = make_patron(category="YHTEISO" if field == "business_id" else "HENKILO")
    patron.category.kind = "organisation" if field == "business_id" else "person"
    patron.category.save()

    answer = send(at_work(), patron, {**form_of(patron), field: typed})

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not FieldChange.objects.exists()


def test_a_stay_that_ends_before_it_begins_is_no_fault_of_ours() -> None:
    patron = make_patron()
    typed = form_of(patron, second_from_on="2.6.2027", second_until_on="1.6.2027")

    answer = send(at_work(), patron, typed)

    assert answer.status_code == 422
    assert "ends before it begins" in answer.content.decode()


def test_the_category_decides_which_parts_are_sent() -> None:
    make_category("YHTEISO", kind="organisation")
    patron = make_patron()
    client = at_work()
    page = client.get(f"/patrons/{patron.pk}/edit/").content.decode()
    assert "&quot;YHTEISO&quot;: [&quot;business&quot;" in page

    typed = form_of(
        patron,
        category="YHTEISO",
        surname="Teatteri",
        business_id="0112038-9",
        called_name="Hupi",
    )
    assert send(client, patron, typed).status_code == 302

    patron.refresh_from_db()
    assert (patron.category.code, patron.business_id) == ("YHTEISO", "0112038-9")
    assert patron.called_name == ""  # no part of an organisation's form


def test_a_category_that_asks_for_a_guardian_tells_so_and_keeps_the_form() -> None:
    make_category("LAPSI", may_have_guardian=True, needs_guardian=True)
    patron = make_patron()

    answer = send(at_work(), patron, form_of(patron, category="LAPSI", city="Juva"))

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "A patron of this category needs a guardian." in page
    assert 'value="Juva"' in page
    assert '<option value="LAPSI" selected' in page


def test_a_number_that_messages_need_cannot_be_taken_away() -> None:
    patron = make_patron(email="aino@example.fi")
    MessageChoice.objects.create(patron=patron, kind="due", transport="email")

    answer = send(at_work(), patron, form_of(patron, email=""))

    assert answer.status_code == 422
    assert "Untick them first." in answer.content.decode()


def test_when_both_have_changed_a_field_both_values_are_shown() -> None:
    patron = make_patron(city="Juva")
    client = at_work()
    mine = form_of(patron, city="Puumala", street="Rantatie 2")
    theirs = {"city": "Mikkeli", "phone": "0401234567"}
    change(patron.pk, theirs, by=desk(), now=timezone.now())

    answer = send(client, patron, mine)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Somebody else has saved meanwhile" in page
    assert '<td data-label="Yours">Puumala</td>' in page
    assert "Mikkeli" in page
    assert 'value="Rantatie 2"' in page
    patron.refresh_from_db()
    assert (patron.city, patron.street) == ("Mikkeli", "")

    assert send(client, patron, {**mine, "overwrite": "city"}).status_code == 302

    patron.refresh_from_db()
    assert (patron.city, patron.street) == ("Puumala", "Rantatie 2")
    assert patron.phone == "+358401234567"  # theirs, which this form left alone


def test_a_protected_address_is_not_in_the_form_and_cannot_be_sneaked_out() -> None:
    patron = make_patron(is_protected=True, street="Salatie 1")
    editor = (PatronPermission.SEE, PatronPermission.EDIT)
    client = at_work(make_staff("eero", may=editor))

    page = client.get(f"/patrons/{patron.pk}/edit/").content.decode()
    assert "Salatie" not in page
    assert 'name="home_library"' not in page
    assert 'name="is_protected"' not in page
    typed = form_of(patron, may_lift=False, called_name="Ansku")
    assert send(client, patron, typed).status_code == 302

    patron.refresh_from_db()
    assert patron.is_protected
    assert (patron.street, patron.called_name) == ("Salatie 1", "Ansku")
    with pytest.raises(Exception, match="see-protected"):
        change(patron.pk, {"is_protected": False}, by=desk(), now=timezone.now())


def test_a_protected_address_is_changed_on_its_own_page() -> None:
    patron = make_patron(is_protected=True, street="Salatie 1")
    client = at_work()
    shown = client.post(f"/patrons/{patron.pk}/address/", {"reason": "Muutto"})
    assert 'value="Salatie 1"' in shown.content.decode()
    form = RecordForm(patron=patron, names=PROTECTED_NAMES)
    typed = {
        name: form[name].value() or "" for name in form.fields if name != "edition"
    }
    address = f"/patrons/{patron.pk}/address/change/"

    wrong = {**typed, "edition": 0, "street": "x" * 101}
    kept = client.post(address, wrong)
    assert kept.status_code == 422
    assert "at most 100" in kept.content.decode()
    right = client.post(address, {**typed, "edition": 0, "street": "Piilotie 2"})

    assert right.status_code == 302
    patron.refresh_from_db()
    assert patron.street == "Piilotie 2"
    see = (PatronPermission.SEE, PatronPermission.EDIT)
    other = at_work(make_staff("eero", may=see))
    assert other.post(address, typed).status_code == 403


def test_the_patron_must_be_there_and_the_editor_must_be_allowed() -> None:
    patron = make_patron()
    seer = at_work(make_staff("eero", may=(PatronPermission.SEE,)))

    assert at_work().get("/patrons/404/edit/").status_code == 404
    assert seer.get(f"/patrons/{patron.pk}/edit/").status_code == 403
    assert "/edit/" not in seer.get(f"/patrons/{patron.pk}/").content.decode()


def test_the_library_is_chosen_by_name() -> None:
    other = make_library("SVL")
    patron = make_patron()

    assert send(at_work(), patron, form_of(patron, home_library=str(other.pk)))

    patron.refresh_from_db()
    assert patron.home_library == other

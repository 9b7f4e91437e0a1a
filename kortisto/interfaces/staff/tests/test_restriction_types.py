"""The pages of types of restrictions: what is decided is offered at once (S26)."""

from typing import Any

import pytest
from django.test import Client

from kortisto.domain.org.models import Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.patrons.models import RestrictionType
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.restriction_types import READY_TYPES
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    make_consortium,
    make_library,
    make_patron,
    make_restriction,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

WINDOW = {
    "code": "ikkuna",
    "name_fi": "Ikkunan rikkominen",
    "removal": "by-hand",
    "in_use": "on",
    "shuts_doors": "on",
}


def decider(at: Unit | None = None) -> Client:
    """Somebody who decides settings, for everybody unless ``at`` says where."""
    may = (
        OrgPermission.EDIT_SETTINGS,
        OrgPermission.SEE_AUDIT_LOG,
        PatronPermission.SEE,
        PatronPermission.RESTRICT,
    )
    library = make_library()
    staff = make_staff(may=may, library=at or make_consortium())
    return at_work(staff, library=library)


def text_of(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_list_tells_what_each_does_and_how_many_are_in_force() -> None:
    RestrictionType.objects.create(
        code="IKKUNA", name_fi="Ikkunan rikkominen", days=14, in_use=False
    )
    for _each in range(3):
        make_restriction(make_patron(), kind="IKKUNA")

    page = text_of(decider(), "/restriction-types/")

    for words in ("Ikkunan rikkominen", ">14<", "Out of use", 'In force">3<'):
        assert words in page
    assert page.count("<tr>") == 1 + 1 + len(READY_TYPES)


def test_the_list_costs_the_same_with_more_types() -> None:
    client = decider()
    codes = iter("ABCDEFGH")

    def add() -> None:
        kind = next(codes)
        RestrictionType.objects.create(code=kind, name_fi=kind)
        make_restriction(make_patron(), kind=kind)

    assert_same_queries_with_more_rows(
        lambda: client.get("/restriction-types/"), add_rows=add
    )


def test_a_new_type_is_offered_on_the_patron_s_page_at_once() -> None:
    client, patron = decider(), make_patron()

    answer = client.post("/restriction-types/new/", {**WINDOW, "days": "14"})

    assert answer.status_code == 302
    form = text_of(client, f"/patrons/{patron.pk}/restrict/")
    assert '<option value="IKKUNA">Ikkunan rikkominen (14 days)</option>' in form
    client.post(f"/patrons/{patron.pk}/restrict/", {"kind": "IKKUNA"})
    made = patron.restrictions.get()
    assert made.type.code == "IKKUNA"
    assert made.ends_on is not None
    assert (made.ends_on - made.starts_on).days == 14
    assert "Ikkunan rikkominen" in text_of(client, f"/patrons/{patron.pk}/")


def test_a_type_out_of_use_is_offered_no_more() -> None:
    client, patron = decider(), make_patron()
    client.post("/restriction-types/new/", WINDOW)

    out = {name: value for name, value in WINDOW.items() if name != "in_use"}
    answer = client.post("/restriction-types/IKKUNA/", out)

    assert answer.status_code == 302
    address = f"/patrons/{patron.pk}/restrict/"
    assert "IKKUNA" not in text_of(client, address)
    assert client.post(address, {"kind": "IKKUNA"}).status_code == 422
    assert not patron.restrictions.exists()
    assert "Ikkunan rikkominen" in text_of(client, "/restriction-types/")


def test_what_is_saved_unchanged_stays_as_it_was() -> None:
    made = RestrictionType.objects.create(
        code="IKKUNA", name_fi="Ikkuna", removal="end-date", days=3, binding=True
    )
    before = RestrictionType.objects.values().get(pk=made.pk)
    client = decider()
    page = client.get("/restriction-types/IKKUNA/")
    form = page.context["form"]
    sent = {name: form[name].value() for name in form.fields}

    client.post(
        "/restriction-types/IKKUNA/",
        {name: value for name, value in sent.items() if value not in (None, False)},
    )

    assert RestrictionType.objects.values().get(pk=made.pk) == before


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"code": "ei näin"}, "A code has 1 to 20 capital letters"),
        ({"code": "manual"}, "Another type of restrictions has this code."),
        ({"name_fi": ""}, "This field is required."),
        ({"days": "0"}, "greater than or equal to 1"),
        ({"days": "kauan"}, "Enter a whole number."),
        ({"removal": "never"}, "Select a valid choice."),
    ],
)
def test_what_is_wrong_is_told_and_what_was_typed_stays(
    typed: dict[str, Any], told: str
) -> None:
    data = {**WINDOW, "name_sv": "Fönster", **typed}

    answer = decider().post("/restriction-types/new/", data)

    page = answer.content.decode()
    assert answer.status_code == 422
    assert told in page
    assert 'value="Fönster"' in page
    assert not RestrictionType.objects.filter(name_sv="Fönster").exists()


def test_of_a_type_of_the_program_only_the_names_are_asked() -> None:
    client = decider()

    page = text_of(client, "/restriction-types/processing/")
    answer = client.post(
        "/restriction-types/processing/", {"name_fi": "Tiedot lukossa"}
    )

    assert "only its names can be changed" in page
    assert 'name="in_use"' not in page
    assert answer.status_code == 302
    kept = RestrictionType.objects.get(code="processing")
    assert (kept.name_fi, kept.binding, kept.in_use) == ("Tiedot lukossa", True, True)


def test_what_was_decided_is_in_the_log_in_words() -> None:
    client = decider()
    client.post("/restriction-types/new/", WINDOW)
    client.post("/restriction-types/IKKUNA/", {**WINDOW, "days": "14"})

    log = text_of(client, "/audit/?kind=RestrictionTypeChanged")

    assert "type of restrictions Ikkunan rikkominen: Length in days" in log


def test_a_library_s_own_chief_sees_the_list_and_decides_nothing() -> None:
    RestrictionType.objects.create(code="IKKUNA", name_fi="Ikkuna")
    client = decider(at=make_library())

    page = text_of(client, "/restriction-types/")

    assert "IKKUNA" in page
    assert "/restriction-types/IKKUNA/" not in page
    assert client.get("/restriction-types/IKKUNA/").status_code == 403
    assert client.post("/restriction-types/new/", WINDOW).status_code == 403
    assert not RestrictionType.objects.filter(name_fi=WINDOW["name_fi"]).exists()


def test_a_type_that_is_not_there_is_not_found() -> None:
    assert decider().get("/restriction-types/OLEMATON/").status_code == 404

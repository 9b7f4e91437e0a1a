"""Accounts, roles and the organisation on their pages."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.org.actions.role_contents import install_ready_roles
from kortisto.domain.org.models import Grant, LibraryGroup, Membership, Staff, Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import chief, make_consortium, make_library
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

LONG = "a quite long first password"


def manager() -> Client:
    library = make_library()
    return at_work(make_staff("pomo", library=make_consortium()), library=library)


def account(username: str = "uusi") -> dict[str, object]:
    return {
        "username": username,
        "full_name": "Uusi Virkailija",
        "password": LONG,
        "language": "fi",
        "home_library_id": make_library().pk,
    }


def test_an_account_is_opened_and_given_a_role_until_a_day() -> None:
    client, library = manager(), make_library()
    make_consortium()
    install_ready_roles(by=chief(), now=timezone.now())
    role = make_staff("malli", may=()).grants.get().role
    client.post("/staffing/new/", account())
    person = Staff.objects.get(username="uusi")
    today = timezone.localdate()
    sent = {
        "role": role.code,
        "unit_id": library.pk,
        "starts_on": today.isoformat(),
        "ends_on": (today + timedelta(days=90)).isoformat(),
    }

    client.post(f"/staffing/{person.pk}/roles/", sent)

    grant = Grant.objects.get(staff=person)
    assert (grant.role_id, grant.unit_id) == (role.pk, library.pk)
    assert grant.ends_on == today + timedelta(days=90)
    page = client.get(f"/staffing/{person.pk}/").content.decode()
    assert "Rooli malli" in page


def test_a_short_password_is_told_and_the_rest_of_the_form_stays() -> None:
    page = manager().post("/staffing/new/", {**account(), "password": "short"})

    assert page.status_code == 422
    assert 'value="Uusi Virkailija"' in page.content.decode()
    assert not Staff.objects.filter(username="uusi").exists()


def test_nobody_gives_a_role_that_allows_more_than_they_may() -> None:
    library = make_library()
    boss = make_staff("suuri").grants.get().role
    local = make_staff("pieni", may=(OrgPermission.MANAGE_STAFF,))
    today = timezone.localdate().isoformat()
    sent = {"role": boss.code, "unit_id": library.pk, "starts_on": today}

    page = at_work(local).post(f"/staffing/{local.pk}/roles/", sent)

    assert page.status_code == 422
    assert "allows more than you may" in page.content.decode()
    assert local.grants.count() == 1


def test_why_somebody_may_not_is_told_in_sentences() -> None:
    person = make_staff("uusi", may=())
    query = f"?permission=org.edit-units&at={make_library().pk}"

    page = manager().get(f"/staffing/{person.pk}/{query}").content.decode()

    assert "No, they may not." in page
    assert "None of the roles gives" in page


def test_a_closed_account_loses_its_roles_and_is_opened_without_them() -> None:
    client, person = manager(), make_staff("lähtijä")

    client.post(f"/staffing/{person.pk}/state/", {"do": "close"})
    person.refresh_from_db()
    assert not person.is_active
    client.post(f"/staffing/{person.pk}/state/", {"do": "open"})

    person.refresh_from_db()
    assert person.is_active
    yesterday = timezone.localdate() - timedelta(days=1)
    assert person.grants.get().ends_on == yesterday


def test_a_role_is_ended_at_once_and_the_last_manager_stays() -> None:
    client, person = manager(), make_staff("toinen", may=())
    grant = person.grants.get()

    client.post(f"/staffing/grants/{grant.pk}/end/")
    own = Grant.objects.get(staff__username="pomo")
    answer = client.post(f"/staffing/grants/{own.pk}/end/")

    grant.refresh_from_db()
    own.refresh_from_db()
    assert grant.ends_on is not None
    assert own.ends_on is None
    assert answer.status_code == 409


def test_roles_and_their_givers_are_listed() -> None:
    page = manager().get("/staffing/roles/").content.decode()

    assert "Virkailija Pomo" in page
    assert "Give and take roles" in page


def test_the_list_of_staff_costs_as_many_statements_with_more_people() -> None:
    client, numbers = manager(), iter(range(100))

    def add() -> None:
        make_staff(f"henkilo{next(numbers)}")
        client.get("/staffing/")  # what is compiled per process is compiled again

    assert_same_queries_with_more_rows(lambda: client.get("/staffing/"), add_rows=add)


def test_a_unit_is_added_changed_and_moved() -> None:
    client, library = manager(), make_library("MLI")
    top = make_consortium()
    sent = {"code": "UUSI", "kind": "library", "name_fi": "Uusi kirjasto"}

    client.post(f"/units/{library.parent_id}/new/", sent)
    made = Unit.objects.get(code="UUSI")
    client.post(f"/units/{made.pk}/edit/", {"name_fi": "Vanha", "city": "Mikkeli"})
    client.post(f"/units/{made.pk}/move/", {"to": top.pk})

    made.refresh_from_db()
    assert (made.name_fi, made.city, made.parent_id) == ("Vanha", "Mikkeli", top.pk)
    assert made.path == f"{top.path}{made.pk}/"
    assert "Vanha" in client.get(f"/units/{made.pk}/").content.decode()


def test_a_membership_is_recorded_with_its_first_day() -> None:
    client, library, top = manager(), make_library(), make_consortium()
    sent = {"owner_id": top.pk, "starts_on": "2027-01-01"}

    client.post(f"/units/{library.pk}/join/", sent)
    again = client.post(f"/units/{library.pk}/join/", sent)

    assert Membership.objects.get().owner_id == top.pk
    assert again.status_code == 422


def test_a_group_is_made_and_changed() -> None:
    client, one, two = manager(), make_library("MLI"), make_library("SVL")
    sent = {"code": "ita", "purpose": "search", "name_fi": "Itä", "libraries": [one.pk]}

    client.post("/units/groups/new/", sent)
    client.post("/units/groups/ita/", {**sent, "libraries": [one.pk, two.pk]})

    assert LibraryGroup.objects.get().libraries.count() == 2


def test_another_municipality_s_units_are_not_changed() -> None:
    other = make_library("SVL")
    client = at_work(make_staff(library=make_library("MLI")))

    answer = client.post(f"/units/{other.pk}/edit/", {"name_fi": "Oma"})

    assert answer.status_code == 403
    assert not Unit.objects.filter(name_fi="Oma").exists()


def test_the_tree_costs_as_many_statements_with_more_units() -> None:
    client, numbers = manager(), iter(range(100))

    def add() -> None:
        make_library(f"L{next(numbers)}")
        client.get("/units/")  # what is compiled per process is compiled again

    assert_same_queries_with_more_rows(lambda: client.get("/units/"), add_rows=add)


def test_every_component_is_shown_in_its_states() -> None:
    assert manager().get("/patterns/").status_code == 200

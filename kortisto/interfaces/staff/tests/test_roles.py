"""The page of a role: seen, made from a template, changed, refused, deleted."""

import pytest
from django.test import Client

from kortisto.core.permissions import all_permissions
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.org.models import Grant, Role, Staff
from kortisto.domain.org.permissions import OrgPermission
from kortisto.interfaces.staff.tests.people import PASSWORD, at_work, make_staff
from kortisto.testing.builders import make_consortium, make_library
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db
LEND = LendingPermission.LEND
MANAGE = OrgPermission.MANAGE_STAFF


@pytest.fixture
def client() -> Client:
    """An administrator of the whole consortium, who works at a library."""
    staff = make_staff("pomo", library=make_consortium(), second_factor=True)
    return at_work(staff, library=make_library())


def make_role(name: str, *permissions: str) -> Role:
    return Role.objects.create(code=name, name_fi=name, permissions=[*permissions])


def form(role: Role | None = None, **also: object) -> dict[str, object]:
    seen = " ".join(role.permissions) if role else ""
    named = {"name_fi": role.name_fi} if role else {}
    return {"seen": seen, **named, **also}


def test_a_role_is_made_from_a_ready_one_and_changed(client: Client) -> None:
    begun = client.get("/staffing/roles/new/?like=kuvailija")
    assert "catalogue.edit-records" in begun.context["form"]["permissions"].value()

    new = form(name_fi="Oma kuvailija", name_sv="Egen", permissions=["catalogue.see"])
    made = client.post("/staffing/roles/new/?like=kuvailija", new)
    role = Role.objects.get(code="oma-kuvailija")
    assert made.headers["Location"] == f"/staffing/roles/{role.pk}/"

    page = client.get(f"/staffing/roles/{role.pk}/").content.decode()
    assert "Nobody, today or later." in page
    more = [LEND.value, "catalogue.see"]
    client.post(f"/staffing/roles/{role.pk}/", form(role, permissions=more))
    role.refresh_from_db()
    assert role.permissions == ["catalogue.see", "lending.lend"]

    gone = client.post(f"/staffing/roles/{role.pk}/delete/", follow=True)
    assert "was deleted" in gone.content.decode()
    assert not Role.objects.filter(pk=role.pk).exists()


def test_a_copy_starts_with_the_same_permissions_and_no_name(client: Client) -> None:
    role = make_role("malli", LEND.value)

    begun = client.get(f"/staffing/roles/new/?like={role.pk}").context["form"]

    assert begun["permissions"].value() == [LEND.value]
    assert begun["name_fi"].value() is None
    for odd in ("999999", "olematon", "-1", "٣"):
        assert client.get("/staffing/roles/new/", {"like": odd}).status_code == 404


def test_what_no_role_gives_is_shown_as_new(client: Client) -> None:
    everything = [one.value for one in all_permissions()]
    pomo = Role.objects.get()
    pomo.permissions = [one for one in everything if one != "org.manage-workstations"]
    pomo.save()

    page = client.get("/staffing/roles/").content.decode()

    assert "New since the upgrade" in page
    assert "Enrol workstations" in page
    pomo.permissions = everything
    pomo.save()
    assert "New since" not in client.get("/staffing/roles/").content.decode()


def test_a_refusal_keeps_what_was_ticked(client: Client) -> None:
    role = make_role("oma", LEND.value)

    page = client.post(
        f"/staffing/roles/{role.pk}/",
        form(role, name_fi="Uusi nimi", permissions=[MANAGE.value]),
    )

    assert page.status_code == 422
    text = page.content.decode()
    assert "needs a second factor" in text
    assert "Uusi nimi" in text
    assert f'value="{MANAGE.value}" checked' in text
    role.refresh_from_db()
    assert role.permissions == [LEND.value]


def test_a_forged_permission_is_refused_in_words(client: Client) -> None:
    role = make_role("oma", LEND.value)

    page = client.post(
        f"/staffing/roles/{role.pk}/", form(role, permissions=["org.fly"])
    )

    assert page.status_code == 422
    assert Role.objects.get(pk=role.pk).permissions == [LEND.value]


def test_a_role_in_use_is_not_deleted_and_tells_by_whom(client: Client) -> None:
    make_staff("aino", may=(LEND,))
    role = Role.objects.get(code="role-aino")

    page = client.get(f"/staffing/roles/{role.pk}/").content.decode()
    after = client.post(f"/staffing/roles/{role.pk}/delete/", follow=True)

    assert "Virkailija Aino" in page
    assert "Delete the role" not in page
    assert "1 people have the role" in after.content.decode()
    assert Role.objects.filter(pk=role.pk).exists()


def test_a_local_administrator_looks_and_changes_nothing() -> None:
    make_consortium()
    local = at_work(make_staff("paikallinen", library=make_library()))
    role = make_role("oma", LEND.value)

    page = local.get(f"/staffing/roles/{role.pk}/")

    assert page.status_code == 200
    assert "only somebody who manages staff of the whole" in page.content.decode()
    sent = local.post(f"/staffing/roles/{role.pk}/", form(role, permissions=[]))
    made = local.post("/staffing/roles/new/", form(name_fi="Oma"))
    gone = local.post(f"/staffing/roles/{role.pk}/delete/")
    assert {sent.status_code, made.status_code, gone.status_code} == {403}
    role.refresh_from_db()
    assert role.permissions == [LEND.value]
    assert Role.objects.count() == 2


def test_who_lends_does_not_see_the_pages() -> None:
    make_consortium()
    clerk = at_work(make_staff("lainaaja", may=(LEND,)))
    for address in ("/staffing/roles/", "/staffing/roles/new/"):
        assert clerk.get(address).status_code == 403


def test_a_role_of_many_costs_what_a_role_of_one_does(client: Client) -> None:
    first = make_staff("aino", may=(LEND,)).grants.get()
    numbers = iter(range(100))

    def add() -> None:
        name = f"muu{next(numbers)}"
        other = Staff.objects.create_user(name, PASSWORD, full_name=name)
        Grant.objects.create(
            staff=other,
            role=first.role,
            unit=first.unit,
            starts_on=first.starts_on,
            given_by="test",
        )

    assert_same_queries_with_more_rows(
        lambda: client.get(f"/staffing/roles/{first.role_id}/"), add_rows=add
    )

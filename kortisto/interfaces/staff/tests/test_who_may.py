"""Who may what where: the tables, the file, see as, and the log of permissions."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.core.versions import configuration_changed
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.org.actions.role_contents import change_role, create_role
from kortisto.domain.org.actions.roles import give_role
from kortisto.domain.org.models import Staff
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    chief,
    make_consortium,
    make_library,
    make_patron,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

LEND, PAY = LendingPermission.LEND, FeePermission.TAKE_PAYMENT


@pytest.fixture
def client() -> Client:
    library = make_library()
    return at_work(make_staff("pomo", library=make_consortium()), library=library)


def read(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def until(staff: Staff, days: int) -> None:
    staff.grants.update(ends_on=timezone.localdate() + timedelta(days=days))
    configuration_changed()


def test_roles_are_listed_with_place_and_last_day(client: Client) -> None:
    until(make_staff("lyhyt", may=(LEND,)), 10)
    until(make_staff("mennyt", may=(LEND,)), -1)
    make_staff("suljettu", may=(LEND,))
    Staff.objects.filter(username="suljettu").update(is_active=False)

    page = read(client, "/staffing/who-may/")

    assert "Rooli lyhyt" in page
    assert "Ends soon" in page
    assert "Rooli mennyt" not in page.split("<tbody>")[1]
    assert "Rooli suljettu" not in page.split("<tbody>")[1]


def test_a_place_shows_who_reaches_it_from_above_and_not_from_elsewhere(
    client: Client,
) -> None:
    here, elsewhere = make_library("MLI"), make_library("SVL")
    make_staff("taalla", may=(LEND,), library=here)
    make_staff("muualla", may=(LEND,), library=elsewhere)

    rows = read(client, f"/staffing/who-may/?at={here.pk}").split("<tbody>")[1]

    assert "Virkailija Taalla" in rows
    assert "Virkailija Pomo" in rows  # given for the whole consortium
    assert "Virkailija Muualla" not in rows


def test_a_permission_narrows_to_the_roles_that_give_it(client: Client) -> None:
    make_staff("lainaaja", may=(LEND,))
    make_staff("rahastaja", may=(PAY,))

    rows = read(client, f"/staffing/who-may/?permission={PAY}").split("<tbody>")[1]

    assert "Virkailija Rahastaja" in rows
    assert "Virkailija Lainaaja" not in rows


@pytest.mark.parametrize(
    "query", ["at=999999", "at=x", "role=9999", "permission=no.such"]
)
def test_nonsense_in_the_address_shows_everything(client: Client, query: str) -> None:
    assert "Virkailija Pomo" in read(client, f"/staffing/who-may/?{query}")


def test_the_file_has_the_same_rows_and_computes_nothing(client: Client) -> None:
    make_staff("lainaaja", may=(LEND,))
    Staff.objects.filter(username="lainaaja").update(full_name="=1+1")

    answer = client.get(f"/staffing/who-may/roles.csv?permission={LEND}")

    text = answer.content.decode("utf-8-sig")
    assert answer["Content-Type"].startswith("text/csv")
    assert text.splitlines()[0].startswith("Name;User name;Role;At;")
    assert "'=1+1;lainaaja;Rooli lainaaja;MLI;" in text


def test_each_cell_of_a_place_says_why(client: Client) -> None:
    library = make_library()
    make_staff("lainaaja", may=(LEND,))
    make_staff("rahastaja", may=(PAY,))

    page = read(client, f"/staffing/who-may/here/?at={library.pk}&part=lending")

    assert "The role Rooli lainaaja at MLI gives it." in page
    assert "No role of theirs gives it anywhere." in page
    assert "Virkailija Rahastaja" in page


def test_the_tables_cost_the_same_for_six_people_as_for_one(client: Client) -> None:
    grant = make_staff("malli", may=(LEND,)).grants.get()

    def add() -> None:
        grant.staff = Staff.objects.create_user(f"h{Staff.objects.count()}", "x" * 20)
        grant.pk = None
        grant.save()

    for address in ("/staffing/who-may/", "/staffing/who-may/here/"):
        assert_same_queries_with_more_rows(lambda: client.get(address), add_rows=add)  # noqa: B023


def test_see_as_shows_pages_and_actions_no_patron_and_leaves_a_trace(
    client: Client,
) -> None:
    library, person = make_library(), make_staff("lainaaja", may=(LEND,))
    make_patron(surname="Salainen")

    answer = client.post(
        "/staffing/see-as/", {"username": "lainaaja", "role": "", "at": library.pk}
    )

    page = answer.content.decode()
    assert "Pages of Virkailija Lainaaja at MLI" in page
    assert "Salainen" not in page
    closed = page.split("Pages of")[1].split("Actions")[0]
    assert 'Audit log<span class="visually-hidden"> (closed)' in closed
    assert 'Check out<span class="visually-hidden">' not in closed
    event = LoggedEvent.objects.get(kind="SeenAs")
    assert event.body["staff_id"] == person.pk
    assert not LoggedEvent.objects.filter(actor=f"staff:{person.pk}").exists()


def test_see_as_a_role_at_a_library(client: Client) -> None:
    role = make_staff("lainaaja", may=(LEND,)).grants.get().role

    page = client.post(
        "/staffing/see-as/", {"role": role.code, "at": make_library().pk}
    ).content.decode()

    assert "Pages of Rooli lainaaja at MLI" in page
    assert "in other libraries only" not in page


def test_see_as_needs_the_permission_there_and_one_of_the_two() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    local = at_work(make_staff("pomo", may=(OrgPermission.MANAGE_STAFF,), library=here))

    nobody = local.post("/staffing/see-as/", {"at": here.pk})
    elsewhere = local.post("/staffing/see-as/", {"username": "pomo", "at": there.pk})

    assert nobody.status_code == 422
    assert "Choose a person or a role" in nobody.content.decode()
    assert elsewhere.status_code == 422
    assert not LoggedEvent.objects.filter(kind="SeenAs").exists()


def test_the_log_of_permissions_tells_what_a_role_gained(client: Client) -> None:
    by, now, top = chief(), timezone.now(), make_consortium().pk
    named: dict[str, Any] = {"names": {"fi": "Oma rooli"}, "second_factor": False}
    role = create_role([LEND.value], **named, by=by, now=now)
    both = [LEND.value, PatronPermission.SEE.value]
    change_role(role.pk, both, **named, by=by, now=now)
    person = make_staff("uusi", may=())
    today = timezone.localdate(now)
    give_role(person.pk, role.code, unit_id=top, starts_on=today, by=by, now=now)

    page = read(client, "/staffing/changes/")
    own = read(client, "/staffing/changes/?q=uusi")
    nobody = read(client, "/staffing/changes/?q=olematon")

    assert f"added {PatronPermission.SEE.label}; taken away –" in page
    assert "Gave Virkailija Uusi the role Oma rooli at LUMME" in own
    assert "Changed what the role" not in own
    assert "Nothing like that has happened" in nobody

"""Workstations on their pages: enrolled, closed to others, stolen and dead at once."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.org.actions.settings import set_setting
from kortisto.domain.org.models import Unit, Workstation
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.settings import ONLY_WORKSTATIONS
from kortisto.interfaces.staff.middleware import WORKSTATION, credential_cookie
from kortisto.interfaces.staff.tests.people import PASSWORD, at_work, make_staff
from kortisto.testing.builders import chief, make_consortium, make_library, make_unit
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

CODE = re.compile(r'class="code secret">([A-Z2-9-]{11})<')


@pytest.fixture
def boss() -> Client:
    manager = make_staff("pomo", library=make_consortium())
    return at_work(manager, library=make_library())


def code_for(boss: Client, label: str = "LT-204", unit: Unit | None = None) -> str:
    place = unit or make_library()
    page = boss.post("/workstations/", {"unit": place.pk, "label": label})
    found = CODE.search(page.content.decode())
    assert found is not None
    return found[1]


def enrolled(boss: Client, label: str = "LT-204", unit: Unit | None = None) -> Client:
    """A browser on a workstation that has typed its code."""
    computer = Client()
    answer = computer.post("/workstation/", {"code": code_for(boss, label, unit)})
    assert answer.status_code == 302
    return computer


def log_in(computer: Client, username: str) -> None:
    typed = {"username": username, "password": PASSWORD}
    assert computer.post("/login/", typed).status_code == 302
    place = {"place": make_library().pk, "next": "/"}
    assert computer.post("/workplace/", place).status_code == 302
    assert computer.get("/").status_code == 200


def only_workstations(unit: Unit) -> None:
    set_setting(unit.pk, ONLY_WORKSTATIONS, value=True, by=chief(), now=timezone.now())


def test_scenario_18_a_stolen_workstation_is_dead_at_its_next_request(
    boss: Client,
) -> None:
    make_staff("aino")
    stolen, other_desk = enrolled(boss, "LT-204"), enrolled(boss, "LT-205")
    log_in(stolen, "aino")
    log_in(other_desk, "aino")
    bystander = at_work(make_staff("eero"))
    row = Workstation.objects.get(label="LT-204")

    page = boss.get(f"/workstations/{row.pk}/").content.decode()
    assert "Virkailija Aino" in page
    boss.post(f"/workstations/{row.pk}/shut-out/", {"why": "stolen"})

    assert stolen.get("/")["Location"].startswith("/login/")
    assert other_desk.get("/")["Location"].startswith("/login/")  # the same account
    scan = stolen.post("/scan/", {"scan": "1"}, headers={"HX-Request": "true"})
    assert scan.status_code == 401
    assert bystander.get("/").status_code == 200
    after = boss.get(f"/workstations/{row.pk}/").content.decode()
    assert "lost or stolen" in after
    assert "Virkailija Aino" in after


def test_a_session_that_is_carried_to_another_computer_ends(boss: Client) -> None:
    make_staff("aino")
    desk = enrolled(boss)
    log_in(desk, "aino")
    thief = Client()
    thief.cookies["sessionid"] = desk.cookies["sessionid"].value

    assert thief.get("/")["Location"].startswith("/login/")


def test_a_code_works_once_and_wrong_ones_are_slowed_down(boss: Client) -> None:
    code = code_for(boss)
    computer = Client()
    assert computer.post("/workstation/", {"code": code}).status_code == 302
    cookie = computer.cookies[credential_cookie()]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "This computer is enrolled: LT-204" in (
        computer.get("/workstation/").content.decode()
    )

    second = Client()
    answers = [second.post("/workstation/", {"code": code}) for _try in range(11)]

    assert {answer.status_code for answer in answers} == {422}
    assert "The code is wrong, has been used or is too old." in (
        answers[0].content.decode()
    )
    assert "Too many wrong attempts" in answers[-1].content.decode()
    assert credential_cookie() not in second.cookies


def test_where_only_workstations_are_let_in_others_see_only_the_enrolment(
    boss: Client,
) -> None:
    make_staff("aino")
    desk, elsewhere = enrolled(boss), Client()
    only_workstations(make_consortium())

    assert elsewhere.get("/login/")["Location"] == "/workstation/"
    assert elsewhere.get("/")["Location"] == "/workstation/"
    assert elsewhere.get("/workstation/").status_code == 200
    assert boss.get("/settings/")["Location"] == "/workstation/"
    scan = boss.post("/scan/", {"scan": "1"}, headers={"HX-Request": "true"})
    assert scan.status_code == 401  # kept by the page, and sent when it is enrolled
    log_in(desk, "aino")


def test_a_municipality_may_decide_it_for_its_own_libraries() -> None:
    here, there = make_library("MLI"), make_library("SVL")
    assert here.parent is not None
    local, other = make_staff("aino", library=here), make_staff("eero", library=there)
    only_workstations(here.parent)

    assert at_work(local).get("/")["Location"] == "/workstation/"
    assert at_work(other).get("/").status_code == 200
    assert Client().get("/login/").status_code == 200


def test_a_workstation_knows_where_it_stands(boss: Client) -> None:
    library = make_library()
    info = make_unit("INFO", Unit.Kind.DESK, parent=library)
    make_staff("aino")
    computer = enrolled(boss, unit=info)
    computer.post("/login/", {"username": "aino", "password": PASSWORD})

    page = computer.get("/workplace/").content.decode()

    assert f'value="{library.pk}:{info.pk}" selected' in page


def test_uses_are_noted_at_the_log_in_and_told_of_the_person(boss: Client) -> None:
    person = make_staff("aino")
    desk = enrolled(boss)
    log_in(desk, "aino")

    assert desk.session[WORKSTATION] == Workstation.objects.get().pk
    page = boss.get(f"/staffing/{person.pk}/").content.decode()
    assert "LT-204" in page


def test_a_forged_or_forgotten_credential_is_nobodys() -> None:
    computer = Client()
    computer.cookies[credential_cookie()] = "1.guess"

    assert computer.get("/login/").status_code == 200
    assert "has not been enrolled" in computer.get("/workstation/").content.decode()


def test_the_name_is_told_to_be_taken_and_stays(boss: Client) -> None:
    code_for(boss)

    page = boss.post("/workstations/", {"unit": make_library().pk, "label": "LT-204"})

    assert page.status_code == 422
    assert 'value="LT-204"' in page.content.decode()


def test_managers_of_another_place_cannot_shut_it_out(boss: Client) -> None:
    enrolled(boss)
    row = Workstation.objects.get()
    there = make_library("SVL")
    may = (OrgPermission.MANAGE_WORKSTATIONS,)
    other = at_work(make_staff("muu", may=may, library=there), library=there)

    answer = other.post(f"/workstations/{row.pk}/shut-out/", {"why": "stolen"})

    assert answer.status_code == 403
    row.refresh_from_db()
    assert row.removed_at is None


def test_over_https_the_cookie_belongs_to_this_host_only(
    boss: Client, settings: object
) -> None:
    settings.SECURE_COOKIES = True  # type: ignore[attr-defined]

    computer = enrolled(boss)

    cookie = computer.cookies["__Host-kortisto_workstation"]
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")


def test_the_list_costs_the_same_for_six_as_for_one(boss: Client) -> None:
    assert_same_queries_with_more_rows(
        lambda: boss.get("/workstations/"),
        add_rows=lambda: code_for(boss, f"LT-{Workstation.objects.count()}"),
    )

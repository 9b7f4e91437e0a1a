"""A review of roles on its page: seen as a task, done row by row."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.models import Errand
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.org.actions.reviews import ask_for_reviews
from kortisto.domain.org.models import Grant, Staff, Unit
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import chief, make_consortium, make_library
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Unit:
    parent = make_library().parent
    assert parent is not None
    return parent


@pytest.fixture
def client() -> Client:
    manager = make_staff("pomo", library=make_consortium())
    return at_work(manager, library=make_library())


def ask_for_it() -> None:
    """Ask; the roles were given before."""
    Grant.objects.update(given_at=timezone.now() - timedelta(days=400))
    ask_for_reviews(by=chief(), now=timezone.now())


def test_the_task_leads_to_the_page_and_is_ended_only_there(
    client: Client, town: Unit
) -> None:
    grant = make_staff("aino", may=(LendingPermission.LEND,)).grants.get()
    ask_for_it()
    task = Errand.objects.get(subject_id=town.pk)

    listed = client.get("/tasks/").content.decode()
    one = client.get(f"/tasks/{task.pk}/").content.decode()
    answer = client.post(f"/tasks/{task.pk}/end/", {"note": "ok"})

    assert f"/tasks/{task.pk}/" in listed  # of the municipality of this library
    assert f'href="/staffing/reviews/{town.pk}/"' in one
    assert "Nothing to be done" not in one
    task.refresh_from_db()
    assert (answer.status_code, task.state) == (302, "open")

    page = client.get(f"/staffing/reviews/{town.pk}/").content.decode()
    assert "1 role has not been seen to yet." in page
    done = client.post(f"/staffing/reviews/{town.pk}/", {f"grant-{grant.pk}": "keep"})

    assert done["Location"] == "/tasks/"
    task.refresh_from_db()
    grant.refresh_from_db()
    assert task.state == "done"
    assert grant.confirmed_on == timezone.localdate()


def test_a_role_is_ended_there_at_once(client: Client, town: Unit) -> None:
    grant = make_staff("aino", may=(LendingPermission.LEND,)).grants.get()
    make_staff("eero", may=(LendingPermission.LEND,))
    ask_for_it()

    client.post(f"/staffing/reviews/{town.pk}/", {f"grant-{grant.pk}": "end"})

    grant.refresh_from_db()
    assert grant.ends_on is not None
    page = client.get(f"/staffing/reviews/{town.pk}/").content.decode()
    assert "Virkailija Eero" in page
    assert "Virkailija Aino" not in page


def test_a_refusal_keeps_the_choices(client: Client) -> None:
    own = Staff.objects.get(username="pomo").grants.get()
    make_staff("toinen", library=make_consortium())
    ask_for_it()
    address = f"/staffing/reviews/{make_consortium().pk}/"

    answer = client.post(address, {f"grant-{own.pk}": "keep"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Somebody else confirms your own roles: Virkailija Toinen." in page
    assert 'value="keep" checked' in page


def test_nothing_chosen_is_told(client: Client, town: Unit) -> None:
    make_staff("aino", may=(LendingPermission.LEND,))
    ask_for_it()

    answer = client.post(f"/staffing/reviews/{town.pk}/", {}, follow=True)

    assert "Choose what becomes of at least one role." in answer.content.decode()


def test_a_library_has_no_review_of_its_own(client: Client) -> None:
    assert client.get(f"/staffing/reviews/{make_library().pk}/").status_code == 404
    assert client.get("/staffing/reviews/999999/").status_code == 404


def test_a_manager_of_another_municipality_is_refused(town: Unit) -> None:
    other = make_library("SVL")
    elsewhere = at_work(make_staff("muu", library=other), library=other)

    assert elsewhere.get(f"/staffing/reviews/{town.pk}/").status_code == 403


def test_it_costs_the_same_for_six_roles_as_for_one(client: Client, town: Unit) -> None:
    grant = make_staff("malli", may=(LendingPermission.LEND,)).grants.get()

    def add() -> None:
        grant.staff = Staff.objects.create_user(f"h{Staff.objects.count()}", "x" * 20)
        grant.pk = None
        grant.save()

    ask_for_it()
    assert_same_queries_with_more_rows(
        lambda: client.get(f"/staffing/reviews/{town.pk}/"), add_rows=add
    )

"""Tasks for people on their page: seen by whoever may, worked off one by one."""

from datetime import date
from itertools import count

import pytest
from django.test import Client

from kortisto.core.errands import NewErrand, ask, finish
from kortisto.core.models import Errand
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.actions.ageing import ask_about_protection
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.errands import ERRANDS
from kortisto.domain.patrons.population_changes import Task
from kortisto.interfaces.staff.paging import PAGE
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_library,
    make_patron,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

subjects = count(1000)


def make_errand(
    task: Task = Task.DEATH, *, library: Unit | None = None, subject: int | None = None
) -> Errand:
    new = NewErrand(
        kind=ERRANDS[task],
        subject_id=subject or next(subjects),
        unit_id=(library or make_library()).pk,
        due_on=MONDAY_NOON.date(),
    )
    return ask(new, by=desk(), now=MONDAY_NOON)


def page_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def listed(client: Client, address: str = "/tasks/") -> list[int]:
    return [row.errand.pk for row in client.get(address).context["rows"]]


def test_the_front_page_counts_what_waits_here_and_leads_there() -> None:
    make_errand()
    make_errand(Task.GUARDIANS)
    make_errand(library=make_library("SVL"))
    client = at_work(make_staff(library=make_library()))

    front = client.get("/")

    assert front.context["errands"] == 2
    assert 'href="/tasks/"' in front.content.decode()


def test_no_list_tells_where_a_protected_patron_is_at_home() -> None:
    """Neither of what is asked under the protection nor of what waited before it."""
    here, home = make_library(), make_library("SVL")
    patron = make_patron(home_library=home)
    before = make_errand(library=home, subject=patron.pk)
    other = make_errand(library=home)
    change(
        patron.pk,
        {"is_protected": True, "protected_until_on": date(2027, 2, 1)},
        by=chief(),
        now=MONDAY_NOON,
    )
    ask_about_protection(by=chief(), now=MONDAY_NOON)
    client = at_work(make_staff(), library=here)

    asked = set(Errand.objects.exclude(pk__in=[before.pk, other.pk]))
    assert len(asked) == 1
    for address in ("/tasks/", "/tasks/?library=all", f"/tasks/?library={home.pk}"):
        rows = {row.errand.pk: row for row in client.get(address).context["rows"]}
        for errand in (before, *asked):
            assert rows[errand.pk].where == ""
    other.refresh_from_db()
    assert other.unit_id == home.pk  # others' tasks stay where they are


def test_who_may_see_to_nothing_gets_no_count_and_an_empty_list() -> None:
    errand = make_errand()
    client = at_work(make_staff(may=(CataloguePermission.SEE,)))

    assert client.get("/").context["errands"] is None
    assert listed(client) == []
    assert listed(client, "/tasks/?library=all") == []
    assert client.get(f"/tasks/{errand.pk}/").status_code == 403
    assert client.post(f"/tasks/{errand.pk}/end/").status_code == 403

    errand.refresh_from_db()
    assert errand.state == Errand.State.OPEN


def test_tasks_are_those_of_this_library_until_others_are_asked_for() -> None:
    consortium = make_library().parent
    assert consortium is not None
    assert consortium.parent is not None
    there = make_library("SVL")
    mine, theirs = make_errand(), make_errand(Task.GUARDIANS, library=there)
    staff = make_staff(library=consortium.parent)
    client = at_work(staff, library=make_library())

    assert listed(client) == [mine.pk]
    assert listed(client, "/tasks/?library=all") == [mine.pk, theirs.pk]
    assert listed(client, f"/tasks/?library={there.pk}") == [theirs.pk]
    assert listed(client, f"/tasks/?library=all&kind={Task.DEATH.value}") == [mine.pk]
    assert listed(client, "/tasks/?library=999999") == []
    assert listed(client, "/tasks/?library=nonsense&kind=nonsense&after=x") == []


def test_no_name_of_a_patron_is_on_the_list_or_the_task() -> None:
    patron = make_patron(surname="Salainen")
    errand = make_errand(subject=patron.pk)
    client = at_work(make_staff(library=make_library()))

    for address in ("/tasks/", f"/tasks/{errand.pk}/"):
        page = page_of(client, address)
        assert "Salainen" not in page
        assert "reports the patron dead" in page
    assert f'href="/patrons/{patron.pk}/"' in page_of(client, f"/tasks/{errand.pk}/")


def test_a_task_is_ended_with_a_note_and_leaves_the_list() -> None:
    errand, other = make_errand(), make_errand(Task.GUARDIANS)
    staff = make_staff(library=make_library())
    client = at_work(staff)

    answer = client.post(f"/tasks/{errand.pk}/end/", {"note": "Loans are back."})

    assert answer.headers["Location"] == "/tasks/"
    errand.refresh_from_db()
    assert (errand.state, errand.note) == ("done", "Loans are back.")
    assert errand.ended_by == f"staff:{staff.pk}"
    assert listed(client) == [other.pk]
    page = page_of(client, f"/tasks/{errand.pk}/")
    assert "Loans are back." in page
    assert staff.full_name in page
    assert "<form" not in page.partition("<main")[2].partition("</main")[0]


def test_a_task_can_be_dropped() -> None:
    errand = make_errand()

    at_work().post(f"/tasks/{errand.pk}/end/", {"note": "", "how": "drop"})

    errand.refresh_from_db()
    assert errand.state == Errand.State.DROPPED


def test_a_task_that_a_colleague_was_faster_with_says_so() -> None:
    errand = make_errand()
    client = at_work()
    finish(errand.pk, "mine", by=desk(), now=MONDAY_NOON)

    answer = client.post(f"/tasks/{errand.pk}/end/", {"note": "x"}, follow=True)

    assert "Somebody has ended this task already." in answer.content.decode()
    errand.refresh_from_db()
    assert errand.note == "mine"


def test_too_long_a_note_is_told_and_nothing_ended() -> None:
    errand = make_errand()

    answer = at_work().post(f"/tasks/{errand.pk}/end/", {"note": "x" * 501})

    assert answer.status_code == 422
    errand.refresh_from_db()
    assert errand.state == Errand.State.OPEN


def test_a_task_that_is_not_there_or_of_an_unknown_kind_is_not_found() -> None:
    other = Errand.objects.create(kind="of.another-version", subject_id=1)
    client = at_work()

    assert client.get("/tasks/999999/").status_code == 404
    assert client.get(f"/tasks/{other.pk}/").status_code == 404
    assert listed(client, "/tasks/?library=all") == []


def test_the_list_is_paged_by_key() -> None:
    made = [make_errand() for _ in range(PAGE + 2)]
    client = at_work(make_staff(library=make_library()))

    first = client.get("/tasks/")
    second = client.get(f"/tasks/{first.context['pages'].next_url}")

    assert len(first.context["rows"]) == PAGE
    rest = [row.errand.pk for row in second.context["rows"]]
    assert rest == [errand.pk for errand in made[PAGE:]]


@pytest.mark.parametrize("address", ["/tasks/", "/"])
def test_more_tasks_cost_no_more_statements(address: str) -> None:
    client = at_work()

    assert_same_queries_with_more_rows(
        lambda: client.get(address), add_rows=make_errand
    )

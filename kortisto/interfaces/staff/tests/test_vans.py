"""The vans on their pages: who sees them, who changes them, what is said when wrong."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.fulfilment.actions.planning import plan_titles
from kortisto.domain.org.models import Unit, VanRound
from kortisto.domain.org.van_queries import van_network
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    make_consortium,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def manager() -> Client:
    staff = make_staff("pomo", library=make_consortium())
    return at_work(staff, library=make_library())


def round_of(*libraries: Unit, **fields: Any) -> dict[str, Any]:
    """What the form sends."""
    sent: dict[str, Any] = {
        "code": "runko",
        "name_fi": "Runkolinja",
        "starts_on": "2026-01-01",
        "weekdays": ["0", "2"],
        "capacity": "100",
        "run_cents": "120,00",
        "rows": "10",
    }
    for number, library in enumerate(libraries):
        sent[f"library_{number}"] = str(library.pk)
        sent[f"at_{number}"] = f"{8 + number}:00"
        sent[f"kilometres_{number}"] = str(30 * number)
    return sent | fields


def libraries() -> tuple[Unit, Unit]:
    return make_library("MLI"), make_library("SVL")


def test_a_round_is_added_and_everybody_sees_it_and_its_ways() -> None:
    here, there = libraries()
    assert manager().post("/vans/new/", round_of(here, there)).status_code == 302

    page = at_work(make_staff(may=(PatronPermission.SEE,))).get("/vans/")

    text = page.content.decode()
    assert "Runkolinja" in text
    assert "Mon, Wed" in text
    [way] = page.context["ways"]
    assert (way.library, way.kilometres, way.cents) == ("SVL", 30, 120)
    assert "/vans/new/" not in text


def test_stops_may_be_written_in_any_order() -> None:
    here, there = libraries()
    sent = round_of(there, here, at_0="9.30", at_1="8.15")
    assert manager().post("/vans/new/", sent).status_code == 302
    stops = VanRound.objects.get().stops.order_by("calls_at")
    assert [stop.library_id for stop in stops] == [here.pk, there.pk]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"weekdays": []}, "Choose the weekdays on which the van drives."),
        ({"at_1": ""}, "When does the van call there?"),
        ({"library_1": ""}, "At which library is the van then?"),
        ({"library_1": "", "at_1": ""}, "A round calls at two libraries at least."),
        ({"at_1": "8:00"}, "the one at 8.00 is not"),
        ({"capacity": "0"}, "greater than or equal to 1"),
        ({"run_cents": "paljon"}, "Write the amount in euros"),
        ({"code": "runko linja"}, "A code has only letters"),
        ({"rows": "-5", "capacity": "999999999999"}, "less than or equal to"),
        ({"starts_on": "0000"}, "Enter a valid date"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    wrong: dict[str, Any], sentence: str
) -> None:
    page = manager().post("/vans/new/", round_of(*libraries(), **wrong))
    assert page.status_code == 422
    assert sentence in page.content.decode()
    assert 'value="Runkolinja"' in page.content.decode()
    assert not VanRound.objects.exists()


def test_a_round_is_changed_from_a_later_day_and_removed() -> None:
    here, there = libraries()
    client = manager()
    client.post("/vans/new/", round_of(here, there))
    first = VanRound.objects.get()
    form = client.get(f"/vans/{first.pk}/").content.decode()
    assert 'value="120,00"' in form
    assert 'value="09:00"' in form

    later = round_of(here, there, starts_on="2099-01-01", capacity="50")
    assert client.post(f"/vans/{first.pk}/", later).status_code == 302
    assert sorted(VanRound.objects.values_list("capacity", flat=True)) == [50, 100]
    assert "Coming" in client.get("/vans/").content.decode()

    client.post(f"/vans/{first.pk}/remove/")
    client.post(f"/vans/{first.pk}/remove/")
    assert [one.capacity for one in VanRound.objects.all()] == [50]
    assert client.get(f"/vans/{first.pk}/").status_code == 404


def test_who_may_not_everywhere_where_the_van_calls_changes_nothing() -> None:
    here, there = libraries()
    local = at_work(make_staff("paikallinen", library=here), library=here)
    assert local.post("/vans/new/", round_of(here, there)).status_code == 403
    manager().post("/vans/new/", round_of(here, there))
    kept = VanRound.objects.get()
    assert local.get(f"/vans/{kept.pk}/").status_code == 403
    assert local.post(f"/vans/{kept.pk}/remove/").status_code == 403
    assert VanRound.objects.count() == 1


def test_a_library_where_no_van_calls_is_told() -> None:
    other = make_library("PIE")
    manager_at_work = manager()
    manager_at_work.post("/vans/new/", round_of(*libraries()))
    page = manager_at_work.get("/vans/")
    assert [node.id for node in page.context["not_served"]] == [other.pk]
    assert "No van" in page.content.decode()


def test_from_each_to_each_tells_days_and_cost() -> None:
    here, there = libraries()
    client = manager()
    client.post("/vans/new/", round_of(here, there))
    page = client.get("/vans/matrix/?day=2027-03-01")
    rows = {origin.id: ways for origin, ways in page.context["rows"]}
    to_there, back = rows[here.pk][1], rows[there.pk][0]
    assert rows[here.pk][0] is None
    assert (to_there.days, to_there.cents) == (2, 120)
    assert not back.van
    assert "1,20" in page.content.decode()


@pytest.mark.parametrize("asked", ["?library=x&day=y", "?library=999999", "?day=0001"])
def test_a_strange_question_is_no_trouble(asked: str) -> None:
    client = manager()
    assert client.get(f"/vans/{asked}").status_code == 200
    assert client.get(f"/vans/matrix/{asked}").status_code == 200


def test_before_anybody_tells_of_vans_the_page_says_what_is_thought() -> None:
    libraries()
    page = manager().get("/vans/")
    assert "Nobody has told where vans drive" in page.content.decode()
    assert van_network().is_empty


def test_the_pull_list_says_why_this_copy_and_with_which_van_it_goes() -> None:
    here, there = libraries()
    manager().post("/vans/new/", round_of(here, there))
    item = make_item(record=make_record(), library=here)
    make_hold(make_patron(), item.record, pickup=there)
    plan_titles([item.record_id], now=timezone.now())
    page = at_work(make_staff(library=here), library=here).get("/pulls/")
    text = page.content.decode()
    assert "No copy stands nearer" in text
    assert "Runkolinja" in text
    assert "1,20" in text


def test_the_page_costs_the_same_with_more_rounds() -> None:
    here, there = libraries()
    client = manager()
    codes = iter("ABCDEFGHIJKL")

    def add() -> None:
        client.post("/vans/new/", round_of(here, there, code=next(codes)))
        client.get("/vans/")  # the network is made anew, and the note has been told

    assert_same_queries_with_more_rows(lambda: client.get("/vans/"), add_rows=add)

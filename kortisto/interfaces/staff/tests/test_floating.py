"""The pages of floating: the balance, the list to be sent, limits, what is tried."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.models import Job
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.trying_floating import TRY_FLOATING
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.distribution.models import Dispatch, FloatLimit
from kortisto.domain.holds.models import Transit
from kortisto.domain.org.models import Unit
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    make_consortium,
    make_group,
    make_item,
    make_item_type,
    make_library,
    make_rules,
)
from kortisto.testing.jobs import work
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def everywhere() -> Client:
    staff = make_staff(library=make_consortium())
    staff.home_library = make_library()
    staff.save()
    return at_work(staff, library=make_library())


def away(number: int = 1) -> list[Item]:
    """Items of SVL that float at MLI."""
    home = make_library("SVL")
    return [make_item(library=make_library(), home_library=home) for _ in range(number)]


def together(*libraries: Unit) -> None:
    make_group(*libraries, purpose="floating")


def test_a_suggestion_is_taken_fetched_scanned_and_sent() -> None:
    make_rules({"values": {"return_rule": "float-group"}})
    home, here = make_library("SVL"), make_library()
    together(home, here)
    item = away()[0]
    client = everywhere()
    assert "Nothing to level out" in client.get("/drift/").content.decode()
    shown = client.get("/drift/?least=1").content.decode()
    assert "Have them sent" in shown

    told = {
        "item_type": item.item_type_id,
        "origin": here.pk,
        "destination": home.pk,
        "items": 1,
    }
    client.post("/drift/send/", told)
    assert "1 item is on the list of MLI" in client.get("/drift/").content.decode()
    assert item.barcode in client.get("/dispatches/").content.decode()

    scan = {"scan": item.barcode, "page": "dispatches", "mode": "checkin", "key": "k"}
    client.post("/scan/", scan)
    assert Transit.objects.get().reason == Transit.Reason.BALANCE
    assert "Nothing to be sent" in client.get("/dispatches/").content.decode()
    on_the_way = client.get("/transits/?view=leaving").content.decode()
    assert "For the balance of floating items" in on_the_way


def test_a_row_comes_off_the_list() -> None:
    item = away()[0]
    client = everywhere()
    dispatch = Dispatch.objects.create(
        item=item,
        library=item.library,
        destination=item.home_library,
        asked_at=timezone.now(),
        asked_by="staff:1",
    )
    for _twice in range(2):
        assert client.post(f"/dispatches/{dispatch.pk}/drop/").status_code == 302
    assert not Dispatch.objects.exists()
    assert "has gone from the list" in client.get("/dispatches/").content.decode()


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"item_type": "x", "origin": "1", "destination": "-", "items": "0"},
        {"item_type": "1", "origin": "", "destination": "", "items": "99999999999999"},
    ],
)
def test_a_suggestion_that_is_none_is_told_and_nothing_is_asked(
    told: dict[str, str],
) -> None:
    client = everywhere()
    client.post("/drift/send/", told)
    assert "Choose a suggestion" in client.get("/drift/").content.decode()
    assert not Dispatch.objects.exists()


def test_a_limit_is_set_said_anew_and_removed() -> None:
    client, kind = everywhere(), make_item_type()
    told = {"unit": make_library().pk, "item_type": kind.pk, "most": 20}
    assert client.post("/floating/limits/", told).status_code == 302
    client.post("/floating/limits/", {**told, "most": 30})
    limit = FloatLimit.objects.get()
    assert limit.most == 30
    assert "28VRK" in client.get("/floating/limits/").content.decode()
    wrong = client.post("/floating/limits/", {**told, "most": "-1", "collection": "X"})
    assert wrong.status_code == 422
    client.post(f"/floating/limits/{limit.pk}/remove/")
    client.post(f"/floating/limits/{limit.pk}/remove/")
    assert not FloatLimit.objects.exists()
    assert "removed already" in client.get("/floating/limits/").content.decode()


def test_floating_is_tried_in_the_background_and_told_with_numbers() -> None:
    make_rules()
    client = everywhere()
    both = [f"unit:{make_library().pk}", f"unit:{make_library('SVL').pk}"]
    today = timezone.localdate()
    days = {"first": today - timedelta(days=30), "last": today}
    alone = client.post("/floating/try/", {**days, "libraries": both[:1]})
    assert alone.status_code == 422
    assert "at least two libraries" in alone.content.decode()
    backwards = {"first": today, "last": days["first"], "libraries": both}
    assert client.post("/floating/try/", backwards).status_code == 422
    to_come = {**days, "last": today + timedelta(days=1), "libraries": both}
    early = client.post("/floating/try/", to_come)
    assert early.status_code == 422
    assert "cannot be in the future" in early.content.decode()
    assert not Job.objects.filter(kind=TRY_FLOATING).exists()

    asked = client.post("/floating/try/", {**days, "libraries": both, "most": 5})
    address = asked.headers["Location"]
    assert "waits for a worker" in client.get(address).content.decode()
    work(timezone.now())
    assert "No returns on these days" in client.get(address).content.decode()
    assert "Tried before" in client.get("/floating/try/").content.decode()


def test_who_only_lends_sends_what_is_listed_and_decides_nothing() -> None:
    client = at_work(make_staff("lender", may=(LendingPermission.LEND,)))
    assert client.get("/dispatches/").status_code == 200
    for path in ("/floating/limits/", "/floating/try/", "/drift/"):
        assert client.get(path).status_code == 403
    assert client.post("/drift/send/").status_code == 403


def test_the_pages_ask_the_same_for_many() -> None:
    together(make_library(), make_library("SVL"))
    client = everywhere()

    def listed() -> None:
        [item] = away()
        Dispatch.objects.create(
            item=item,
            library=item.library,
            destination=item.home_library,
            asked_at=timezone.now(),
            asked_by="staff:1",
        )

    def limited() -> None:
        kind = make_item_type(f"T{FloatLimit.objects.count()}")
        FloatLimit.objects.create(unit=make_library(), item_type=kind, most=3)

    for path, more in (
        ("/drift/?least=1", lambda: away(2)),
        ("/dispatches/", listed),
        ("/floating/limits/", limited),
    ):
        assert_same_queries_with_more_rows(
            lambda path=path: client.get(path),  # type: ignore[misc]
            add_rows=more,
        )

"""The places of the hold shelf on pages: offered at the check-in, decided, listed."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.holds.actions.shelving import PlaceTold, save_place
from kortisto.domain.holds.models import Hold, ShelfPlace
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.org.permissions import OrgPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    chief,
    make_hold,
    make_item,
    make_library,
    make_patron,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

DESK = (LendingPermission.LEND, HoldPermission.PLACE)
FORM = {"name": "A1", "capacity": "20", "priority": "10", "one_day": "on"}


def clerk() -> Client:
    return at_work(make_staff(may=DESK))


def administrator() -> Client:
    return at_work(make_staff(may=(*DESK, OrgPermission.EDIT_SETTINGS)))


def make_place(name: str = "A1", capacity: int = 2, **told: Any) -> ShelfPlace:
    library = make_library()
    return save_place(
        library.pk,
        PlaceTold(name=name, capacity=capacity, **told),
        by=chief(library),
        now=timezone.now(),
    )


def taken_back(client: Client, *, identifier: str = "T-77") -> tuple[Hold, str]:
    """Somebody waits for it; what the desk sees."""
    item = make_item()
    hold = make_hold(make_patron(hold_identifier=identifier), item.record)
    answer = client.post("/checkin/now/", {"barcode": item.barcode})
    hold.refresh_from_db()
    assert hold.state == Hold.State.WAITING
    return hold, answer.content.decode()


def test_the_slip_and_the_row_name_the_place_and_the_identifier_large() -> None:
    make_place("KE 1")
    client = clerk()
    hold, page = taken_back(client)
    assert '<strong class="slip-place">KE 1</strong>' in page
    assert 'class="slip-big">T-77' in page
    again = client.get(f"/holds/{hold.pk}/slip/").content.decode()
    assert '<strong class="slip-place">KE 1</strong>' in again


def test_where_there_are_no_places_nothing_is_said_of_them() -> None:
    client = clerk()
    hold, page = taken_back(client)
    for text in (
        page,
        client.get("/hold-shelf/").content.decode(),
        client.get(f"/holds/{hold.pk}/").content.decode(),
    ):
        assert "slip-place" not in text
        assert "No place of the hold shelf" not in text
        assert "It stands there" not in text


def test_when_no_place_is_free_the_slip_says_so() -> None:
    make_place(capacity=1)
    client = clerk()
    taken_back(client, identifier="T-1")
    _hold, page = taken_back(client, identifier="T-2")
    assert "No place of the hold shelf is free for it" in page


def test_an_administrator_makes_changes_and_removes_a_place() -> None:
    client = administrator()
    answer = client.post("/hold-shelf/places/new/", FORM)
    assert answer.status_code == 302
    place = ShelfPlace.objects.get()
    assert (place.name, place.capacity, place.one_day) == ("A1", 20, True)
    address = f"/hold-shelf/places/{place.pk}/"
    client.post(address, FORM | {"capacity": "5", "weekday": "2", "overflow": "on"})
    place.refresh_from_db()
    assert (place.capacity, place.weekday, place.overflow) == (5, 2, True)
    client.post(f"{address}remove/")
    assert not ShelfPlace.objects.exists()
    client.post(f"{address}remove/")  # another window has the page still
    assert "has been removed" in client.get("/hold-shelf/places/").content.decode()


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"capacity": "0"}, "greater than or equal to 1"),
        ({"capacity": "paljon"}, "whole number"),
        ({"name": " "}, "required"),
        ({"name": "a1"}, "a place of this name already"),
        ({"weekday": "9"}, "Select a valid choice"),
        ({"material": "OLEMATON"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_with_a_place_is_said_and_nothing_is_saved(
    sent: dict[str, str], told: str
) -> None:
    make_place("A1")
    client = administrator()
    answer = client.post("/hold-shelf/places/new/", FORM | {"name": "A2"} | sent)
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert ShelfPlace.objects.count() == 1


def test_a_place_where_copies_stand_is_not_removed() -> None:
    place = make_place()
    client = administrator()
    taken_back(client)
    client.post(f"/hold-shelf/places/{place.pk}/remove/")
    page = client.get(f"/hold-shelf/places/{place.pk}/").content.decode()
    assert "Copies stand in the place A1: 1." in page


def test_places_of_another_library_are_not_there() -> None:
    other = make_library("SVL")
    told = PlaceTold(name="B1", capacity=1)
    theirs = save_place(other.pk, told, by=chief(other), now=timezone.now())
    client = administrator()
    assert client.get(f"/hold-shelf/places/{theirs.pk}/").status_code == 404
    client.post(f"/hold-shelf/places/{theirs.pk}/say/", {"what": "full"})
    theirs.refresh_from_db()
    assert theirs.full_at is None


def test_a_clerk_reserves_and_marks_but_decides_nothing() -> None:
    place = make_place()
    client = clerk()
    taken_back(client)
    address = f"/hold-shelf/places/{place.pk}/"
    for what in ("reserve", "full"):
        client.post(f"{address}say/", {"what": what})
    place.refresh_from_db()
    assert place.reserved_by
    assert place.full_at is not None
    page = client.get("/hold-shelf/places/").content.decode()
    assert "Marked as full" in page
    assert "Not full after all" in page
    for what in ("open", "not-full"):
        client.post(f"{address}say/", {"what": what})
    again = ShelfPlace.objects.get()
    assert (again.reserved_by, again.full_at) == ("", None)
    assert client.post(f"{address}say/", {"what": "burn"}).status_code == 404
    assert client.get(address).status_code == 403
    assert client.post(f"{address}remove/").status_code == 403
    assert client.post("/hold-shelf/places/new/", FORM).status_code == 403


def test_the_shelf_is_listed_by_place_and_a_copy_is_put_elsewhere() -> None:
    first, second = make_place("A1"), make_place("A2")
    client = clerk()
    hold, _page = taken_back(client, identifier="T-1")
    other, _page = taken_back(client, identifier="T-2")
    answer = client.post(f"/holds/{hold.pk}/place/", {"place": str(second.pk)})
    assert answer.status_code == 302
    hold.refresh_from_db()
    assert hold.shelf_place == second
    page = client.get("/hold-shelf/", {"place": str(second.pk)}).content.decode()
    assert "T-1" in page
    assert "T-2" not in page
    page = client.get("/hold-shelf/", {"place": "999999"}).content.decode()
    assert "T-1" in page
    assert "T-2" in page
    client.post(f"/holds/{other.pk}/place/", {"place": "999999"})
    other.refresh_from_db()
    assert other.shelf_place == first


def test_a_place_for_another_weekday_is_not_offered_today() -> None:
    make_place(weekday=(timezone.localdate().weekday() + 1) % 7)
    client = clerk()
    _hold, page = taken_back(client)
    assert "No place of the hold shelf is free for it" in page
    assert "Free, but not today" in client.get("/hold-shelf/places/").content.decode()


def test_the_lists_ask_as_much_for_many_as_for_one() -> None:
    client, numbers = clerk(), iter(range(1, 99))

    def one_more() -> None:
        number = next(numbers)
        make_place(f"A{number}", capacity=1)
        taken_back(client, identifier=f"T-9{number}")

    one_more()
    for address in ("/hold-shelf/", "/hold-shelf/places/"):
        assert_same_queries_with_more_rows(
            lambda address=address: client.get(address),  # type: ignore[misc]
            add_rows=one_more,
        )

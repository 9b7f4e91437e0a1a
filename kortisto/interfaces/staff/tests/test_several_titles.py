"""One hold on several titles at the desk: chosen one by one, in an order."""

import pytest
from django.test import Client

from kortisto.domain.catalogue.models import Record
from kortisto.domain.holds.models import Hold, HoldBundle
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.search.queries import rebuild_index
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import make_item, make_library, make_patron, make_record

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> Client:
    return at_work(make_staff(may=(PatronPermission.SEE, HoldPermission.PLACE)))


def titles(*names: str) -> list[Record]:
    found = [make_item(record=make_record(name)).record for name in names]
    rebuild_index()
    return found


def address(patron_id: int, *records: Record) -> str:
    asked = "&".join(f"title={record.pk}" for record in records)
    return f"/patrons/{patron_id}/holds/several/?{asked}"


def test_a_title_is_found_and_chosen(clerk: Client) -> None:
    patron, [first, second] = make_patron(), titles("Alku", "Jatko")
    page = f"{address(patron.pk, first)}&q=jatko"
    shown = clerk.get(page).content.decode()
    assert f"?title={first.pk}&amp;title={second.pk}&amp;kind=first" in shown


def test_titles_change_places_and_are_left_out(clerk: Client) -> None:
    patron, [first, second] = make_patron(), titles("Alku", "Jatko")
    shown = clerk.get(address(patron.pk, first, second)).content.decode()
    assert f"?title={second.pk}&amp;title={first.pk}&amp;kind=first" in shown
    assert f'"?title={second.pk}&amp;kind=first"' in shown


@pytest.mark.parametrize("kind", [HoldBundle.Kind.FIRST, HoldBundle.Kind.SERIES])
def test_the_hold_is_placed(clerk: Client, kind: HoldBundle.Kind) -> None:
    patron, [first, second] = make_patron(), titles("Alku", "Jatko")
    sent = {"kind": kind.value, "pickup": make_library().pk, "note": "Lukupiiri"}
    answer = clerk.post(address(patron.pk, second, first), sent)
    holds = list(Hold.objects.order_by("pk"))
    assert [hold.record for hold in holds] == [second, first]
    assert {hold.bundle and hold.bundle.kind for hold in holds} == {kind.value}
    assert {hold.note for hold in holds} == {"Lukupiiri"}
    assert answer.headers["Location"] == f"/holds/{holds[0].pk}/"


def test_what_cannot_be_held_is_named_and_nothing_is_placed(clerk: Client) -> None:
    patron, [first] = make_patron(), titles("Alku")
    bare = make_record("Ei niteitä")
    sent = {"kind": "first", "pickup": make_library().pk, "note": "Lukupiiri"}
    answer = clerk.post(address(patron.pk, first, bare), sent)
    assert answer.status_code == 409
    found = answer.content.decode()
    assert found.index("Ei niteitä") < found.index("There is no copy")
    assert "Lukupiiri" in found
    assert not Hold.objects.exists()


@pytest.mark.parametrize(
    "asked", ["", "?title=x", "?title=999999", "?title=99&title=7"]
)
def test_one_title_or_none_is_not_enough(clerk: Client, asked: str) -> None:
    page = f"/patrons/{make_patron().pk}/holds/several/{asked}"
    assert clerk.get(page).status_code == 200
    sent = {"kind": "first", "pickup": make_library().pk}
    answer = clerk.post(page, sent)
    assert answer.status_code in {409, 422}
    assert not Hold.objects.exists()


def test_a_part_of_a_series_is_passed_over(clerk: Client) -> None:
    patron, [first, second] = make_patron(), titles("Alku", "Jatko")
    sent = {"kind": "series", "pickup": make_library().pk}
    clerk.post(address(patron.pk, first, second), sent)
    part, later = Hold.objects.order_by("pk")
    shown = clerk.get(f"/holds/{later.pk}/").content.decode()
    assert "Part 2 of 2" in shown
    assert "Waits for its turn" in shown

    clerk.post(f"/holds/{part.pk}/skip/")

    part.refresh_from_db()
    later.refresh_from_db()
    assert (part.state, later.state) == (Hold.State.CANCELLED, Hold.State.QUEUED)
    shown = clerk.get(f"/holds/{later.pk}/").content.decode()
    assert "Waits for its turn" not in shown

"""Copies for a group at the desk: placed, shown as one, given up in part."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.catalogue.models import Record
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.interfaces.staff.tests.scans import Scanner
from kortisto.testing.builders import (
    card_of,
    desk,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def rules() -> None:
    make_rules({"values": {"holds_per_record": 90, "holds_max": 90}})


@pytest.fixture
def clerk() -> Client:
    may = (PatronPermission.SEE, HoldPermission.PLACE, LendingPermission.LEND)
    return at_work(make_staff(may=may))


def title(copies: int) -> Record:
    record = make_record("Sinuhe egyptiläinen")
    for _ in range(copies):
        make_item(record=record)
    return record


def form(**fields: str) -> dict[str, str]:
    needed = timezone.localdate() + timedelta(days=30)
    known = {
        "kind": "group",
        "copies": "3",
        "pickup": str(make_library().pk),
        "expires_on": needed.isoformat(),
        "note": "6B",
    }
    return known | fields


def address(patron: Patron, *records: Record) -> str:
    asked = "&".join(f"title={record.pk}" for record in records)
    return f"/patrons/{patron.pk}/holds/several/?{asked}&kind=group"


def placed(clerk: Client, copies: int = 3) -> tuple[Patron, list[Hold]]:
    patron = make_patron(surname="Koulu")
    clerk.post(address(patron, title(copies)), form(copies=str(copies)))
    return patron, list(Hold.objects.filter(patron=patron).order_by("pk"))


def come(hold: Hold) -> None:
    item = hold.record.items.filter(holds=None).first()
    assert item is not None
    checkin(item.barcode, by=desk(), now=timezone.now())


def test_copies_of_one_title_are_placed_and_shown_as_one(clerk: Client) -> None:
    patron, holds = placed(clerk)
    assert len(holds) == 3
    page = clerk.get(f"/patrons/{patron.pk}/").content.decode()
    assert page.count("3 copies for a group") == 1
    page = clerk.get(f"/holds/{holds[0].pk}/").content.decode()
    assert "These copies are collected together." in page
    assert page.count('name="copy"') == 3


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"copies": ""}, "How many copies does the group need?"),
        ({"copies": "0"}, "greater than or equal to 1"),
        ({"copies": "100"}, "less than or equal to 99"),
        ({"expires_on": ""}, "By which day does the group need them?"),
        ({"expires_on": "2020-01-01"}, "expires_on"),
    ],
)
def test_what_is_missing_is_asked_for_beside_its_field(
    clerk: Client, sent: dict[str, str], told: str
) -> None:
    answer = clerk.post(address(make_patron(), title(3)), form(**sent))
    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Hold.objects.exists()


def test_without_a_title_nothing_is_placed(clerk: Client) -> None:
    answer = clerk.post(address(make_patron()), form())
    assert answer.status_code == 422
    assert "Choose a title." in answer.content.decode()


def test_what_stands_against_it_is_said_at_the_title(clerk: Client) -> None:
    answer = clerk.post(address(make_patron(), title(2)), form())
    assert answer.status_code == 409
    assert "only so many copies of this title: 2" in answer.content.decode()
    assert not Hold.objects.exists()


def test_some_copies_are_given_up_and_come_back(clerk: Client) -> None:
    _patron, holds = placed(clerk)
    hold_page = f"/holds/{holds[0].pk}/"
    clerk.post(f"{hold_page}fewer/", {"copy": [holds[1].pk, holds[2].pk]})
    assert Hold.objects.filter(state=Hold.State.CANCELLED).count() == 2
    clerk.post(f"/holds/{holds[1].pk}/restore/")
    assert not Hold.objects.filter(state=Hold.State.CANCELLED).exists()
    clerk.post(f"{hold_page}fewer/", {})
    assert "Tick the copies first." in clerk.get(hold_page).content.decode()
    stranger = make_patron()
    clerk.post(f"{hold_page}fewer/", {"copy": [stranger.pk + 9999, "x"]})
    assert not Hold.objects.filter(state=Hold.State.CANCELLED).exists()


def test_a_single_hold_has_no_copies_to_give_up(clerk: Client) -> None:
    sent = form(kind="first") | {"copies": ""}
    first, second = title(1), title(1)
    clerk.post(address(make_patron(), first, second), sent)
    hold = Hold.objects.earliest("pk")
    assert clerk.post(f"/holds/{hold.pk}/fewer/", {"copy": hold.pk}).status_code == 404


def test_the_desk_sees_the_copies_of_a_title_in_one_line(clerk: Client) -> None:
    patron, holds = placed(clerk)
    for hold in holds[:2]:
        come(hold)
    page = Scanner(clerk).scan(card_of(patron))
    assert page.count("2 copies for a group") == 1


def test_the_page_of_a_hold_asks_as_much_for_many_copies(clerk: Client) -> None:
    patron, [first, *_rest] = placed(clerk, copies=2)
    bundle = first.bundle

    def one_more() -> None:
        Hold.objects.create(
            patron=patron,
            record=first.record,
            bundle=bundle,
            part=0,
            pickup_library=first.pickup_library,
            placed_at=first.placed_at,
            counts_from=first.counts_from,
        )

    assert_same_queries_with_more_rows(
        lambda: clerk.get(f"/holds/{first.pk}/"), add_rows=one_more
    )

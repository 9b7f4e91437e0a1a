"""The queue for a title: its order, who is named, and moving a hold in it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.catalogue.models import Record
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.holds.lists import queue_of
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.patrons.actions.binning import put_in_bin
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
)
from kortisto.testing.queries import count_queries

pytestmark = pytest.mark.django_db

SEE, PLACE = PatronPermission.SEE, HoldPermission.PLACE


def queue(client: Client, record: Record, **asked: str | int) -> str:
    answer = client.get(f"/titles/{record.pk}/queue/", asked)
    assert answer.status_code == 200
    return answer.content.decode()


def order(record: Record) -> list[int]:
    return [hold.pk for hold in queue_of(record.pk)]


def test_the_queue_is_shown_with_its_counts_and_what_is_set_aside() -> None:
    record, client = make_record("Kalevala"), at_work(make_staff(may=(SEE, PLACE)))
    today = timezone.localdate()
    make_hold(make_patron(surname="Ensimmäinen"), record)
    make_hold(make_patron(surname="Tauolla"), record, suspended_from=today)
    make_hold(
        make_patron(surname="Matkalainen"),
        record,
        state=Hold.State.TRAVELLING,
        item=make_item(record=record),
    )

    told = queue(client, record)

    assert told.index("Matkalainen") < told.index("Ensimmäinen")
    assert told.index("Ensimmäinen") < told.index("Tauolla")
    assert "until it is resumed" in told
    assert "/move/" not in told  # that needs a permission
    looks = LoggedEvent.objects.filter(kind="PatronViewed")
    assert [row.body["page"] for row in looks] == ["queue"] * 3


def test_without_the_permission_for_patrons_the_identifiers_stand_there() -> None:
    record, client = make_record(), at_work(make_staff(may=(PLACE,)))
    make_hold(make_patron(surname="Salainen", hold_identifier="12345678"), record)

    told = queue(client, record)

    assert "1234 5678" in told
    assert "Salainen" not in told
    assert not LoggedEvent.objects.filter(kind="PatronViewed").exists()


def test_a_queue_of_2000_costs_what_a_short_one_does() -> None:
    record, client = make_record(), at_work(make_staff(may=(SEE, PLACE)))
    patrons = [make_patron() for _number in range(60)]
    make_hold(patrons[0], record)
    queue(client, record)
    few = count_queries(lambda: queue(client, record))
    library = make_library()
    Hold.objects.bulk_create(
        Hold(
            patron=patrons[number % len(patrons)],
            record=record,
            pickup_library=library,
            placed_at=MONDAY_NOON + timedelta(minutes=number),
            counts_from=MONDAY_NOON + timedelta(minutes=number),
        )
        for number in range(1999)
    )

    assert count_queries(lambda: queue(client, record)) == few
    told = queue(client, record)
    fiftieth = order(record)[49]
    second = queue(client, record, after=fiftieth)
    assert "after=" in told
    assert ">51</td>" in second
    assert ">50</td>" not in second


def test_a_hold_is_moved_for_a_reason_that_is_kept() -> None:
    record, client = make_record(), at_work()
    first, second, third = (
        make_hold(make_patron(), record, placed_at=MONDAY_NOON + timedelta(hours=at))
        for at in range(3)
    )

    shown = client.get(f"/holds/{third.pk}/move/").content.decode()
    answer = client.post(
        f"/holds/{third.pk}/move/", {"place": 1, "why": "Tentti"}, follow=True
    )

    assert "The hold stands at place 3 of the whole queue." in shown
    assert "The hold was moved." in answer.content.decode()
    assert order(record) == [third.pk, first.pk, second.pk]
    event = LoggedEvent.objects.get(kind="HoldChanged")
    assert event.body["why"] == "Tentti"


@pytest.mark.parametrize(
    "told",
    [
        {"place": "1", "why": ""},
        {"place": "", "why": "Tentti"},
        {"place": "0", "why": "Tentti"},
        {"place": "9", "why": "Tentti"},
        {"place": "kolmas", "why": "Tentti"},
    ],
)
def test_a_move_that_cannot_be_meant_keeps_the_form(told: dict[str, str]) -> None:
    record, client = make_record(), at_work()
    first, second = (make_hold(make_patron(), record) for _ in range(2))

    answer = client.post(f"/holds/{second.pk}/move/", told)

    assert answer.status_code == 422
    assert told["why"] in answer.content.decode()
    assert order(record) == [first.pk, second.pk]


def test_what_has_left_the_queue_is_not_moved() -> None:
    client, item = at_work(), make_item()
    hold = make_hold(make_patron(), item.record, state=Hold.State.TRAVELLING, item=item)
    told = client.post(f"/holds/{hold.pk}/move/", {"place": 1, "why": "x"}, follow=True)
    assert "The hold has left its queue." in told.content.decode()


def test_moving_needs_its_own_permission() -> None:
    hold = make_hold(make_patron(), make_record())
    client = at_work(make_staff(may=(SEE, PLACE)))
    assert client.get(f"/holds/{hold.pk}/move/").status_code == 403


def test_the_page_of_the_title_has_the_counts_and_the_way_there() -> None:
    record = make_record()
    make_hold(make_patron(), record)
    see = CataloguePermission.SEE
    with_way = at_work(make_staff(may=(see, PLACE)))
    without = at_work(make_staff("bertta", may=(see,)))

    address = f"/titles/{record.pk}/queue/"
    assert address in with_way.get(f"/titles/{record.pk}/").content.decode()
    told = without.get(f"/titles/{record.pk}/").content.decode()
    assert "Waiting now" in told
    assert address not in told
    assert without.get(address).status_code == 403
    assert with_way.get("/titles/999999/queue/").status_code == 404


def test_a_deleted_patron_is_not_named() -> None:
    record, client = make_record(), at_work()
    patron = make_patron(surname="Poistettu")
    make_hold(patron, record)
    put_in_bin(patron.pk, "Muutti pois", by=chief(), now=timezone.now())
    assert "Poistettu" not in queue(client, record)

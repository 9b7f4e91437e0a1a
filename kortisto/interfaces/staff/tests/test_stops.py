"""Bookmobile stops on their pages, and holds that are brought to one."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.core.refusals import Refused
from kortisto.core.versions import configuration_changed
from kortisto.domain.circulation.actions.place_hold import Wish, place_hold
from kortisto.domain.holds.actions.changing import change_pickup
from kortisto.domain.holds.models import Hold
from kortisto.domain.org.actions.stops import StopPlan, remove_stop, save_stop
from kortisto.domain.org.models import BusStop, Unit
from kortisto.domain.org.stops import Call
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    chief,
    make_consortium,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


@pytest.fixture
def bus() -> Unit:
    made = make_library("AUTO")
    made.mobile = True
    made.save()
    configuration_changed()
    return made


@pytest.fixture
def driver(bus: Unit) -> Client:
    return at_work(make_staff("kuski", library=make_consortium()), library=bus)


def stop_at(bus: Unit, name: str, hour: int) -> BusStop:
    call = Call(timezone.localdate(), 1, time(hour), time(hour, 45))
    plan = StopPlan(names={"fi": name}, place=f"{name}ntie 1", calls=(call,))
    return save_stop(bus.pk, None, plan, by=chief(), now=timezone.now())


def row(**values: str) -> dict[str, str]:
    told = {
        "first_on_0": "1.12.2026",
        "every_weeks_0": "2",
        "arrives_0": "13:00",
        "leaves_0": "13:40",
        "last_on_0": "",
    }
    return {"name_fi": "Koulu", "name_sv": "", "name_en": "", "place": ""} | (
        told | values
    )


def test_a_stop_is_written_on_its_page(driver: Client, bus: Unit) -> None:
    assert driver.get(f"/stops/new/{bus.pk}/").status_code == 200
    assert driver.post(f"/stops/new/{bus.pk}/", row()).status_code == 302
    stop = BusStop.objects.get()
    call = stop.calls.get()
    assert (call.first_on, call.every_weeks) == (date(2026, 12, 1), 2)
    page = driver.get("/stops/").content.decode()
    assert "Koulu" in page
    assert "13.00–13.40" in page
    for wrong in (
        row(name_fi=""),
        row(arrives_0=""),
        row(leaves_0="12:00"),
        row(first_on_0=""),
        row(first_on_0="yesterday"),
        row(every_weeks_0="99"),
    ):
        answer = driver.post(f"/stops/{stop.pk}/", wrong)
        assert answer.status_code == 422, wrong
    assert stop.calls.get().pk == call.pk
    assert driver.post(f"/stops/{stop.pk}/remove/").status_code == 302
    assert driver.get(f"/stops/{stop.pk}/").status_code == 404
    assert driver.post(f"/stops/{stop.pk}/remove/").status_code == 302


def test_a_hold_is_brought_to_a_stop_of_its_bookmobile(bus: Unit) -> None:
    stop, other = stop_at(bus, "Koulu", 9), make_library()
    make_item(record=(record := make_record()))
    patron, now = make_patron(), timezone.now()

    def wish(**values: Any) -> Wish:
        return Wish(**{"record_id": record.pk, "pickup_library_id": bus.pk, **values})

    for wrong in (
        wish(stop_id=stop.pk + 1),
        wish(stop_id=stop.pk, pickup_library_id=other.pk),
    ):
        with pytest.raises(Refused, match="no-such-stop"):
            place_hold(patron.pk, wrong, by=chief(), now=now)
    assert not Hold.objects.exists()

    placed = place_hold(patron.pk, wish(stop_id=stop.pk), by=chief(), now=now)

    assert Hold.objects.get(pk=placed.hold_id).stop == stop
    change_pickup([placed.hold_id], other.pk, by=chief(), now=now)
    assert Hold.objects.get(pk=placed.hold_id).stop is None
    change_pickup([placed.hold_id], bus.pk, by=chief(), now=now, stop_id=stop.pk)
    remove_stop(stop.pk, by=chief(), now=now)
    hold = Hold.objects.get(pk=placed.hold_id)
    assert (hold.stop, hold.pickup_library) == (None, bus)


def test_the_day_s_holds_stand_stop_by_stop_in_the_order_of_the_drive(
    driver: Client, bus: Unit
) -> None:
    late, early = stop_at(bus, "Kauppa", 14), stop_at(bus, "Koulu", 9)
    until = timezone.localdate() + timedelta(days=14)
    for title, stop in (("Sinuhe", late), ("Muumit", early), ("Kalevala", None)):
        item = make_item(record=make_record(title), library=bus)
        make_hold(
            make_patron(surname="Salainen"),
            item.record,
            pickup=bus,
            state=Hold.State.WAITING,
            item=item,
            stop=stop,
            pickup_until=until,
        )

    page = driver.get("/stops/day/").content.decode()

    order = ["Koulu", "Muumit", "Kauppa", "Sinuhe", "No stop has been", "Kalevala"]
    places = [page.index(word) for word in order]
    assert places == sorted(places)
    assert "Salainen" not in page
    slip = driver.get(f"/holds/{Hold.objects.get(stop=late).pk}/slip/")
    assert "Kauppa" in slip.content.decode()
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert "Koulu" not in driver.get(f"/stops/day/?day={tomorrow}").content.decode()
    assert driver.get("/stops/day/?day=rubbish").status_code == 200


def test_the_list_of_a_day_asks_the_same_number_of_queries(
    driver: Client, bus: Unit
) -> None:
    stop = stop_at(bus, "Koulu", 9)

    def add() -> None:
        item = make_item(library=bus)
        make_hold(
            make_patron(),
            item.record,
            pickup=bus,
            state=Hold.State.WAITING,
            item=item,
            stop=stop,
        )

    assert_same_queries_with_more_rows(lambda: driver.get("/stops/day/"), add_rows=add)


def test_staff_choose_the_stop_when_they_place_a_hold(
    driver: Client, bus: Unit
) -> None:
    stop, record, patron = stop_at(bus, "Koulu", 9), make_record(), make_patron()
    make_item(record=record)
    told = {"patron": patron.pk, "pickup": bus.pk, "key": "a"}
    address = f"/titles/{record.pk}/hold/"
    page = driver.post(address, told)
    assert page.status_code == 422
    assert "Choose where the bookmobile stops" in page.content.decode()
    elsewhere = driver.post(
        address, told | {"pickup": make_library().pk, "stop": stop.pk}
    )
    assert "another bookmobile" in elsewhere.content.decode()

    assert driver.post(address, told | {"stop": stop.pk}).status_code == 302

    assert Hold.objects.get().stop == stop

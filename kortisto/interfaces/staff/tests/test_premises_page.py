"""A library that works at another address, on the pages of staff."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.timezone import localdate

from kortisto.domain.catalogue.models import CodedValue, Item
from kortisto.domain.closures.models import Shift
from kortisto.domain.org.models import Closure
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    make_consortium,
    make_item,
    make_library,
    make_rules,
)
from kortisto.testing.closures import carried_out
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TODAY = localdate()
FIRST, LAST = TODAY, TODAY + 200 * DAY
LIST = CodedValue.List


@pytest.fixture(autouse=True)
def codes(db: None) -> None:
    del db
    make_rules({"values": {"loan_period": 28}})
    for code in ("VARASTO", "SALI"):
        CodedValue.objects.create(list=LIST.LOCATION, code=code, name_fi=code.title())
    CodedValue.objects.create(list=LIST.NOT_FOR_LOAN, code="7", name_fi="Remontissa")


def manager() -> Client:
    library = make_library()
    return at_work(make_staff("pomo", library=make_consortium()), library=library)


def written() -> dict[str, Any]:
    hours = {f"day{number}": "8–20" for number in range(7)}
    return {
        "starts_on": FIRST.isoformat(),
        "ends_on": LAST.isoformat(),
        "street": "Väistökatu 3",
        "postal_code": "50100",
        "city": "Mikkeli",
        "text_fi": "Peruskorjaus",
        "van_note": "Pihan puolella",
        "left_locations": ["VARASTO"],
        "left_status": "7",
        **hours,
    }


def shelved() -> Item:
    item = make_item(location="VARASTO")
    Item.objects.update(created_at=timezone.now() - 30 * DAY)
    return item


def test_it_is_planned_seen_put_in_force_shown_to_all_and_taken_back() -> None:
    client, library, item = manager(), make_library(), shelved()
    address = f"/units/{library.pk}/premises/"
    assert address in client.get(f"/units/{library.pk}/").content.decode()
    form = client.get(address).content.decode()
    assert "Varasto (1)" in form
    assert "Sali" not in form
    assert 'value="8–20"' in form

    page = client.post(address, written(), follow=True).content.decode()
    assert "Temporary premises" in page
    assert "Väistökatu 3, 50100 Mikkeli" in page
    assert "As in its own house" in page  # the same hours follow those of the house
    assert "Varasto (Remontissa)" in page
    assert "Items that stay on shelves left behind" in page
    closure = Closure.objects.get()
    assert closure.premises.hours == []

    here = f"/closures/{closure.pk}/"
    client.post(f"{here}apply/", {"ends_on": LAST.isoformat()})
    shift = carried_out(Shift.objects.get(), now=timezone.now())
    page = client.get(f"/shifts/{shift.pk}/").content.decode()
    assert "At temporary premises until" in page
    assert "Remontissa" in page
    assert "Pihan puolella" in client.get("/vans/").content.decode()
    assert "Pihan puolella" in client.get(f"/units/{library.pk}/").content.decode()
    assert "Elsewhere now" in client.get("/closures/").content.decode()
    item.refresh_from_db()
    assert item.not_for_loan == "7"

    page = client.get(f"{here}?ends_on=never").content.decode()
    assert "What moves if it is taken back" in page
    client.post(f"{here}apply/", {"ends_on": "never"})
    carried_out(Shift.objects.latest("pk"), now=timezone.now())
    item.refresh_from_db()
    assert item.not_for_loan == ""


def test_a_plan_is_changed_and_its_hours_differ() -> None:
    client, library = manager(), make_library()
    shelved()
    client.post(f"/units/{library.pk}/premises/", written())
    [closure] = Closure.objects.all()
    edit = f"/closures/{closure.pk}/premises/"
    assert 'value="Väistökatu 3"' in client.get(edit).content.decode()
    assert client.get(f"/closures/{closure.pk}/edit/").status_code == 404
    client.post(edit, {**written(), "day0": "", "day1": "10–12, 13–18"})
    closure.refresh_from_db()
    assert [row[0] for row in closure.premises.hours] == [1, 1, 2, 3, 4, 5, 6]
    assert 'value="10–12, 13–18"' in client.get(edit).content.decode()
    assert organisation().premises == {}


def test_what_is_wrong_stands_at_its_field_and_nothing_is_planned() -> None:
    client, library = manager(), make_library()
    address = f"/units/{library.pk}/premises/"
    for wrong, field in (
        ({"street": ""}, "street"),
        ({"left_status": ""}, "left_status"),
        ({"left_locations": ["KELLARI"]}, "left_locations"),
        ({"ends_on": (FIRST - DAY).isoformat()}, "ends_on"),
        ({"day3": "aamulla"}, "day3"),
    ):
        page = client.post(address, {**written(), **wrong})
        shelved()
        assert page.status_code == 422
        assert field in page.context["form"].errors
    assert not Closure.objects.exists()
    assert client.get(f"/units/{make_consortium().pk}/premises/").status_code == 404


def test_nobody_moves_a_library_that_is_not_theirs() -> None:
    clerk = at_work(make_staff("virkailija", may=(OrgPermission.EDIT_CALENDAR,)))
    assert clerk.get(f"/units/{make_library().pk}/premises/").status_code == 403
    local = at_work(make_staff("paikallinen"))
    other = make_library("SVL")
    assert local.post(f"/units/{other.pk}/premises/", written()).status_code == 403
    assert not Closure.objects.exists()


def test_the_pages_ask_the_same_for_many_items_left_behind() -> None:
    client, library = manager(), make_library()
    shelved()
    client.post(f"/units/{library.pk}/premises/", written())
    [closure] = Closure.objects.all()
    assert_same_queries_with_more_rows(
        lambda: client.get(f"/closures/{closure.pk}/"), add_rows=shelved
    )
    client.post(f"/closures/{closure.pk}/apply/", {"ends_on": LAST.isoformat()})
    shift = carried_out(Shift.objects.get(), now=timezone.now())
    moves = list(shift.moves.all())
    assert len(moves) > 3

    def another() -> None:
        move = shift.moves.latest("pk")
        move.pk, move.subject_id = None, shelved().pk
        move.save()

    assert_same_queries_with_more_rows(
        lambda: client.get(f"/shifts/{shift.pk}/"), add_rows=another
    )

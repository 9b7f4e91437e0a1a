"""Adding, changing and removing items by hand."""

from datetime import timedelta

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.actions.items import add_item, change_item, remove_item
from kortisto.domain.catalogue.item_changes import NewItem
from kortisto.domain.catalogue.models import CodedValue, Item
from kortisto.domain.catalogue.queries import item_by_barcode, items_of, place_of
from kortisto.domain.org.models import Unit
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_item,
    make_item_type,
    make_library,
    make_record,
    make_rules,
)
from kortisto.testing.loans import lend

LATER = MONDAY_NOON + timedelta(minutes=5)


def kinds() -> list[str]:
    return list(LoggedEvent.objects.order_by("id").values_list("kind", flat=True))


def new(barcode: str = "491N1", library: Unit | None = None) -> NewItem:
    return {
        "barcode": barcode,
        "home_library_id": (library or make_library()).pk,
        "item_type_id": make_item_type().pk,
    }


def make_code(list_: CodedValue.List, code: str) -> None:
    CodedValue.objects.create(list=list_, code=code, name_fi=code)


@pytest.mark.django_db
def test_an_added_item_is_at_home_with_its_class_and_heading() -> None:
    make_code(CodedValue.List.LOCATION, "AIK")
    values = new(" 491n 1\r\n")
    values["location"] = "AIK"
    values["call_number"] = "84.2  JAA"

    item = add_item(make_record().pk, values, by=chief(), now=MONDAY_NOON)

    assert item.barcode == "491N1"
    assert item.library_id == item.home_library_id
    assert (item.shelf_class, item.heading) == ("84.2", "JAA")
    assert kinds() == ["ItemAdded"]
    assert item_by_barcode("491n1") == item


@pytest.mark.django_db
def test_an_impossible_item_is_refused_with_every_reason() -> None:
    make_item(barcode="TAKEN")
    values = new("taken")
    values["location"] = "NOWHERE"
    values["parts"] = 0
    values["item_type_id"] = 0

    with pytest.raises(Refused) as refused:
        add_item(make_record().pk, values, by=chief(), now=MONDAY_NOON)

    assert {each.reason.value for each in refused.value.refusals} == {
        "unknown-code",
        "out-of-range",
        "unknown-item-type",
        "barcode-taken",
    }
    assert Item.objects.count() == 1
    assert kinds() == []


@pytest.mark.django_db
def test_a_status_has_the_time_when_it_was_set() -> None:
    make_code(CodedValue.List.LOST, "1")
    item = make_item()
    before = Item.objects.get(pk=item.pk).changed_at

    change_item(item.pk, {"lost": "1"}, by=chief(), now=LATER)

    item.refresh_from_db()
    assert (item.lost, item.lost_at) == ("1", LATER)
    assert item.changed_at == LATER != before

    change_item(item.pk, {"lost": ""}, by=chief(), now=LATER)

    item.refresh_from_db()
    assert item.lost_at is None
    assert kinds() == ["ItemChanged", "ItemChanged"]


@pytest.mark.django_db
def test_a_change_that_changes_nothing_tells_nothing() -> None:
    item = make_item(call_number="84.2 JAA", shelf_class="84.2", heading="JAA")
    item = change_item(
        item.pk, {"call_number": "84.2 JAA"}, by=chief(), now=MONDAY_NOON
    )
    told = kinds()

    change_item(item.pk, {"call_number": "84.2 JAA"}, by=chief(), now=LATER)

    assert kinds() == told


@pytest.mark.django_db
def test_a_change_over_somebody_elses_is_refused() -> None:
    item = make_item()
    seen = Item.objects.get(pk=item.pk).changed_at
    change_item(item.pk, {"parts": 2}, by=chief(), now=LATER)

    with pytest.raises(Refused, match="item-changed-meanwhile"):
        change_item(item.pk, {"parts": 3}, by=chief(), now=LATER, unchanged_since=seen)

    assert Item.objects.get(pk=item.pk).parts == 2


@pytest.mark.django_db
def test_who_may_not_edit_items_changes_none() -> None:
    item = make_item()

    with pytest.raises(NotPermitted):
        change_item(item.pk, {"parts": 2}, by=desk(), now=LATER)

    assert Item.objects.get(pk=item.pk).parts == 1
    assert kinds() == []


@pytest.mark.django_db
def test_an_item_on_loan_is_not_removed() -> None:
    make_rules({"values": {"loan_allowed": True, "loan_days": 28}})
    item = make_item()
    lend(item)

    with pytest.raises(Refused, match="item-is-on-loan"):
        remove_item(item.pk, by=chief(), now=LATER)

    assert Item.objects.filter(pk=item.pk).exists()


@pytest.mark.django_db
def test_an_item_without_a_past_is_removed() -> None:
    item = make_item()

    remove_item(item.pk, by=chief(), now=LATER)

    assert not Item.objects.exists()
    event = LoggedEvent.objects.get()
    assert (event.kind, event.body["barcode"]) == ("ItemRemoved", item.barcode)


@pytest.mark.django_db
def test_items_come_in_pages_with_the_own_librarys_first() -> None:
    record, own = make_record(), make_library("SVL")
    other = make_library("MLI")
    for library, sort in [(other, "b"), (own, "c"), (other, "a"), (own, "a")] * 3:
        make_item(record=record, library=library, call_number_sort=sort)

    seen: list[Item] = []
    while page := items_of(
        record.pk,
        own_library=own.pk,
        after=place_of(seen[-1], own_library=own.pk) if seen else None,
        size=5,
    ):
        seen += page

    assert len({item.pk for item in seen}) == 12
    places = [(i.home_library.code, i.call_number_sort, i.pk) for i in seen]
    assert [code for code, _sort, _id in places] == ["SVL"] * 6 + ["MLI"] * 6
    assert places[:6] == sorted(places[:6])
    assert places[6:] == sorted(places[6:])

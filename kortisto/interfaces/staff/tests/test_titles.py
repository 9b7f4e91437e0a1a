"""Titles and items on the staff's pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from kortisto.core.models import LoggedEvent
from kortisto.domain.catalogue.models import CodedValue, Item
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.circulation.item_states import ITEM_STATES
from kortisto.domain.circulation.models import Loan
from kortisto.domain.search import queries
from kortisto.domain.search.ports import Hits, Query, SearchUnavailable
from kortisto.domain.search.queries import rebuild_index
from kortisto.interfaces.staff.pages.items import OLD_STOCK_ON
from kortisto.interfaces.staff.templatetags.staff import STATES
from kortisto.interfaces.staff.tests.people import at_work, make_staff
from kortisto.testing.builders import (
    make_item,
    make_item_type,
    make_library,
    make_patron,
    make_record,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def lend(item: Item, surname: str = "Järvinen") -> Loan:
    now = timezone.now()
    patron = make_patron(surname=surname)
    return Loan.objects.create(
        item=item,
        record=item.record,
        patron=patron,
        category=patron.category,
        item_type=item.item_type,
        library=item.home_library,
        rules_library=item.home_library,
        title=item.record.title,
        barcode=item.barcode,
        lent_at=now,
        lent_by="staff:1",
        channel="staff",
        due_at=now + timedelta(days=28),
        rule_version=0,
    )


class NoIndex:
    """An engine whose index is being built."""

    def search(self, _query: Query) -> Hits:
        raise SearchUnavailable


def test_a_search_without_an_index_says_so_and_still_finds_a_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = make_record("Sinuhe egyptiläinen")
    monkeypatch.setattr(queries, "engine", NoIndex)

    page = at_work().get("/titles/", {"q": record.control_number}).content.decode()

    assert "Sinuhe egyptiläinen" in page
    assert "being prepared" in page


def test_titles_are_found_by_words_with_their_copies_here_and_everywhere() -> None:
    own, record = make_library("MLI"), make_record("Sinuhe egyptiläinen")
    make_item(record=record, library=own)
    make_item(record=record, library=make_library("SVL"))
    make_record("Kalevala")
    rebuild_index()

    page = at_work(library=own).get("/titles/", {"q": "sinuhe"})

    (row,) = page.context["rows"]
    assert (row.title, row.here.total, row.everywhere.total) == (record.title, 1, 2)
    assert "Kalevala" not in page.content.decode()


def test_a_search_costs_as_many_statements_with_more_titles() -> None:
    client = at_work()

    def add() -> None:
        make_item(record=make_record("Sinuhe egyptiläinen"))
        rebuild_index()

    assert_same_queries_with_more_rows(
        lambda: client.get("/titles/", {"q": "sinuhe"}), add_rows=add
    )


def test_a_title_shows_its_items_the_own_ones_first_with_their_states() -> None:
    record, own = make_record(), make_library("MLI")
    far = make_item(record=record, library=make_library("SVL"), barcode="FAR1")
    make_item(record=record, library=own, barcode="OWN1", lost="1")
    lend(far)

    page = at_work(library=own).get(f"/titles/{record.pk}/").content.decode()

    assert page.index("OWN1") < page.index("FAR1")
    assert "Lost" in page
    assert "On loan" in page


@pytest.mark.parametrize("state", ["available", "on-loan", "lost", "damaged"])
def test_items_are_narrowed_by_their_derived_state(state: str) -> None:
    record = make_record()
    make_item(record=record, barcode="B-AVAILABLE")
    lend(make_item(record=record, barcode="B-ON-LOAN"))
    make_item(record=record, barcode="B-LOST", lost="1")
    make_item(record=record, barcode="B-DAMAGED", damaged="1")

    page = at_work().get(f"/titles/{record.pk}/", {"state": state}).content.decode()

    shown = {name for name in ("AVAILABLE", "ON-LOAN", "LOST", "DAMAGED")
             if f"B-{name}<" in page}  # fmt: skip
    assert shown == {state.upper()}


def test_every_state_that_an_item_may_be_in_has_its_word() -> None:
    assert set(ITEM_STATES) <= set(STATES)


def test_many_items_are_read_page_by_page_each_once_and_back_again() -> None:
    record = make_record()
    items = [make_item(record=record, call_number=f"84.2 A{n:03}") for n in range(120)]
    client, url, seen = at_work(), f"/titles/{record.pk}/", list[str]()
    last = ""

    while url:
        answer = client.get(url)
        seen += [row["item"].barcode for row in answer.context["items"]]
        pages = answer.context["pages"]
        last = answer.context["pages"].previous_url
        url = f"/titles/{record.pk}/{pages.next_url}" if pages.next_url else ""

    assert sorted(seen) == sorted(item.barcode for item in items)
    back = client.get(f"/titles/{record.pk}/{last}")
    assert [row["item"].barcode for row in back.context["items"]] == seen[50:100]


def test_a_title_costs_as_many_statements_with_more_items() -> None:
    record, client = make_record(), at_work()

    def add() -> None:
        lend(make_item(record=record))

    assert_same_queries_with_more_rows(
        lambda: client.get(f"/titles/{record.pk}/"), add_rows=add
    )


def test_the_marc_of_a_title_is_shown_field_by_field() -> None:
    marc = '["00000cam a22000004i 4500",[["001","1"],["245","10",["a","Kalevala"]]]]'
    record = make_record("Kalevala", marc=marc)

    page = at_work().get(f"/titles/{record.pk}/", {"view": "marc"}).content.decode()

    assert "245" in page
    assert "‡a" in page


def test_an_item_tells_its_loans_but_not_the_borrower_without_the_permission() -> None:
    item = make_item()
    loan = lend(item)
    reader = make_staff("lukija", may=(CataloguePermission.SEE,))

    page = at_work(reader).get(f"/items/{item.pk}/").content.decode()
    full = at_work(make_staff("pomo")).get(f"/items/{item.pk}/").content.decode()

    assert "On loan" in page
    assert f"/patrons/{loan.patron_id}/" not in page
    assert f"/patrons/{loan.patron_id}/" in full


def form_of(item: Item, **changes: object) -> dict[str, object]:
    told = {
        "barcode": item.barcode,
        "home_library_id": item.home_library_id,
        "library_id": item.library_id,
        "item_type_id": item.item_type_id,
        "parts": 1,
        "changed_at": item.changed_at.isoformat(),
    }
    return {**told, **changes}


def test_an_item_is_changed_through_the_form_and_the_change_is_logged() -> None:
    item = make_item()
    CodedValue.objects.create(list="damaged", code="1", name_fi="Märkä")
    sent = form_of(item, call_number="84.2 WAL", damaged="1", price_cents="12,50")

    answer = at_work().post(f"/items/{item.pk}/edit/", sent)

    assert answer.headers["Location"] == f"/items/{item.pk}/"
    item.refresh_from_db()
    assert (item.call_number, item.damaged) == ("84.2 WAL", "1")
    assert item.price_cents == 1250
    assert item.damaged_at is not None
    assert LoggedEvent.objects.filter(kind="ItemChanged").count() == 1


def test_a_form_keeps_what_was_typed_when_the_barcode_is_taken() -> None:
    item, other = make_item(), make_item()
    sent = form_of(item, barcode=other.barcode, call_number="kept")

    answer = at_work().post(f"/items/{item.pk}/edit/", sent)

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "kept" in page
    assert other.barcode in page
    item.refresh_from_db()
    assert item.call_number == ""


def test_an_item_that_changed_meanwhile_is_not_overwritten() -> None:
    item = make_item()
    sent = form_of(item, call_number="late")
    Item.objects.filter(pk=item.pk).update(changed_at=timezone.now())

    answer = at_work().post(f"/items/{item.pk}/edit/", sent)

    assert answer.status_code == 422
    assert not Item.objects.filter(call_number="late").exists()


def test_an_item_is_added_to_a_title() -> None:
    record, library = make_record(), make_library()
    sent = {
        "barcode": "NEW123",
        "home_library_id": library.pk,
        "item_type_id": make_item_type().pk,
        "parts": 2,
    }

    answer = at_work().post(f"/titles/{record.pk}/items/new/", sent)

    made = Item.objects.get(barcode="NEW123")
    assert answer.headers["Location"] == f"/items/{made.pk}/"
    assert (made.record_id, made.parts, made.library_id) == (record.pk, 2, library.pk)


def addition(barcode: str, **fields: object) -> dict[str, object]:
    told = {
        "barcode": barcode,
        "home_library_id": make_library().pk,
        "item_type_id": make_item_type().pk,
        "parts": 1,
    }
    return {**told, **fields}


def test_an_old_item_new_to_the_register_says_that_it_is_not_counted() -> None:
    record, client = make_record(), at_work()
    new_item = f"/titles/{record.pk}/items/new/"

    client.post(new_item, addition("OLD", old_stock="on"))
    client.post(new_item, addition("NEW"))
    client.post(new_item, addition("EARLIER", acquired_on="1.2.2019"))

    def page(barcode: str) -> str:
        found = Item.objects.get(barcode=barcode)
        return client.get(f"/items/{found.pk}/").content.decode()

    this_year = timezone.localdate().year
    assert "not counted: an old item" in page("OLD")
    assert f"counted in {this_year}" in page("NEW")
    assert "counted in 2019" in page("EARLIER")
    title = client.get(f"/titles/{record.pk}/").content.decode()
    assert "acquired this year: 1" in title


def test_the_tick_stays_from_one_old_item_to_the_next_until_it_is_taken_away() -> None:
    first, second = make_record(), make_record()
    client = at_work()

    def ticked(page: str) -> bool:
        form = client.get(page).context["form"]
        return bool(form["old_stock"].value())

    assert not ticked(f"/titles/{first.pk}/items/new/")
    client.post(f"/titles/{first.pk}/items/new/", addition("OLD", old_stock="on"))
    assert ticked(f"/titles/{second.pk}/items/new/")
    page = client.get(f"/titles/{second.pk}/items/new/").content.decode()
    assert "the last item that you added today was old" in page
    client.post(f"/titles/{second.pk}/items/new/", addition("NEW"))
    assert not ticked(f"/titles/{first.pk}/items/new/")
    assert not ticked(f"/items/{Item.objects.get(barcode='NEW').pk}/edit/")


def test_the_tick_of_yesterday_is_forgotten() -> None:
    record, client = make_record(), at_work()
    client.post(f"/titles/{record.pk}/items/new/", addition("OLD", old_stock="on"))
    session = client.session
    yesterday = timezone.localdate() - timedelta(days=1)
    assert session[OLD_STOCK_ON]
    session[OLD_STOCK_ON] = yesterday.isoformat()
    session.save()

    form = client.get(f"/titles/{record.pk}/items/new/").context["form"]

    assert not form["old_stock"].value()


def test_a_refused_item_keeps_its_tick_and_changes_nothing_for_the_next() -> None:
    record, taken = make_record(), make_item()
    client = at_work()
    page = f"/titles/{record.pk}/items/new/"

    answer = client.post(page, addition(taken.barcode, old_stock="on"))

    assert answer.status_code == 422
    assert answer.context["form"]["old_stock"].value()
    assert not client.get(page).context["form"]["old_stock"].value()
    assert Item.objects.count() == 1


def test_an_item_is_ticked_as_old_afterwards() -> None:
    item = make_item(acquired_on=timezone.localdate())

    at_work().post(f"/items/{item.pk}/edit/", form_of(item, old_stock="on"))

    item.refresh_from_db()
    assert (item.old_stock, item.acquired_on) == (True, None)


def test_who_may_not_edit_items_there_gets_no_form_and_changes_nothing() -> None:
    item = make_item(library=make_library("SVL"))
    client = at_work(make_staff(library=make_library("MLI")))

    assert client.get(f"/items/{item.pk}/edit/").status_code == 403
    answer = client.post(f"/items/{item.pk}/edit/", form_of(item, call_number="x"))

    assert answer.status_code == 403
    assert not Item.objects.filter(call_number="x").exists()


def test_a_damaged_item_on_loan_counts_as_lent() -> None:
    item = make_item(damaged="1")
    lend(item)
    client, url = at_work(), f"/titles/{item.record_id}/"

    assert client.get(url, {"state": "damaged"}).context["items"] == []
    assert len(client.get(url, {"state": "on-loan"}).context["items"]) == 1

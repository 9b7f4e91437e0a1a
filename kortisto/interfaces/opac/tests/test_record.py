"""The page of a title: public data, and nothing else (S17, S18)."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from kortisto.domain.catalogue.models import Item
from kortisto.interfaces.opac.tests.shelf import lent, on_the_shelf, somebody, title
from kortisto.testing.builders import card_of, make_item, make_item_type, make_library
from kortisto.testing.queries import assert_same_queries_with_more_rows, count_queries

pytestmark = pytest.mark.django_db

SECRETS: dict[str, Any] = {
    "staff_note": "SALAINEN-HUOMAUTUS",
    "acquired_from": "SALAINEN-KAUPPA",
    "price_cents": 987654,
    "replacement_price_cents": 876543,
}


def page(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def test_a_title_tells_where_it_stands(visitor: Client) -> None:
    item = on_the_shelf(shelf_class="84.2", call_number="84.2 WAL")

    found = page(visitor, f"/record/{item.record_id}/")

    assert "Sinuhe egyptiläinen" in found
    assert "1 of 1 on the shelf" in found
    assert "84.2 WAL" in found
    assert "muinainen Egypti" in found


def test_what_is_not_public_of_an_item_or_a_loan_is_on_no_page(
    visitor: Client,
) -> None:
    item = on_the_shelf(extra={"x": "SALAINEN-ALIKENTTÄ"}, **SECRETS)
    patron = somebody(surname="Salainenlainaaja", first_names="Xyzzy")
    lent(patron, item)

    pages = "".join(
        page(visitor, address)
        for address in (
            f"/record/{item.record_id}/",
            f"/record/{item.record_id}/?library={item.library_id}",
            f"/record/{item.record_id}/marc/",
            "/search/?q=sinuhe",
            "/search/?q=salainen",
            "/",
        )
    )

    pages = pages.replace("Search: salainen", "").replace('value="salainen"', "")
    for secret in (
        "SALAINEN",
        "Salainen",
        "9876",
        "8765",
        "Xyzzy",
        card_of(patron),
    ):
        assert secret not in pages
    assert "On loan" in pages


def test_a_copy_on_loan_tells_its_due_date_and_not_who_has_it(visitor: Client) -> None:
    item = on_the_shelf()
    lent(somebody(), item)

    found = page(visitor, f"/record/{item.record_id}/")

    assert "Not on the shelf" in found
    assert "<time" in found


def test_a_deleted_title_is_gone_and_the_page_helps(visitor: Client) -> None:
    item = on_the_shelf(title(deleted_at=timezone.now()))

    found = page(visitor, f"/record/{item.record_id}/", 410)

    assert "not in the collection" in found
    assert "Sinuhe" not in found


@pytest.mark.parametrize("hidden", ["suppressed", "unknown", "huge"])
def test_a_suppressed_or_unknown_title_is_not_found(
    visitor: Client, hidden: str
) -> None:
    item = on_the_shelf(title(suppressed=True))
    number = {"suppressed": item.record_id, "unknown": 10**6, "huge": 10**30}[hidden]

    assert "Sinuhe" not in page(visitor, f"/record/{number}/", 404)
    assert "Sinuhe" not in page(visitor, f"/record/{number}/marc/", 404)


def test_a_title_whose_copies_have_been_withdrawn_is_gone(visitor: Client) -> None:
    item = on_the_shelf(withdrawn="POISTETTU")

    page(visitor, f"/record/{item.record_id}/", 410)


def test_other_editions_of_the_work_are_shown(visitor: Client) -> None:
    item = on_the_shelf(title(work_key="waltari|sinuhe"))
    on_the_shelf(title("Sinuhe, uusi painos", work_key="waltari|sinuhe"))

    assert "Sinuhe, uusi painos" in page(visitor, f"/record/{item.record_id}/")


def test_a_magazine_of_1500_issues_is_shown_a_page_at_a_time(visitor: Client) -> None:
    record, library, kind = title("Lehti"), make_library(), make_item_type()
    Item.objects.bulk_create(
        Item(
            record=record,
            barcode=f"LEHTI{number}",
            home_library=library,
            library=library,
            item_type=kind,
            enumchron=f"{2000 + number // 12} : {number % 12 + 1:02}",
        )
        for number in range(1500)
    )

    first = page(visitor, f"/record/{record.pk}/")
    last = page(visitor, f"/record/{record.pk}/?library={library.pk}&page=30")

    assert "1–50" in first
    assert first.count("<tr>") < 60
    assert "2000 : 01" in last
    assert "2000 : 01" not in first


def test_a_title_costs_the_same_for_one_copy_and_for_six(visitor: Client) -> None:
    record = title()
    address = f"/record/{record.pk}/"

    assert_same_queries_with_more_rows(
        lambda: page(visitor, address), add_rows=lambda: make_item(record=record)
    )
    assert count_queries(lambda: page(visitor, address)) <= 12

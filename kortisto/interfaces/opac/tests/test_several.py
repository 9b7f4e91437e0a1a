"""A customer reserves several titles as one."""

from typing import Any

import pytest
from django.test import Client

from kortisto.domain.catalogue.models import Record
from kortisto.domain.holds.models import Hold, HoldBundle
from kortisto.interfaces.opac.tests.shelf import log_in, on_the_shelf, somebody, title
from kortisto.testing.builders import make_rules

pytestmark = pytest.mark.django_db

PAGE = "/account/holds/several/"


@pytest.fixture
def reader(visitor: Client) -> Client:
    make_rules()
    log_in(visitor, somebody())
    return visitor


def address(*records: Record) -> str:
    return f"{PAGE}?{'&'.join(f'title={record.pk}' for record in records)}"


def form_at(client: Client, page: str) -> dict[str, Any]:
    form = client.get(page).context["form"]
    shown = {bound.html_name: bound.value() or "" for bound in form}
    return {name: value for name, value in shown.items() if value is not False}


def two() -> tuple[Record, Record]:
    return on_the_shelf(title("Alku")).record, on_the_shelf(title("Jatko")).record


def test_a_series_is_found_chosen_and_reserved(reader: Client) -> None:
    first, second = (
        on_the_shelf(
            title(name, description={"series": [{"title": "Saaga", "number": number}]})
        ).record
        for name, number in (("Alku", "1"), ("Jatko", "2"))
    )
    shown = reader.get(address(second))
    assert "Choose the series Saaga in its order (2 parts)" in shown.content.decode()
    page = f"{PAGE}{shown.context['series_url']}"

    answer = reader.post(page, form_at(reader, page), follow=True)

    holds = list(Hold.objects.order_by("pk"))
    assert [hold.record for hold in holds] == [first, second]
    assert [hold.part for hold in holds] == [1, 2]
    assert "Part 1 of 2" in answer.content.decode()


def test_the_first_of_a_list_comes_and_one_row_is_shown(reader: Client) -> None:
    page = address(*two())
    reader.post(page, {**form_at(reader, page), "kind": HoldBundle.Kind.FIRST})
    shown = reader.get("/account/holds/").content.decode()
    assert shown.count("The first of 2 titles") == 1
    [held] = Hold.objects.order_by("pk")[:1]
    reader.post("/account/holds/cancel/", {"hold": held.pk, "sure": "yes"})
    assert set(Hold.objects.values_list("state", flat=True)) == {"cancelled"}
    shown = reader.get("/account/holds/").content.decode()
    assert shown.count("Bring back") == 1


def test_one_form_sent_twice_makes_one_hold(reader: Client) -> None:
    page = address(*two())
    form = form_at(reader, page)
    for _time in range(2):
        reader.post(page, form)
    assert HoldBundle.objects.count() == 1


def test_what_cannot_be_reserved_is_named(reader: Client) -> None:
    first, bare = on_the_shelf(title("Alku")).record, title("Ei niteitä")
    page = address(first, bare)
    answer = reader.post(page, form_at(reader, page))
    assert answer.status_code == 409
    assert "There is no copy of this that could be reserved." in answer.content.decode()
    assert not Hold.objects.exists()


def test_hidden_titles_and_nonsense_are_left_out(reader: Client) -> None:
    first, hidden = on_the_shelf().record, title("Piilossa", suppressed=True)
    found = reader.get(f"{address(first, hidden)}&title=x&title=0&title=99999999999")
    assert [one.row.id for one in found.context["rows"]] == [first.pk]
    answer = reader.post(address(first, hidden), {"kind": "first"})
    assert answer.status_code == 422
    assert not Hold.objects.exists()


def test_a_search_offers_what_is_not_chosen_yet(reader: Client) -> None:
    first, second = two()
    found = reader.get(f"{address(first)}&q=alku jatko")
    assert [row.id for row, _address in found.context["offers"]] in ([], [second.pk])
    found = reader.get(f"{address(first)}&q=jatko")
    [(row, onward)] = found.context["offers"]
    assert row.id == second.pk
    assert onward == f"?title={first.pk}&title={second.pk}&kind=first"


def test_nobody_reserves_without_logging_in(visitor: Client) -> None:
    assert visitor.get(PAGE).status_code == 302
    assert visitor.post(address(*two())).status_code == 302
    assert not Hold.objects.exists()

"""Searching as everybody can: without a log-in, without scripts."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from lxml.html import HtmlElement, fromstring

from kortisto.domain.search.queries import rebuild_index
from kortisto.interfaces.opac.tests.shelf import lent, on_the_shelf, somebody, title
from kortisto.testing.builders import make_item, make_library
from kortisto.testing.queries import assert_same_queries_with_more_rows

pytestmark = pytest.mark.django_db


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_title_is_found_with_its_author_material_and_where_it_is(
    visitor: Client,
) -> None:
    on_the_shelf()

    found = page(visitor, "/search/?q=sinuhe")

    for words in ("Sinuhe egyptiläinen", "Waltari, Mika", "1 title", "Finnish"):
        assert words in found
    assert "1 of 1 copy available" in found
    assert "MLI" in found


def test_availability_is_of_this_moment_though_the_index_is_older(
    visitor: Client,
) -> None:
    item = on_the_shelf()
    lent(somebody(), item)

    found = page(visitor, "/search/?q=sinuhe")

    assert "All copies are on loan" in found
    assert "1 of 1 copy available" not in found


def test_limits_add_up_and_none_is_lost_when_one_more_is_chosen(
    visitor: Client,
) -> None:
    on_the_shelf()
    on_the_shelf(title("Kirjava", author="Aho, Juhani", language="swe"))

    found = page(visitor, "/search/?library=MLI&language=fin&language=swe&q=*")

    for kept in ("library=MLI", "language=fin", "language=swe"):
        assert kept in found
    assert "library=MLI&amp;language=swe" in found  # taking Finnish away
    assert "Take away all limits" in found


def test_parts_of_titles_are_left_out_when_asked(visitor: Client) -> None:
    on_the_shelf()

    found = page(visitor, "/search/?q=sinuhe&whole=1")

    assert "No articles or songs" in found
    assert "Sinuhe egyptiläinen" in found


def test_a_title_without_copies_is_hidden(visitor: Client) -> None:
    title("Piilossa")
    rebuild_index()

    assert "Nothing was found" in page(visitor, "/search/?q=piilossa")


def test_a_suppressed_title_is_hidden(visitor: Client) -> None:
    on_the_shelf(title("Piilossa", suppressed=True))

    assert "Piilossa" not in page(visitor, "/search/?q=piilossa").replace(
        "Search: piilossa", ""
    )


def test_a_wrong_spelling_is_forgiven_and_told(visitor: Client) -> None:
    on_the_shelf()

    found = page(visitor, "/search/?q=sinuhee")

    assert "Sinuhe egyptiläinen" in found
    assert "Nothing was found with" in found


@pytest.mark.parametrize(
    "address",
    [
        "/search/?q=" + "a" * 5000,
        "/search/?q=%01%1b%7f",
        "/search/?q=%22",
        "/search/?q=((((AND OR NOT",
        "/search/?q=%ff%fe",
        "/search/?q=x&page=99999",
        "/search/?q=x&page=-1&page=abc",
        "/search/?from=9999999&to=abc",
        "/search/?from=%C2%B2",
        "/search/?material=%01&library=" + "x" * 900,
        "/search/?sort=nonsense",
        "/search/suggestions/?q=%22%01",
        "/search/suggestions/",
    ],
)
def test_whatever_is_typed_there_is_an_answer(visitor: Client, address: str) -> None:
    on_the_shelf()

    assert visitor.get(address).status_code == 200


def test_a_zero_character_is_answered_with_a_page_that_helps(visitor: Client) -> None:
    answer = visitor.get("/search/?q=a%00b")

    assert answer.status_code == 400
    assert "There is nothing at this address" in answer.content.decode()


def test_a_page_past_the_end_is_the_last_page(visitor: Client) -> None:
    on_the_shelf()

    assert "Sinuhe egyptiläinen" in page(visitor, "/search/?q=sinuhe&page=99999")


def test_what_is_typed_is_never_markup(visitor: Client) -> None:
    found = page(visitor, '/search/?q=<script>"x&material=<b>')

    assert "<script>&quot;" not in found
    assert '<script>"' not in found
    assert "<b>" not in found


def test_suggestions_are_titles_that_begin_so(visitor: Client) -> None:
    on_the_shelf()

    told = visitor.get("/search/suggestions/?q=sinu").json()["suggestions"]

    assert {"text": "Sinuhe egyptiläinen", "kind": "title"} in told


def test_a_page_of_hits_costs_the_same_for_one_title_and_for_six(
    visitor: Client,
) -> None:
    def add() -> None:
        make_item(record=title())
        rebuild_index()

    assert_same_queries_with_more_rows(
        lambda: page(visitor, "/search/?q=sinuhe"), add_rows=add
    )


def test_the_front_page_shows_what_is_new_and_who_is_open(visitor: Client) -> None:
    make_library()
    on_the_shelf(title("Uutuus", first_public_at=timezone.now() - timedelta(days=1)))

    found = page(visitor, "/")

    assert "Uutuus" in found
    assert "MLI" in found
    assert found.count("<h1") == 1


def leading_away(found: str, *, part: str, stays: str) -> list[str]:
    """Links of a boosted part of a page that would be swapped into it by mistake."""
    document = fromstring(found)
    root = next(each for each in document.iter() if each.get("id") == part)
    return [
        href
        for link in root.iter("a")
        if not (href := link.get("href", "")).startswith("?")
        and stays not in href
        and _boosted(link)
    ]


def _boosted(link: HtmlElement) -> bool:
    """What the nearest word about it says."""
    around = (link, *link.iterancestors())
    return next(filter(None, (each.get("hx-boost") for each in around)), "") == "true"


@pytest.mark.parametrize("text", ["Sinuhe", "qxqxqx", ""])
def test_a_link_that_leaves_the_results_opens_its_page_whole(
    visitor: Client, text: str
) -> None:
    """Only what stays in the search is swapped into the results."""
    on_the_shelf()
    found = page(visitor, f"/search/?q={text}")
    assert leading_away(found, part="results", stays="/search/?") == []

"""What the index keeps of a record."""

from datetime import UTC, datetime

import pytest
from msgspec.structs import replace

from kortisto.domain.catalogue.describe import describe
from kortisto.domain.catalogue.marc.record import Marc
from kortisto.domain.search.analysis import Language
from kortisto.domain.search.documents import (
    Facet,
    ItemFacts,
    RecordFacts,
    SearchDocument,
    coded_values,
    document,
    facet_values,
    languages_of,
    sort_keys,
    title_keys,
    title_starts,
)
from kortisto.domain.search.nodes import Code

MARC = Marc(
    "00000nam a2200000 i 4500",
    (
        ("001", "fin-1"),
        ("008", "450101s1945    fi ||||       ||||||0| 1|fin| "),
        ("020", "  ", (("a", "951-0-00001-9"),)),
        ("041", "1 ", (("a", "fin"), ("h", "eng"))),
        ("084", "  ", (("a", "84.2"), ("2", "ykl"))),
        ("100", "1 ", (("a", "Waltari, Mika,"), ("e", "kirjoittaja."))),
        ("245", "14", (("a", "The Sinuhe :"), ("b", "viisitoista kirjaa"))),
        ("650", " 7", (("a", "Egypti"), ("2", "yso/fin"))),
        ("700", "1 ", (("a", "Kivi, Aleksis,"), ("e", "kuvittaja."))),
    ),
)
ITEM = ItemFacts(
    barcode="480N1",
    home_library="MLI",
    library="SAV",
    is_available=True,
    location="AIK",
    loans=3,
)


def made(*items: ItemFacts, suppressed: bool = False) -> SearchDocument:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    facts = RecordFacts(
        record_id=7, suppressed=suppressed, first_public_at=moment, items=items
    )
    return document(describe(MARC), facts)


def test_a_record_becomes_plain_values() -> None:
    found = made(ITEM, replace(ITEM, barcode="480N2", is_available=False))

    assert found.authors == ("Waltari, Mika",)
    assert found.contributors == ("Kivi, Aleksis",)
    assert found.barcodes == ("480N1", "480N2")
    assert (found.libraries, found.available_at) == (("MLI",), ("SAV",))
    assert found.loans == 6
    assert found.is_public
    assert "sinuhe" in title_keys(found)
    assert "the sinuhe" in title_keys(found)
    assert "the sinuhe viisitoista" in title_starts(found)
    assert sort_keys(found)[0].startswith("sinuhe")


def test_its_facets_and_codes_are_those_that_queries_name() -> None:
    found = made(ITEM)
    facets, codes = facet_values(found), set(coded_values(found))

    assert facets[Facet.DECADE] == ("1940",)
    assert facets[Facet.CLASS] == ("84",)
    assert facets[Facet.ORIGINAL_LANGUAGE] == ("eng",)
    assert facets[Facet.LIBRARY] == ("MLI",)
    assert facets[Facet.AGE_LIMIT] == ()
    assert {
        (Code.IDENTIFIER, "9789510000014"),
        (Code.BARCODE, "480N1"),
        (Code.RECORD, "7"),
        (Code.RECORD, "FIN-1"),
        (Code.CLASS, "84."),
        (Code.LIBRARY, "mli"),
    } <= codes


def test_the_public_does_not_see_what_is_suppressed_or_has_no_items() -> None:
    assert not made().is_public
    assert not made(ITEM, suppressed=True).is_public


@pytest.mark.parametrize(
    ("codes", "languages"),
    [
        (("fin",), {Language.FINNISH}),
        (("swe", "fin"), {Language.SWEDISH, Language.FINNISH}),
        (("rus",), set()),
        ((), set(Language)),
        (("und",), set(Language)),
    ],
)
def test_a_title_is_analysed_in_its_own_languages(
    codes: tuple[str, ...], languages: set[Language]
) -> None:
    title = SearchDocument(record_id=1, title="x", languages=codes)
    assert languages_of(title) == languages


def test_the_fingerprint_changes_with_any_fact_and_with_nothing_else() -> None:
    assert made(ITEM).fingerprint == made(ITEM).fingerprint
    assert made(ITEM).fingerprint != made(replace(ITEM, loans=4)).fingerprint

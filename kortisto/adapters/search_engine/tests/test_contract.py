"""What every search engine promises."""

import pytest
from msgspec.structs import replace

from kortisto.adapters.search_engine.tests import titles as t
from kortisto.domain.search.documents import Facet
from kortisto.domain.search.nodes import Years
from kortisto.domain.search.parser import parse
from kortisto.domain.search.ports import (
    Changes,
    Components,
    FacetCount,
    Query,
    Scope,
    SearchEngine,
    Sort,
    SuggestionKind,
)


def ids(engine: SearchEngine, text: str) -> tuple[int, ...]:
    hits = engine.search(Query(node=parse(text).node))
    return () if hits.is_approximate else hits.ids


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Tuntematon sotilas", t.TUNTEMATON),
        ("tuntematon sotilas", t.TUNTEMATON),
        ("sinuhe egyptiläinen", t.SINUHE),
        ("it", t.IT),
        ("sota ja rauha", t.SOTA_JA_RAUHA),
        ("vojna i mir", t.SOTA_JA_RAUHA),
        ("åland summer", t.SUMMER),
        ("sotilas", t.TUNTEMATON),
        ("waltari", t.SINUHE),
        ("waltari sinuhe", t.SINUHE),
        ("sinuhe waltari kirjaa", t.SINUHE),
    ],
)
def test_what_is_meant_comes_first(engine: SearchEngine, text: str, first: int) -> None:
    assert ids(engine, text)[:1] == (first,)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("tuntemattoman sotilaan", {t.TUNTEMATON, t.SOLDIERS}),
        ("sodasta rauhaan", {t.SOTA_JA_RAUHA}),
        ("waltarin sinuhea", {t.SINUHE}),
        ("potterin kivet", {t.POTTER}),
        ("rowlingin", {t.POTTER}),
        ("lapsi", {t.CHILDREN}),
        ("lasten kirja", {t.CHILDREN}),
        ("bil", {t.SWEDISH}),
        ("dostojevski", {t.RUSSIAN}),
        ("Достоевский", {t.RUSSIAN}),
        ("преступление", {t.RUSSIAN}),
        ("bronte", {t.SUMMER}),
        ("Brontë", {t.SUMMER}),
        ("oljy", set()),
        ("öljy", {t.CHILDREN}),
        ("spiderman", {t.BIKES}),
        ("spider-man", {t.BIKES}),
        ("kiss*", {t.CHILDREN}),
        ('"ja rauha"', {t.SOTA_JA_RAUHA}),
        ('"rauha ja"', set()),
        ('"sotilaan"', {t.SOLDIERS}),
        ("ti:waltari", set()),
        ("au:waltari", {t.SINUHE}),
        ("su:waltari", {t.ABOUT_WALTARI}),
        ("sarja:potter", {t.POTTER}),
        ("sotilas -tuntematon", set()),
        ("sotilas -jatkosota", {t.SOLDIERS}),
        ("potter TAI sinuhe", {t.POTTER, t.SINUHE}),
        ("(potter TAI sinuhe) au:waltari", {t.SINUHE}),
        ("vuosi:1940-1960", {t.SINUHE, t.TUNTEMATON}),
        ("vuosi:-1900", {t.SOTA_JA_RAUHA, t.RUSSIAN}),
        ("978-951-0-00001-4", {t.SINUHE}),
        ("951-0-00001-9", {t.SINUHE}),
        ("9510000019", {t.SINUHE}),
        ("0039-5552", {t.MAGAZINE}),
        ("480n100002", {t.SINUHE}),
        ("barcode:480N100002", {t.SINUHE}),
        ("id:2", {t.TUNTEMATON}),
        ("id:FIN-100", {t.SINUHE}),
        ("lcn:84", {t.SINUHE, t.TUNTEMATON, t.SOTA_JA_RAUHA}),
        ("lcn:84.5", {t.SOTA_JA_RAUHA}),
        ("kieli:ruotsi", {t.SWEDISH}),
        ("lib:hki", {t.CHILDREN, t.SUMMER, t.BIKES}),
        ("mt:lehti", {t.MAGAZINE}),
        ("salainen", set()),
    ],
)
def test_a_query_finds(engine: SearchEngine, text: str, found: set[int]) -> None:
    assert set(ids(engine, text)) == found


def test_the_exact_word_comes_before_its_other_forms(engine: SearchEngine) -> None:
    engine.apply(
        Changes(
            upserts=[
                replace(t.TITLES[1], record_id=101, title="Kadun varrella", loans=0),
                replace(t.TITLES[1], record_id=102, title="Katu varrella", loans=0),
            ]
        )
    )
    assert ids(engine, "katu") == (102, 101)


def test_much_borrowed_titles_are_lifted_a_little(engine: SearchEngine) -> None:
    same = replace(t.TITLES[1], title="Metsän kansa", short_title="Metsän kansa")
    engine.apply(
        Changes(
            upserts=[
                replace(same, record_id=101, loans=0),
                replace(same, record_id=102, loans=10_000),
            ]
        )
    )
    assert ids(engine, "metsän kansa") == (102, 101)


def test_staff_find_what_the_public_does_not(engine: SearchEngine) -> None:
    node = parse("salainen").node
    assert engine.search(Query(node=node, scope=Scope.STAFF)).ids == (t.HIDDEN,)
    assert engine.search(Query(node=node)).ids == ()


def test_parts_of_a_whole_can_be_hidden(engine: SearchEngine) -> None:
    node = parse("sininen uni").node
    for components, found in [
        (Components.SHOWN, (t.SONG,)),
        (Components.ONLY, (t.SONG,)),
        (Components.HIDDEN, ()),
    ]:
        assert engine.search(Query(node=node, components=components)).ids == found


def test_a_facet_counts_as_if_its_own_choice_were_not_made(
    engine: SearchEngine,
) -> None:
    hits = engine.search(
        Query(
            filters={Facet.LIBRARY: ["MLI"], Facet.MATERIAL: ["KIRJA", "LEHTI"]},
            facets=[Facet.LIBRARY, Facet.MATERIAL, Facet.FICTION],
        )
    )

    assert hits.total == 7
    assert hits.facets[Facet.LIBRARY] == (
        FacetCount("MLI", 7, is_chosen=True),
        FacetCount("SAV", 6, is_chosen=False),
        FacetCount("HKI", 3, is_chosen=False),
    )
    assert hits.facets[Facet.MATERIAL] == (
        FacetCount("KIRJA", 6, is_chosen=True),
        FacetCount("LEHTI", 1, is_chosen=True),
    )
    assert hits.facets[Facet.FICTION] == (FacetCount("fiction", 4, is_chosen=False),)


def test_a_chosen_value_is_shown_though_it_is_rare(engine: SearchEngine) -> None:
    hits = engine.search(
        Query(filters={Facet.LANGUAGE: ["rus"]}, facets=[Facet.LANGUAGE], facet_size=2)
    )
    assert FacetCount("rus", 1, is_chosen=True) in hits.facets[Facet.LANGUAGE]


def test_years_limit_beside_the_query(engine: SearchEngine) -> None:
    hits = engine.search(Query(years=Years(2020, None)))
    assert set(hits.ids) == {t.MIDDLE, t.CHILDREN}


@pytest.mark.parametrize(
    ("sort", "first", "last"),
    [
        (Sort.NEWEST, t.BIKES, t.SINUHE),
        (Sort.TITLE, t.SWEDISH, t.RUSSIAN),
        (Sort.YEAR, t.CHILDREN, t.MAGAZINE),
    ],
)
def test_results_can_be_sorted(
    engine: SearchEngine, sort: Sort, first: int, last: int
) -> None:
    found = engine.search(Query(sort=sort)).ids
    assert (found[0], found[-1]) == (first, last)


def test_names_sort_in_finnish_order_and_titles_without_their_article(
    engine: SearchEngine,
) -> None:
    node = parse("au:äijälä OR au:zetterlund OR au:öljy OR au:andersson").node
    by_author = engine.search(Query(node=node, sort=Sort.AUTHOR)).ids
    assert by_author == (t.SWEDISH, t.ABOUT_WALTARI, t.SOLDIERS, t.CHILDREN)
    node = parse("tuntematon OR summer OR sinuhe").node
    by_title = engine.search(Query(node=node, sort=Sort.TITLE)).ids
    assert by_title[-1] == t.SUMMER


def test_pages_follow_one_another_and_end(engine: SearchEngine) -> None:
    pages = [
        engine.search(Query(sort=Sort.TITLE, page=page, size=4)).ids
        for page in range(1, 6)
    ]
    seen = [record_id for page in pages for record_id in page]
    assert len(seen) == len(set(seen)) == 15
    assert pages[-1] == ()
    assert engine.search(Query(page=10**9, size=0)).total == 15


@pytest.mark.parametrize(
    ("typed", "meant", "found"),
    [
        ("sinuhhe", "sinuhe", t.SINUHE),
        ("egyptilainen", "egyptiläinen", t.SINUHE),
        ("tuntematon sotials", "tuntematon sotilas", t.TUNTEMATON),
        ("dostojvski", "dostojevski", t.RUSSIAN),
    ],
)
def test_a_typing_error_is_forgiven_and_said(
    engine: SearchEngine, typed: str, meant: str, found: int
) -> None:
    hits = engine.search(Query(node=parse(typed).node))
    assert hits.is_approximate
    assert hits.suggestion == meant
    assert hits.ids[0] == found


def test_what_is_nowhere_near_finds_nothing(engine: SearchEngine) -> None:
    hits = engine.search(Query(node=parse("qwertyuiop").node))
    assert (hits.ids, hits.total, hits.suggestion) == ((), 0, None)


def test_autocomplete_offers_what_begins_so(engine: SearchEngine) -> None:
    offered = engine.suggest("Sin")
    assert [(each.kind, each.text) for each in offered] == [
        (SuggestionKind.TITLE, "Sininen uni"),
        (SuggestionKind.TITLE, "Sinuhe egyptiläinen"),
    ] or [(each.kind, each.text) for each in offered] == [
        (SuggestionKind.TITLE, "Sinuhe egyptiläinen"),
        (SuggestionKind.TITLE, "Sininen uni"),
    ]
    assert [each.text for each in engine.suggest("mika w")] == ["Waltari, Mika"]
    assert [each.text for each in engine.suggest("åland")] == ["The Åland summer"]
    assert [each.text for each in engine.suggest("romaa")] == ["romaanit"]
    assert engine.suggest("sala") == ()
    assert engine.suggest("sala", scope=Scope.STAFF)[0].text == "Salainen kokoelma"
    assert engine.suggest("  ") == engine.suggest("s") == ()


def test_a_change_is_seen_at_once_and_an_old_state_never_again(
    engine: SearchEngine,
) -> None:
    before = engine.generation()
    engine.apply(
        Changes(
            upserts=[replace(t.TITLES[0], title="Mikael Karvajalka", short_title="")],
            deletes=[t.TUNTEMATON, 999],
        ),
        position="17",
    )

    assert ids(engine, "karvajalka") == (t.SINUHE,)
    assert ids(engine, "ti:viisitoista") == ()
    assert ids(engine, "au:linna") == ()
    assert engine.search(Query()).total == 14
    assert engine.generation() != before
    assert engine.position() == "17"
    assert engine.suggest("tuntem") == ()


def test_the_same_change_twice_is_the_same_as_once(engine: SearchEngine) -> None:
    change = Changes(upserts=[replace(t.TITLES[0], title="Uusi nimi")])
    engine.apply(change)
    engine.apply(change)
    assert engine.search(Query()).total == 15


def test_fingerprints_tell_what_is_indexed(engine: SearchEngine) -> None:
    found = engine.fingerprints(t.SINUHE, t.SOTA_JA_RAUHA)
    assert found == {
        title.record_id: title.fingerprint
        for title in t.TITLES
        if title.record_id <= t.SOTA_JA_RAUHA
    }
    assert engine.fingerprints(500, 600) == {}


def test_a_rebuild_replaces_everything(engine: SearchEngine) -> None:
    told: list[int] = []
    assert engine.rebuild(t.TITLES[:3], position="5", progress=told.append) == 3
    assert engine.search(Query()).total == 3
    assert engine.position() == "5"
    assert told == [3]
    engine.check()

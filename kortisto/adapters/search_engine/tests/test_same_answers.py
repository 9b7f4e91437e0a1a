"""Two engines that know nothing of one another find the same titles."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kortisto.adapters.search_engine.memory import MemoryEngine
from kortisto.adapters.search_engine.tantivy_engine import TantivyEngine
from kortisto.adapters.search_engine.tests import titles as t
from kortisto.domain.search.documents import Facet
from kortisto.domain.search.parser import parse
from kortisto.domain.search.ports import Components, Query, Scope, SearchEngine, Sort

WORDS = st.sampled_from(
    [
        *("sota", "sodan", "sotilas", "sotilaan", "rauha", "kirja", "lapsi", "kissa"),
        *("it", "potter", "waltari", "waltarin", "bil", "dostojevski", "romaanit"),
        *("kissankulma", "spider-man", "480n100001", "9510000019", "Достоевский"),
        *("kiss*", "sot*", '"ja rauha"', '"tuntematon sotilas"', "vuosi:1940-2000"),
        *("ti:sota", "au:waltari", "su:sotilaat", "sarja:potter", "lcn:84", "ln:fin"),
    ]
)
QUERIES = st.recursive(
    WORDS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map(" ".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]} OR {two[1]})"),
        inner.map(lambda one: f"-({one})"),
    ),
    max_leaves=4,
)
FILTERS = st.dictionaries(
    st.sampled_from([Facet.LIBRARY, Facet.MATERIAL, Facet.LANGUAGE, Facet.FICTION]),
    st.lists(st.sampled_from(["MLI", "SAV", "KIRJA", "CD", "fin", "eng", "fact"])),
    max_size=2,
)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> list[SearchEngine]:
    folder: Path = tmp_path_factory.mktemp("index")
    made: list[SearchEngine] = [MemoryEngine(), TantivyEngine(folder)]
    for engine in made:
        engine.rebuild(t.TITLES)
    return made


@given(
    text=QUERIES,
    filters=FILTERS,
    scope=st.sampled_from(Scope),
    components=st.sampled_from(Components),
)
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_both_find_and_count_the_same(
    engines: list[SearchEngine],
    text: str,
    filters: dict[Facet, list[str]],
    scope: Scope,
    components: Components,
) -> None:
    asked = Query(
        node=parse(text).node,
        filters=filters,
        scope=scope,
        components=components,
        sort=Sort.TITLE,
        size=50,
        facets=[Facet.LIBRARY, Facet.SUBJECT],
        facet_size=100,
    )
    here, there = (engine.search(asked) for engine in engines)
    if here.is_approximate or there.is_approximate:
        return  # each may guess in its own way
    assert here.ids == there.ids
    assert here.facets == there.facets

"""Search as pages use it."""

from pathlib import Path

import pytest

from kortisto.adapters.search_engine.memory import MemoryEngine
from kortisto.adapters.search_engine.tantivy_engine import TantivyEngine
from kortisto.adapters.search_engine.tests import titles as t
from kortisto.domain.search import queries
from kortisto.domain.search.documents import Facet
from kortisto.domain.search.ports import Query, Scope, Sort, Suggestion, SuggestionKind
from kortisto.testing.builders import make_record
from kortisto.testing.search import index_everything


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> MemoryEngine:
    made = MemoryEngine()
    made.rebuild(t.TITLES)
    monkeypatch.setattr(queries, "engine", lambda: made)
    return made


@pytest.mark.usefixtures("engine")
def test_words_give_ids_counts_and_remarks() -> None:
    found = queries.find(
        "ti:sotilas & ", Query(facets=[Facet.FICTION], sort=Sort.OLDEST)
    )

    assert found.ids == (t.TUNTEMATON, t.SOLDIERS)
    assert (found.total, found.page, found.pages) == (2, 1, 1)
    assert [each.value for each in found.facets[Facet.FICTION]] == ["fact", "fiction"]
    assert len(found.understood) == len(found.ignored) == 1
    assert not found.trouble


@pytest.mark.usefixtures("engine")
def test_a_page_too_far_is_the_last_that_can_be_reached() -> None:
    found = queries.find("", Query(page=10**6, size=5))
    assert found.page == 2000
    assert found.pages == 3


@pytest.mark.usefixtures("engine")
def test_suggestions_come_by_kind() -> None:
    assert queries.suggest("walt") == (
        Suggestion(SuggestionKind.AUTHOR, "Waltari, Mika", 1),
        Suggestion(SuggestionKind.SUBJECT, "Waltari, Mika", 1),
    )


def test_an_index_that_cannot_be_searched_is_trouble_in_words(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(queries, "engine", lambda: TantivyEngine(tmp_path))

    found = queries.find("sota")

    assert found.ids == ()
    assert found.trouble.endswith(".")
    assert queries.suggest("so") == ()


@pytest.mark.django_db
@pytest.mark.parametrize("title", ["Yksi", "Kaksi"])
def test_each_test_of_a_page_has_an_index_of_its_own(title: str) -> None:
    record = make_record(title)
    assert queries.find("", scope=Scope.STAFF).total == 0
    index_everything()
    assert queries.find(title, scope=Scope.STAFF).ids == (record.pk,)
    assert queries.find("", scope=Scope.STAFF).total == 1

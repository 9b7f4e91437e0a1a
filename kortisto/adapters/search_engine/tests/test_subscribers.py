"""What a worker does for the index of its machine."""

from pathlib import Path

import pytest

from kortisto.adapters.search_engine.tantivy_engine import TantivyEngine
from kortisto.adapters.search_engine.tests.titles import TITLES
from kortisto.core.models import LoggedEvent
from kortisto.domain.search import checks, queries, subscribers
from kortisto.domain.search.ports import Changes, Query, Scope
from kortisto.testing.builders import MONDAY_NOON, make_record

EVERYTHING = Query(scope=Scope.STAFF)


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> TantivyEngine:
    made = TantivyEngine(tmp_path)
    for module in (queries, checks):
        monkeypatch.setattr(module, "engine", lambda: made)
    return made


@pytest.mark.django_db(transaction=True)
def test_a_missing_index_is_built_in_a_thread_and_then_followed(
    engine: TantivyEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    builder = subscribers._Builder()
    monkeypatch.setattr(subscribers, "_builder", builder)
    monkeypatch.setattr(
        "kortisto.domain.search.follower.rebuild",
        lambda engine: engine.rebuild(TITLES, position="-1:0"),
    )

    assert subscribers.keep_the_index(MONDAY_NOON) is False
    assert builder._thread is not None
    builder._thread.join()
    assert engine.search(EVERYTHING).total == len(TITLES)

    record = make_record("Uusi tulokas")
    LoggedEvent.objects.create(
        kind="RecordAdded", body={"record_id": record.pk}, actor="t", channel="t"
    )
    subscribers.keep_the_index(MONDAY_NOON)
    assert record.pk in engine.search(EVERYTHING).ids


@pytest.mark.django_db
def test_a_worker_leaves_an_index_that_another_keeps(
    engine: TantivyEngine, tmp_path: Path
) -> None:
    engine.rebuild([], position="-1:0")
    other = TantivyEngine(tmp_path)
    other.apply(Changes(upserts=TITLES[:1]))
    LoggedEvent.objects.create(
        kind="RecordAdded", body={"record_id": 5}, actor="t", channel="t"
    )

    assert subscribers.keep_the_index(MONDAY_NOON) is False
    subscribers.compare_the_index(MONDAY_NOON)
    assert engine.search(EVERYTHING).total == 1


@pytest.mark.django_db
def test_the_check_misses_an_index_only_when_there_are_titles(
    engine: TantivyEngine,
) -> None:
    assert not list(checks.the_index_is_up_to_date())
    make_record()
    (finding,) = checks.the_index_is_up_to_date()
    assert "kortisto reindex" in finding.fix
    engine.rebuild([], position="-1:0")
    assert not list(checks.the_index_is_up_to_date())

"""What only an index on disk can do: change over, be shared, be broken."""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from kortisto.adapters.search_engine import schema
from kortisto.adapters.search_engine.folders import Folders
from kortisto.adapters.search_engine.tantivy_engine import TantivyEngine
from kortisto.adapters.search_engine.tests import titles as t
from kortisto.domain.search.documents import Facet, SearchDocument
from kortisto.domain.search.parser import parse
from kortisto.domain.search.ports import (
    Changes,
    IndexIsWritten,
    Query,
    SearchUnavailable,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def built(folder: Path) -> TantivyEngine:
    engine = TantivyEngine(folder)
    engine.rebuild(t.TITLES, position="1:1")
    return engine


def test_an_index_that_was_never_built_says_so_in_words(folder: Path) -> None:
    engine = TantivyEngine(folder)
    with pytest.raises(SearchUnavailable, match="kortisto reindex"):
        engine.search(Query())
    with pytest.raises(SearchUnavailable, match="no search index yet"):
        engine.apply(Changes(upserts=t.TITLES))
    assert engine.position() is None
    assert not folder.exists()


def test_an_index_of_an_older_shape_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    built(folder)
    monkeypatch.setattr("kortisto.adapters.search_engine.folders.SHAPE", "next")
    with pytest.raises(SearchUnavailable, match=f"shape {schema.SHAPE}"):
        TantivyEngine(folder).check()


@pytest.mark.parametrize("lost", ["meta.json", "shape", "*.term", "*.idx"])
def test_a_broken_index_says_so_and_can_be_built_anew(folder: Path, lost: str) -> None:
    built(folder).close()
    current = folder / Folders(folder).current_name()
    for path in current.glob(lost):
        path.write_bytes(b"") if path.name == "meta.json" else path.unlink()

    engine = TantivyEngine(folder)
    with pytest.raises(SearchUnavailable, match="kortisto reindex"):
        engine.search(Query(node=parse("sota").node, facets=[Facet.LIBRARY]))

    assert engine.rebuild(t.TITLES) == len(t.TITLES)
    assert engine.search(Query()).total == 15


def test_a_broken_pointer_says_so(folder: Path) -> None:
    built(folder)
    (folder / "current").write_text("")
    with pytest.raises(SearchUnavailable, match="pointer"):
        TantivyEngine(folder).check()


def test_searching_goes_on_while_a_new_index_is_built(folder: Path) -> None:
    engine, reader = built(folder), TantivyEngine(folder)
    seen: list[int] = []

    def documents() -> Iterator[SearchDocument]:
        for title in t.TITLES[:4]:
            seen.append(reader.search(Query()).total)
            yield title

    engine.rebuild(documents())

    assert seen == [15, 15, 15, 15]
    assert reader.search(Query()).total == 4
    assert reader.position() is None


def test_a_failed_build_leaves_the_old_index(folder: Path) -> None:
    engine = built(folder)

    def documents() -> Iterator[SearchDocument]:
        yield t.TITLES[0]
        message = "the database went away"
        raise OSError(message)

    with pytest.raises(OSError, match="went away"):
        engine.rebuild(documents())

    assert engine.search(Query()).total == 15
    assert len(list(folder.glob("build-*"))) == 1


def test_old_builds_are_thrown_away_but_for_the_last(folder: Path) -> None:
    engine = built(folder)
    for _ in range(3):
        engine.rebuild(t.TITLES[:2])
    assert [each.name for each in sorted(folder.glob("build-*"))] == [
        "build-000003",
        "build-000004",
    ]


def test_changes_after_a_build_go_into_the_new_index(folder: Path) -> None:
    engine = built(folder)
    engine.apply(Changes(deletes=[t.IT]))
    TantivyEngine(folder).rebuild(t.TITLES)

    engine.apply(Changes(upserts=[structs.replace(t.TITLES[0], record_id=77)]))

    assert engine.search(Query()).total == 16


def test_only_one_may_write_and_the_other_is_told(folder: Path) -> None:
    writer, other = built(folder), TantivyEngine(folder)
    writer.apply(Changes(deletes=[t.IT]))

    with pytest.raises(IndexIsWritten, match="Another process"):
        other.apply(Changes(deletes=[t.SINUHE]))
    assert other.search(Query()).total == 14

    writer.close()
    other.apply(Changes(deletes=[t.SINUHE]))
    assert writer.search(Query()).total == 13


def test_only_one_may_build(folder: Path) -> None:
    engine = built(folder)
    with Folders(folder).new_build(), pytest.raises(IndexIsWritten, match="rebuilding"):
        engine.rebuild(t.TITLES)


def _write_and_die(folder: Path) -> None:
    engine = TantivyEngine(folder)
    engine.apply(Changes(deletes=[t.IT]))
    engine.apply(Changes(deletes=[t.SINUHE]))
    os._exit(9)


def test_a_writer_that_dies_leaves_no_lock_and_its_changes(folder: Path) -> None:
    engine = built(folder)
    context = multiprocessing.get_context("spawn")
    dying = context.Process(target=_write_and_die, args=(folder,))
    dying.start()
    dying.join()

    assert dying.exitcode == 9
    assert engine.search(Query()).total == 13
    engine.apply(Changes(deletes=[t.POTTER]))
    assert engine.search(Query()).total == 12


def test_threads_search_while_one_writes(folder: Path) -> None:
    engine = built(folder)
    troubles: list[BaseException] = []

    def search() -> None:
        try:
            for _ in range(30):
                hits = engine.search(
                    Query(node=parse("kirja").node, facets=[Facet.LIBRARY])
                )
                assert hits.total >= 1
        except BaseException as trouble:  # noqa: BLE001 - told to the main thread
            troubles.append(trouble)

    threads = [threading.Thread(target=search) for _ in range(4)]
    for thread in threads:
        thread.start()
    for number in range(5):
        engine.apply(
            Changes(upserts=[structs.replace(t.TITLES[0], record_id=200 + number)])
        )
    for thread in threads:
        thread.join()

    assert not troubles


def test_words_that_one_build_read_are_kept_for_the_next(folder: Path) -> None:
    engine = built(folder)
    table = (folder / "words").read_text("utf-8")
    assert "rauha\trauha" in table
    (folder / "words").write_text(table.replace("rauha\trauha", "rauha\tlepo"))

    engine.rebuild(t.TITLES)

    node = parse("lepo").node
    assert engine.search(Query(node=node)).ids == (t.SOTA_JA_RAUHA,)


def test_counts_of_the_whole_collection_are_remembered_a_while(folder: Path) -> None:
    engine = built(folder)
    everything = Query(facets=[Facet.LIBRARY])
    before = engine.search(everything).facets
    engine.apply(Changes(deletes=[t.SINUHE]))

    assert engine.search(everything).facets == before
    assert engine.search(everything).total == 14
    narrowed = replace(everything, filters={Facet.MATERIAL: ["KIRJA"]})
    assert engine.search(narrowed).facets[Facet.LIBRARY][0].count == 5

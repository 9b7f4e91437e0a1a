"""The index follows the database."""

from typing import Any

import pytest

from kortisto.adapters.search_engine.memory import MemoryEngine
from kortisto.core.followers import last_position
from kortisto.core.models import LoggedEvent
from kortisto.domain.search import follower
from kortisto.domain.search.documents import Facet
from kortisto.domain.search.parser import parse
from kortisto.domain.search.ports import Query, Scope
from kortisto.testing.builders import (
    MONDAY_NOON,
    make_item,
    make_library,
    make_record,
)

# Followers read what is committed, so each test commits.
pytestmark = pytest.mark.django_db(transaction=True)


def tell(**body: Any) -> None:
    LoggedEvent.objects.create(
        kind="TitleChanged", body=body, actor="test", channel="test"
    )


def ids(engine: MemoryEngine, text: str) -> tuple[int, ...]:
    return engine.search(Query(node=parse(text).node, scope=Scope.STAFF)).ids


def test_a_title_is_found_after_its_event_and_not_before() -> None:
    engine = MemoryEngine()
    record = make_record("Alastalon salissa")
    assert ids(engine, "alastalo") == ()

    tell(record_id=record.pk)
    follower.follow(engine)

    assert ids(engine, "alastalo") == (record.pk,)
    assert follower.follow(engine) is False


def test_every_title_that_an_event_names_is_looked_up_anew() -> None:
    engine = MemoryEngine()
    one, other, third = (make_record(title) for title in ("Yksi", "Kaksi", "Kolme"))
    tell(record_id=one.pk, from_record_id=other.pk, record_ids=[third.pk], item_id=1)

    follower.follow(engine)

    assert engine.fingerprints(0, 10**9).keys() == {one.pk, other.pk, third.pk}


def test_a_title_that_is_gone_is_forgotten() -> None:
    engine = MemoryEngine()
    record, kept = make_record("Katoava"), make_record("Pysyvä")
    follower.rebuild(engine)
    record.deleted_at = MONDAY_NOON
    record.save()
    tell(record_id=record.pk)

    follower.follow(engine)

    assert ids(engine, "katoava") == ()
    assert ids(engine, "pysyvä") == (kept.pk,)


def test_long_news_are_read_in_batches() -> None:
    engine = MemoryEngine()
    records = [make_record(f"Kirja {number}") for number in range(7)]
    for record in records:
        tell(record_id=record.pk)

    assert follower.follow(engine, events=5) is True
    assert follower.follow(engine, events=5) is False
    assert len(engine.fingerprints(0, 10**9)) == 7


def test_what_changes_while_the_index_is_built_is_followed_after() -> None:
    engine = MemoryEngine()
    record = make_record("Vanha nimi")
    tell(record_id=record.pk)

    def change_meanwhile(_done: int) -> None:
        record.title = "Uusi nimi"
        record.save()
        tell(record_id=record.pk)

    assert follower.rebuild(engine, progress=change_meanwhile) == 1
    assert ids(engine, "vanha") == (record.pk,)
    follower.follow(engine)
    assert ids(engine, "uusi") == (record.pk,)
    assert ids(engine, "vanha") == ()
    assert follower.position_of(engine) == last_position()


def test_a_lent_item_is_not_available_and_other_facts_stay() -> None:
    engine = MemoryEngine()
    library = make_library()
    item = make_item(library=library)
    follower.rebuild(engine)

    hits = engine.search(Query(facets=[Facet.AVAILABLE_AT, Facet.LIBRARY]))

    assert [(each.value, each.count) for each in hits.facets[Facet.LIBRARY]] == [
        ("MLI", 1)
    ]
    assert [each.value for each in hits.facets[Facet.AVAILABLE_AT]] == ["MLI"]
    assert ids(engine, item.barcode) == (item.record_id,)


def test_a_title_without_items_is_for_staff_only() -> None:
    engine = MemoryEngine()
    record = make_record("Tilattu vasta")
    follower.rebuild(engine)
    assert ids(engine, "tilattu") == (record.pk,)
    assert engine.search(Query(node=parse("tilattu").node)).ids == ()


def test_the_comparison_mends_what_nobody_told() -> None:
    engine = MemoryEngine()
    changed, gone, same = (make_record(t) for t in ("Muuttuva", "Poistuva", "Sama"))
    follower.rebuild(engine)
    changed.title = "Muuttunut"
    changed.save()
    gone.delete()
    new = make_record("Lisätty")

    done = follower.compare(engine, after=0)

    assert (done.last_id, done.mended, done.removed) == (0, 2, 1)
    assert engine.fingerprints(0, 10**9).keys() == {changed.pk, same.pk, new.pk}
    assert follower.compare(engine, after=0).mended == 0


def test_a_title_that_has_just_changed_is_followed_and_not_called_wrong() -> None:
    engine = MemoryEngine()
    record = make_record("Vanha")
    follower.rebuild(engine)
    record.title = "Uusi"
    record.save()
    tell(record_id=record.pk)

    assert follower.compare(engine, after=0).mended == 0
    assert ids(engine, "uusi") == (record.pk,)


def test_a_renewal_is_no_news() -> None:
    engine = MemoryEngine()
    record = make_record("Uusittu")
    LoggedEvent.objects.create(
        kind="LoanRenewed", body={"record_id": record.pk}, actor="t", channel="t"
    )
    follower.follow(engine)
    assert ids(engine, "uusittu") == ()


def test_the_comparison_goes_on_where_it_was() -> None:
    engine = MemoryEngine()
    records = [make_record(f"Kirja {number}") for number in range(5)]

    first = follower.compare(engine, after=0, size=2)
    second = follower.compare(engine, after=first.last_id, size=2)
    third = follower.compare(engine, after=second.last_id, size=2)

    assert first.last_id == records[1].pk
    assert third.last_id == 0
    assert [first.mended, second.mended, third.mended] == [2, 2, 1]


def test_reading_more_titles_takes_no_more_statements(
    django_assert_max_num_queries: Any,
) -> None:
    for number in range(12):
        make_item(record=make_record(f"Kirja {number}"))
    with django_assert_max_num_queries(8):
        follower.rebuild(MemoryEngine())

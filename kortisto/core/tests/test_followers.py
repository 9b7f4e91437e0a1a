"""The event log is followed in an order that loses nothing, whatever fails."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from kortisto.core import followers
from kortisto.core.database import on_postgresql, row_after
from kortisto.core.events import publish
from kortisto.core.followers import (
    BEGINNING,
    News,
    Position,
    follow,
    follower,
    last_position,
    read,
    read_after,
    replay,
    run_followers_once,
)
from kortisto.core.models import FollowerPosition, LoggedEvent, Version
from kortisto.core.tests.happenings import (
    DESK,
    NOON,
    DoorOpened,
    LightWentOn,
    open_doors,
)
from kortisto.core.tests.other_session import OtherSession

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def only_own_followers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(followers, "_followers", {})


@pytest.fixture
def other_session() -> Iterator[OtherSession]:
    with OtherSession() as other:
        yield other


def seen_doors(name: str = "doors", batch: int = 200) -> list[int]:
    """Declare a follower of opened doors and return the list that it fills."""
    seen: list[int] = []

    @follower(name, kinds={DoorOpened}, batch=batch)
    def see(news: News) -> None:
        for _row, event in news:
            assert isinstance(event, DoorOpened)
            seen.append(event.door)

    return seen


def test_a_follower_reads_its_kinds_once_and_in_order() -> None:
    seen = seen_doors()
    open_doors(1, 2)
    publish(LightWentOn(lamp=9), by=DESK, at=NOON)
    open_doors(3)

    assert run_followers_once(NOON) == 1
    assert run_followers_once(NOON) == 0

    assert seen == [1, 2, 3]


def test_events_of_other_kinds_move_the_position_too() -> None:
    seen_doors()
    for lamp in range(3):
        publish(LightWentOn(lamp=lamp), by=DESK, at=NOON)

    follow("doors", now=NOON)

    last = LoggedEvent.objects.latest("id")
    assert FollowerPosition.objects.get(pk="doors").event_id == last.id
    assert not follow("doors", now=NOON)


def test_small_batches_read_everything_and_nothing_twice() -> None:
    seen = seen_doors(batch=2)
    open_doors(1, 2, 3, 4, 5)

    while follow("doors", now=NOON):
        assert len(seen) % 2 == 0 or len(seen) == 5

    assert seen == [1, 2, 3, 4, 5]


def test_an_event_of_a_forgotten_kind_comes_as_a_row_only() -> None:
    rows: list[str] = []

    @follower("all", kinds=None)
    def see(news: News) -> None:
        rows.extend(row.kind for row, event in news if event is None)

    open_doors(1)
    LoggedEvent.objects.update(kind="DoorMelted")

    follow("all", now=NOON)

    assert rows == ["DoorMelted"]


def test_an_old_event_that_lacks_a_field_stops_only_who_needs_its_type() -> None:
    rows: list[LoggedEvent] = []
    seen = seen_doors("needs-type")

    @follower("rows-only", kinds=None, typed=False)
    def see(news: News) -> None:
        rows.extend(row for row, event in news if event is None)

    open_doors(1)
    LoggedEvent.objects.update(body={"window": 1})

    assert run_followers_once(NOON) == 1
    assert (len(rows), seen) == (1, [])
    assert "door" in FollowerPosition.objects.get(pk="needs-type").last_error


def test_a_failure_keeps_the_position_and_undoes_what_was_written() -> None:
    @follower("bad", kinds=None)
    def write_and_fail(news: News) -> None:
        Version.objects.create(name=f"door-{news[0][0].id}")
        message = "postgresql://kortisto:hunter2@db is away"
        raise OSError(message)

    open_doors(1)

    assert not follow("bad", now=NOON)

    position = FollowerPosition.objects.get(pk="bad")
    assert (position.txid, position.event_id) == BEGINNING
    assert position.failures == 1
    assert position.last_error == "OSError: postgresql://•••@db is away"
    assert not Version.objects.exists()


def test_one_that_fails_waits_longer_each_time_and_blocks_no_other() -> None:
    tries = []

    @follower("bad", kinds=None)
    def fail(news: News) -> None:
        tries.append(news[0][0].id)
        raise OSError

    seen = seen_doors("good")
    open_doors(1)

    run_followers_once(NOON)
    run_followers_once(NOON + timedelta(seconds=4))
    assert len(tries) == 1
    run_followers_once(NOON + timedelta(seconds=6))
    assert len(tries) == 2
    run_followers_once(NOON + timedelta(seconds=20))
    assert len(tries) == 2
    run_followers_once(NOON + timedelta(seconds=27))
    assert len(tries) == 3

    assert seen == [1]
    assert FollowerPosition.objects.get(pk="bad").failures == 3


def test_the_position_stops_right_before_the_one_event_that_cannot_be_read() -> None:
    seen: list[int] = []

    @follower("picky", kinds={"DoorOpened"}, batch=8)
    def see(news: News) -> None:
        doors = [row.body["door"] for row, _event in news]
        if 6 in doors:
            message = "door 6"
            raise ValueError(message)
        seen.extend(doors)

    open_doors(*range(1, 9))

    assert follow("picky", now=NOON)

    assert seen == [1, 2, 3, 4, 5]
    assert FollowerPosition.objects.get(pk="picky").failures == 1


def test_recovering_forgets_the_failures() -> None:
    broken = [True]

    @follower("mended", kinds=None)
    def maybe(_news: News) -> None:
        if broken:
            raise OSError

    open_doors(1)
    follow("mended", now=NOON)
    broken.clear()

    assert follow("mended", now=NOON + timedelta(hours=1))

    position = FollowerPosition.objects.get(pk="mended")
    assert (position.failures, position.retry_at, position.last_error) == (0, None, "")


def test_a_replay_reads_again_from_a_position() -> None:
    seen = seen_doors()
    open_doors(1, 2, 3)
    follow("doors", now=NOON)
    first = LoggedEvent.objects.earliest("id")

    replay("doors", Position(first.txid, first.id))
    follow("doors", now=NOON)
    assert seen == [1, 2, 3, 2, 3]

    replay("doors")
    follow("doors", now=NOON)
    assert seen[5:] == [1, 2, 3]


def test_one_that_must_read_once_cannot_be_replayed() -> None:
    follower("once", kinds=None, replayable=False)(lambda _news: None)

    with pytest.raises(ValueError, match="cannot be replayed"):
        replay("once")


def test_news_may_gather_for_a_while_but_not_beyond_a_batch() -> None:
    sizes: list[int] = []

    @follower("slow", kinds=None, batch=3, every=timedelta(seconds=10))
    def see(news: News) -> None:
        sizes.append(len(news))

    open_doors(1)
    run_followers_once(NOON)
    open_doors(2)
    run_followers_once(NOON + timedelta(seconds=9))
    assert sizes == [1]
    open_doors(3, 4)
    run_followers_once(NOON + timedelta(seconds=9))
    assert sizes == [1, 3]
    open_doors(5)
    run_followers_once(NOON + timedelta(seconds=20))
    assert sizes == [1, 3, 1]


def test_a_position_kept_elsewhere_reads_on_from_the_last_row() -> None:
    open_doors(1, 2, 3)

    rows = read_after(-1, 0, limit=2, kinds={"DoorOpened"})
    rest = read_after(rows[-1].txid, rows[-1].id, limit=9)

    assert [row.body["door"] for row in [*rows, *rest]] == [1, 2, 3]
    end = read(BEGINNING, limit=9, kinds=["LightWentOn"])
    assert (end.rows, end.position.event_id, end.full) == ([], rest[-1].id, False)


def test_the_next_rows_are_found_by_an_index() -> None:
    """However long the log, reading on costs only what is new."""
    open_doors(1)
    rows = followers.safe_events().filter(row_after(0, 1))[:9]
    with transaction.atomic():
        if on_postgresql():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("SET LOCAL enable_bitmapscan = off")
            plan = rows.explain()
            assert "Index Scan using event_reading_order" in plan
            assert "Sort" not in plan
            assert "Index Cond" in plan
            assert "(ROW(txid, id) > ROW" in plan.split("Index Cond")[1]
        else:
            plan = rows.explain()
            assert "SEARCH event USING INTEGER PRIMARY KEY (rowid>?)" in plan
            assert "TEMP B-TREE" not in plan


def test_a_late_commit_is_never_skipped(other_session: OtherSession) -> None:
    """The event with the lower number commits last: it is read all the same."""
    seen = seen_doors()
    other_session.begin()
    other_session.open_door(1)
    open_doors(2)
    assert LoggedEvent.objects.count() == 1

    run_followers_once(NOON)
    assert seen == []

    other_session.commit()
    run_followers_once(NOON)
    assert seen == [1, 2]


def test_a_follower_that_is_at_work_is_not_waited_for(
    other_session: OtherSession,
) -> None:
    seen = seen_doors()
    open_doors(1)
    follow("doors", now=NOON)
    open_doors(2)
    other_session.begin()
    other_session.execute("SELECT 1 FROM follower_position FOR UPDATE")

    assert not follow("doors", now=NOON)

    other_session.commit()
    assert follow("doors", now=NOON)
    assert seen == [1, 2]


def test_the_last_position_is_found_without_reading_the_log() -> None:
    """Every turn of every worker asks for it, however long the log has grown."""
    assert last_position() is None
    open_doors(3)
    with CaptureQueriesContext(connection) as asked:
        last = last_position()
    newest = LoggedEvent.objects.latest("id")
    assert last == Position(newest.txid, newest.pk)
    if on_postgresql():
        return
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + asked[0]["sql"])
        plan = [row[3] for row in cursor.fetchall()]
    assert plan == ["SEARCH event"]

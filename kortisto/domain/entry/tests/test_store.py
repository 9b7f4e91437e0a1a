"""The file of a door's machine: read only when it is whole."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kortisto.core.followers import BEGINNING
from kortisto.domain.entry.local.store import DoorRecord, NoCopy, State, Store

NOW = datetime(2027, 3, 1, 10, 0, tzinfo=UTC)
DOOR = DoorRecord(library_id=3, label="Pääovi", token_digest="0" * 64)
READ: tuple[Callable[[Store], Any], ...] = (
    Store.state,
    lambda store: store.person_by_card("A1"),
    lambda store: store.library(3),
    lambda store: store.door(7),
    lambda store: list(store.people()),
    Store.ended_cards,
)


@pytest.mark.parametrize("read", READ)
def test_a_copy_that_is_being_made_for_the_first_time_is_no_copy(
    tmp_path: Path, read: Callable[[Store], Any]
) -> None:
    """Nobody would be banned in an empty one, and no door would be known."""
    store = Store(tmp_path)
    with store.writing() as copy:
        copy.put_doors({7: DOOR})
    with pytest.raises(NoCopy):
        read(store)


def test_a_whole_copy_is_read(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writing() as copy:
        copy.put_doors({7: DOOR})
        copy.put_state(State(BEGINNING, 1, "2027-03-01", NOW))

    assert store.door(7) == DOOR
    assert store.state().confirmed_at == NOW
    assert list(store.people()) == []


def test_what_failed_half_way_is_not_seen(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writing() as copy:
        copy.put_state(State(BEGINNING, 1, "2027-03-01", NOW))
    with pytest.raises(RuntimeError):
        break_off(store)
    assert store.door(7) is None


def break_off(store: Store) -> None:
    with store.writing() as copy:
        copy.put_doors({7: DOOR})
        raise RuntimeError

"""A new data key for every code, whenever it is interrupted."""

import sqlite3
from contextlib import closing

import pytest

from kortisto.testing.identity_codes import new_code
from kortisto.vault import rotation, sealing
from kortisto.vault.overview import overview
from kortisto.vault.places import Places
from kortisto.vault.rotation import rotate
from kortisto.vault.store import Asker, Store
from kortisto.vault.tests.conftest import NOW

BY = Asker("desk", "staff:12", "Lasku")
CODES = 25


class Killed(BaseException):
    """The power goes."""


@pytest.fixture
def kept(store: Store, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setattr(rotation, "BATCH", 10)
    codes = [new_code() for _ in range(CODES)]
    return {store.reserve(code, by=BY, now=NOW).key: code for code in codes}


def data_keys(places: Places) -> list[int]:
    with closing(sqlite3.connect(places.database)) as plain:
        keys = plain.execute(
            "SELECT id FROM wrapped_key WHERE purpose = 'data' ORDER BY id"
        ).fetchall()
        used = plain.execute("SELECT DISTINCT data_key FROM code").fetchall()
    assert set(used) <= set(keys)
    return [key for (key,) in keys]


def test_every_code_is_sealed_anew_and_the_old_key_is_gone(
    places: Places, master: bytes, store: Store, kept: dict[str, str]
) -> None:
    [old] = data_keys(places)
    with closing(sqlite3.connect(places.database)) as plain:
        [(wrapped,)] = plain.execute(
            "SELECT sealed FROM wrapped_key WHERE id = ?", [old]
        ).fetchall()

    assert rotate(places.database, master, now=NOW + 1) == CODES

    [new] = data_keys(places)
    assert new != old
    assert all(store.resolve(k, by=BY, now=NOW) == code for k, code in kept.items())
    assert all(store.find(code) == key for key, code in kept.items())
    store.close()
    held = b"".join(path.read_bytes() for path in places.folder.iterdir())
    assert wrapped not in held


@pytest.mark.parametrize("batches", [0, 1, 2, 3])
def test_a_rotation_that_is_killed_goes_on_where_it_was(
    batches: int,
    places: Places,
    master: bytes,
    store: Store,
    kept: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between each two of its transactions; the desk works all the while."""
    real, left = Store.reseal_some, iter(range(batches))

    def dies(self: Store, most: int) -> int:
        if next(left, None) is None:
            raise Killed
        return real(self, most)

    with monkeypatch.context() as killing:
        killing.setattr(Store, "reseal_some", dies)
        with pytest.raises(Killed):
            rotate(places.database, master, now=NOW + 1)

    assert len(data_keys(places)) == 2
    assert overview(places.database).retired_keys == 1
    assert all(store.resolve(k, by=BY, now=NOW) == code for k, code in kept.items())
    meanwhile = new_code()
    kept |= {store.reserve(meanwhile, by=BY, now=NOW + 2).key: meanwhile}

    done = rotate(places.database, master, now=NOW + 3)

    assert done == max(CODES - 10 * batches, 0)
    assert data_keys(places) == [3]
    assert overview(places.database).retired_keys == 0
    assert all(store.resolve(k, by=BY, now=NOW) == code for k, code in kept.items())


def test_a_batch_that_is_killed_in_the_middle_is_rolled_back(
    places: Places,
    master: bytes,
    store: Store,
    kept: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    real, left = sealing.unseal, iter(range(15))

    def dies(*arguments: object, **named: object) -> bytes:
        if next(left, None) is None:
            raise Killed
        return real(*arguments, **named)  # type: ignore[arg-type]

    with monkeypatch.context() as killing:
        killing.setattr("kortisto.vault.store.unseal", dies)
        with pytest.raises(Killed):
            rotate(places.database, master, now=NOW + 1)

    rotate(places.database, master, now=NOW + 2)
    assert len(data_keys(places)) == 1
    assert all(store.resolve(k, by=BY, now=NOW) == code for k, code in kept.items())


def test_a_service_that_runs_meanwhile_uses_the_new_key_at_once(
    places: Places, master: bytes, store: Store
) -> None:
    before, after = new_code(), new_code()
    keys = [store.reserve(before, by=BY, now=NOW).key]
    rotate(places.database, master, now=NOW + 1)
    keys.append(store.reserve(after, by=BY, now=NOW + 2).key)

    assert len(data_keys(places)) == 1
    assert [store.resolve(key, by=BY, now=NOW) for key in keys] == [before, after]

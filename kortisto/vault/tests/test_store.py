"""What the vault keeps, finds, opens and forgets."""

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from kortisto.testing.identity_codes import new_code
from kortisto.vault import database
from kortisto.vault.places import Places, VaultTrouble
from kortisto.vault.sealing import make_master_key, master_key, new_key
from kortisto.vault.store import LEASE, PAGE, Asker, Store, UnknownKey
from kortisto.vault.tests.conftest import NOW

DESK = Asker("desk", "staff:12")
BILLING = Asker("billing", "staff:7", "Lasku 113")


def told(places: Places) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(places.database)) as plain:
        lines = "SELECT account, actor, what, key, reason FROM log ORDER BY id"
        return plain.execute(lines).fetchall()


def test_the_same_code_has_one_key_and_is_known_once_confirmed(store: Store) -> None:
    code = new_code()
    first = store.reserve(code, by=DESK, now=NOW)
    again = store.reserve(code, by=DESK, now=NOW + 1)
    store.confirm([first.key])
    later = store.reserve(code, by=DESK, now=NOW + 2)

    assert {first.key, again.key, later.key} == {first.key}
    assert [first.known, again.known, later.known] == [False, False, True]
    assert store.find(code) == first.key
    assert store.find(new_code()) is None


def test_codes_that_differ_in_the_century_s_sign_are_two(store: Store) -> None:
    code = "170580-900X"
    keys = {
        store.reserve(code.replace("-", sign), by=DESK, now=NOW).key for sign in "-Y"
    }
    assert len(keys) == 2


def test_a_code_is_opened_for_its_key_and_the_log_says_for_whom(
    store: Store, places: Places
) -> None:
    code = new_code()
    key = store.reserve(code, by=DESK, now=NOW).key

    assert store.resolve(key, by=BILLING, now=NOW) == code
    with pytest.raises(UnknownKey):
        store.resolve("0" * 32, by=BILLING, now=NOW)

    assert told(places) == [
        ("desk", "staff:12", "keep", key, ""),
        ("billing", "staff:7", "resolve", key, "Lasku 113"),
        ("billing", "staff:7", "resolve-unknown", "0" * 32, "Lasku 113"),
    ]


def test_nobody_drops_a_key_within_ten_minutes_of_its_reservation(
    store: Store,
) -> None:
    code = new_code()
    key = store.reserve(code, by=DESK, now=NOW).key
    assert store.drop([key], by=DESK, now=NOW + LEASE - 1) == []
    store.reserve(code, by=DESK, now=NOW + LEASE - 1)
    assert store.drop([key], by=DESK, now=NOW + LEASE) == []
    assert store.find(code) == key

    assert store.drop([key], by=DESK, now=NOW + 2 * LEASE) == [key]
    assert store.find(code) is None
    assert store.reserve(code, by=DESK, now=NOW + 2 * LEASE).key != key


def test_keys_are_paged_in_order_with_what_is_pending(store: Store) -> None:
    keys = [
        store.reserve(f"{n:06}-900X", by=DESK, now=NOW).key for n in range(PAGE + 3)
    ]
    store.confirm(keys[3:])

    first = store.page("", only_pending=False)
    rest = store.page(first[-1][0], only_pending=False)

    assert [key for key, _ in [*first, *rest]] == sorted(keys)
    assert len(first) == PAGE
    assert store.page("", only_pending=True) == [(k, True) for k in sorted(keys[:3])]
    assert store.unknown([keys[0], "0" * 32]) == ["0" * 32]


def test_threads_that_bring_the_same_new_code_get_one_key(store: Store) -> None:
    for _ in range(5):
        code = new_code()
        with ThreadPoolExecutor(4) as desks:
            kept = list(
                desks.map(lambda _n, c=code: store.reserve(c, by=DESK, now=NOW), "1234")
            )
        assert len({each.key for each in kept}) == 1


def swap_two_codes(plain: sqlite3.Connection) -> None:
    """Somebody who can write the file gives one patron another one's code."""
    one, other = plain.execute("SELECT key, nonce, sealed FROM code").fetchall()
    for key, nonce in ((one[0], b"1"), (other[0], b"2")):
        plain.execute("UPDATE code SET nonce = ? WHERE key = ?", [nonce, key])
    for (key, _, _), (_, nonce, sealed) in ((one, other), (other, one)):
        plain.execute(
            "UPDATE code SET nonce = ?, sealed = ? WHERE key = ?", [nonce, sealed, key]
        )


def change_a_bit(plain: sqlite3.Connection) -> None:
    for key, sealed in plain.execute("SELECT key, sealed FROM code").fetchall():
        altered = bytes([sealed[0] ^ 1]) + sealed[1:]
        plain.execute("UPDATE code SET sealed = ? WHERE key = ?", [altered, key])


@pytest.mark.parametrize("attack", [swap_two_codes, change_a_bit])
def test_a_row_that_was_altered_does_not_open(
    attack: Callable[[sqlite3.Connection], None], store: Store, places: Places
) -> None:
    keys = [store.reserve(new_code(), by=DESK, now=NOW).key for _ in range(2)]
    with closing(sqlite3.connect(places.database)) as plain, plain:
        attack(plain)

    for key in keys:
        with pytest.raises(VaultTrouble, match="does not open"):
            store.resolve(key, by=BILLING, now=NOW)


@pytest.mark.parametrize("statement", ["UPDATE log SET actor = 'x'", "DELETE FROM log"])
def test_the_log_can_only_grow(statement: str, store: Store, places: Places) -> None:
    store.reserve(new_code(), by=DESK, now=NOW)
    with (
        closing(sqlite3.connect(places.database)) as plain,
        pytest.raises(sqlite3.IntegrityError, match="the log is never"),
    ):
        plain.execute(statement)


def test_another_key_file_opens_nothing(places: Places) -> None:
    with pytest.raises(VaultTrouble, match="does not open"):
        Store(places.database, new_key())


def test_making_the_vault_again_changes_nothing(
    places: Places, master: bytes, store: Store
) -> None:
    code = new_code()
    key = store.reserve(code, by=DESK, now=NOW).key

    make_master_key(places.key_file)
    database.create(places.database, master_key(places.key_file), now=NOW + 1)

    assert master_key(places.key_file) == master
    assert Store(places.database, master).resolve(key, by=BILLING, now=NOW) == code


def test_others_may_read_neither_the_key_nor_the_database(places: Places) -> None:
    assert places.key_file.stat().st_mode & 0o777 == 0o600
    assert places.folder.stat().st_mode & 0o777 == 0o700
    for path in places.folder.iterdir():
        assert path.stat().st_mode & 0o077 == 0, path

    places.key_file.chmod(0o640)
    with pytest.raises(VaultTrouble, match="chmod 600"):
        master_key(places.key_file)


@pytest.mark.parametrize("text", ["", "abc", "00" * 31])
def test_a_file_that_holds_no_key_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.touch(0o600)
    path.write_text(text)
    with pytest.raises(VaultTrouble, match="does not hold a key"):
        master_key(path)


def test_a_vault_that_is_not_there_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(VaultTrouble, match="kortisto vault init"):
        database.opened(tmp_path / "none")
    with pytest.raises(VaultTrouble, match="is missing"):
        master_key(tmp_path / "none")


def test_no_byte_of_any_file_holds_a_code(store: Store, places: Places) -> None:
    codes = [new_code() for _ in range(40)]
    keys = [store.reserve(code, by=DESK, now=NOW).key for code in codes]
    for code, key in zip(codes, keys, strict=True):
        assert store.find(code) == key
        assert store.resolve(key, by=BILLING, now=NOW) == code
    store.drop(keys[:20], by=DESK, now=NOW + LEASE)

    files = [path for path in places.folder.iterdir() if path.is_file()]
    held = b"".join(path.read_bytes() for path in files)

    with closing(sqlite3.connect(places.database)) as plain:
        dump = "\n".join(plain.iterdump())
    assert keys[39].encode() in held  # the search would find what is there
    for code in codes:
        for form in (code, code.lower(), code.replace("-", "")):
            assert form.encode() not in held
            assert form.encode("utf-16-le") not in held
            assert form.encode().hex() not in dump.lower()
            assert form not in dump

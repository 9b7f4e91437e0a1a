"""``kortisto backup``: what was acknowledged comes back, and only by the key."""

import errno
import os
import signal
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from pytest_django import Settings

from kortisto.backup import databases
from kortisto.backup.places import work_folder
from kortisto.backup.postgresql import PostgresDatabase
from kortisto.backup.sealing import CHUNK, HEADER_BYTES, TAG_BYTES
from kortisto.backup.sqlite import SqliteDatabase
from kortisto.backup.trouble import BackupTrouble
from kortisto.domain.catalogue.models import Record
from kortisto.domain.circulation.models import Loan
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.cli.main import main
from kortisto.testing.builders import make_item, make_patron, make_rules
from kortisto.testing.databases import own_database
from kortisto.testing.loans import lend

pytestmark = pytest.mark.django_db(transaction=True)

SURNAME = "Kaukovainio"
STEP = CHUNK + TAG_BYTES


class Installation:
    """Where a test's installation keeps things, and its command."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.data = folder / "data"
        self.files = self.data / "files"
        self.key = folder / "apart" / "backup.key"
        self.site, self.other_site = folder / "site", folder / "other"
        self._capsys = capsys
        for made in (self.files, self.key.parent, self.site, self.other_site):
            made.mkdir(parents=True)

    def command(self, *words: object) -> tuple[int, str]:
        """The exit code, and what was said on either stream."""
        code = main(["backup", *map(str, words)])
        told = self._capsys.readouterr()
        return code, told.out + told.err

    def make(self) -> Path:
        code, told = self.command("--to", self.site)
        assert code == 0, told
        return max(self.backups())

    def backups(self) -> list[Path]:
        return sorted(self.site.iterdir())

    def leftovers(self) -> set[str]:
        return {path.name for path in self.data.iterdir()} - {"files", "backup.lock"}


@pytest.fixture
def here(
    tmp_path: Path,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Installation]:
    """An installation with a key, whose commands leave the process as it was."""
    made = Installation(tmp_path, capsys)
    settings.DATA_DIR, settings.MEDIA_ROOT = made.data, made.files
    monkeypatch.setenv("KORTISTO_BACKUP_KEY_FILE", str(made.key))
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", os.environ["DJANGO_SETTINGS_MODULE"])
    mask = os.umask(0o077)
    assert made.command("key", "--write", made.key)[0] == 0
    yield made
    os.umask(mask)


@pytest.fixture
def move_on(tmp_path: Path) -> Iterator[Callable[[], None]]:
    """Go on over an empty database, as on a new machine."""
    before = connection.settings_dict["NAME"]
    with ExitStack() as stack:

        def move() -> None:
            connection.close()
            if connection.vendor == "postgresql":
                url = os.environ["KORTISTO_DATABASE_URL"]
                name = urlsplit(stack.enter_context(own_database(url))).path[1:]
            else:
                name = str(tmp_path / "new.sqlite3")
            connection.settings_dict["NAME"] = name

        yield move
        connection.close()
        connection.settings_dict["NAME"] = before


def a_loan() -> str:
    make_rules()
    item = make_item()
    lend(item, make_patron(surname=SURNAME))
    return item.barcode


def noise(size: int) -> bytes:
    return os.urandom(size)  # nothing that packing makes smaller


def test_a_loan_that_was_acknowledged_is_there_after_a_restore(
    here: Installation, move_on: Callable[[], None]
) -> None:
    barcode = a_loan()
    (here.files / "imports").mkdir()
    (here.files / "imports" / "records.mrc").write_bytes(noise(3 * CHUNK))
    imported = (here.files / "imports" / "records.mrc").read_bytes()
    (here.data / "secret_key").write_text("kept apart")

    code, told = here.command("--to", here.site, "--to", here.other_site)
    assert code == 0, told
    (file,), (copy,) = here.backups(), [*here.other_site.iterdir()]
    assert file.read_bytes() == copy.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert f"{file}: {file.stat().st_size:,} bytes" in told
    assert told.count("SHA-256") == 2
    for step in ("Copying the database: ", f"Writing to {here.other_site}: "):
        assert step in told
    assert "1 patrons, 1 records, 1 loans, 1 files" in told

    code, told = here.command("check", file)
    assert (code, "whole and can be restored" in told) == (0, True)
    assert "1 patrons, 1 records, 1 loans, 1 files" in told

    (here.files / "imports" / "records.mrc").unlink()
    (here.files / "imports").rmdir()
    move_on()
    code, told = here.command("restore", file)
    assert (code, "run kortisto migrate" in told) == (0, True), told
    assert Loan.objects.get(returned_at=None).barcode == barcode
    assert Patron.objects.get().surname == SURNAME
    assert (here.files / "imports" / "records.mrc").read_bytes() == imported
    assert here.leftovers() == {"secret_key"}


def test_nobody_reads_a_name_in_the_file(here: Installation) -> None:
    a_loan()
    (here.files / "list.txt").write_text(SURNAME * 1000)

    data = here.make().read_bytes()

    assert SURNAME.encode() not in data
    assert b"CREATE TABLE" not in data
    assert here.leftovers() == set()


def test_a_full_database_is_not_written_over(here: Installation) -> None:
    barcode = a_loan()
    file = here.make()
    Loan.objects.update(barcode="since then")

    code, told = here.command("restore", file)

    assert code == 2
    assert "is restored only" in told
    assert Loan.objects.get().barcode == "since then" != barcode


def test_files_that_are_there_are_not_written_over(
    here: Installation, move_on: Callable[[], None]
) -> None:
    a_loan()
    file = here.make()
    (here.files / "other.mrc").write_text("newer")
    move_on()

    code, told = here.command("restore", file)

    assert (code, "is not empty" in told) == (2, True)
    assert [path.name for path in here.files.iterdir()] == ["other.mrc"]
    assert connection.introspection.table_names() == []


def test_a_restore_that_fails_leaves_nothing_behind(
    here: Installation, move_on: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full_disk(*_: object) -> None:
        assert (here.files / "records.mrc").exists()
        message = "No space left on device"
        raise BackupTrouble(message)

    a_loan()
    (here.files / "records.mrc").write_text("imported")
    file = here.make()
    (here.files / "records.mrc").unlink()
    move_on()
    for kind in (SqliteDatabase, PostgresDatabase):
        monkeypatch.setattr(kind, "load", full_disk)

    code, told = here.command("restore", file)

    assert (code, "No space left" in told) == (2, True)
    assert not here.files.exists()
    assert here.leftovers() == set()
    assert connection.introspection.table_names() == []


def test_one_runs_at_a_time(here: Installation) -> None:
    a_loan()
    with work_folder(here.data) as work:
        code, told = here.command("--to", here.site)

        assert (code, "wait for its end" in told) == (2, True)
        assert work.exists()
    assert here.backups() == []


def test_what_is_damaged_is_told_and_nothing_is_written(
    here: Installation, move_on: Callable[[], None]
) -> None:
    a_loan()
    (here.files / "records.mrc").write_bytes(noise(3 * CHUNK))
    file = here.make()
    (here.files / "records.mrc").unlink()
    good = file.read_bytes()
    first = good[HEADER_BYTES : HEADER_BYTES + STEP]
    second = good[HEADER_BYTES + STEP : HEADER_BYTES + 2 * STEP]
    rest = good[HEADER_BYTES + 2 * STEP :]
    flipped = bytearray(good)
    flipped[-40] ^= 1
    move_on()

    for broken in (
        bytes(flipped),
        good[: -len(rest) // 2],
        good[: HEADER_BYTES + 2 * STEP],
        good[:HEADER_BYTES] + second + first + rest,
        good[:10],
    ):
        file.write_bytes(broken)
        for verb in ("check", "restore"):
            code, told = here.command(verb, file)
            assert (code, "damaged" in told) == (2, True), told
            assert here.leftovers() == set()
            assert [*here.files.iterdir()] == []
    assert connection.introspection.table_names() == []


def test_another_key_is_told(here: Installation, move_on: Callable[[], None]) -> None:
    a_loan()
    file = here.make()
    here.key.unlink()
    here.command("key", "--write", here.key)
    move_on()

    for verb in ("check", "restore"):
        code, told = here.command(verb, file)
        assert (code, "another key" in told) == (2, True)
    assert connection.introspection.table_names() == []
    assert here.leftovers() == set()


def test_without_a_key_apart_nothing_is_written(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(said: str) -> None:
        code, told = here.command("--to", here.site)
        assert (code, said in told) == (2, True), told
        assert here.backups() == []

    here.key.chmod(0o640)
    refused("others may read")
    here.key.write_text("short")
    here.key.chmod(0o600)
    refused("does not hold a key")
    here.key.unlink()
    refused("is missing")
    monkeypatch.setenv("KORTISTO_BACKUP_KEY_FILE", str(here.data / "backup.key"))
    refused("lies in the data directory")
    monkeypatch.delenv("KORTISTO_BACKUP_KEY_FILE")
    refused("kortisto backup key --write FILE")


def test_a_key_is_never_replaced(here: Installation) -> None:
    before = here.key.read_text()

    code, told = here.command("key", "--write", here.key)

    assert (code, "is there already" in told) == (2, True)
    assert here.key.read_text() == before
    assert stat.S_IMODE(here.key.stat().st_mode) == 0o600
    assert [path.name for path in here.key.parent.iterdir()] == ["backup.key"]


def test_the_oldest_go_only_after_a_good_one(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_loan()
    old = [here.site / f"kortisto-2026010{day}T010000Z.backup" for day in (1, 2, 3)]
    for path in (*old, here.site / "somebody-elses.backup"):
        path.write_text("x")

    with monkeypatch.context() as broken:
        broken.setitem(databases.COUNTED, "loans", "no_such_table")
        broken.setenv("PATH", "/nowhere")
        assert here.command("--to", here.site, "--keep", "2")[0] == 2
    assert len(here.backups()) == 4
    assert here.leftovers() == set()

    code, told = here.command("--to", here.site, "--keep", "2")
    assert (code, told.count("was removed")) == (0, 2)
    names = [path.name for path in here.backups()]
    assert names[0] == old[-1].name
    assert len(names) == 3  # two of ours
    assert "somebody-elses.backup" in names


def test_a_site_that_is_away_does_not_hinder_the_other(here: Installation) -> None:
    a_loan()
    here.other_site.rmdir()

    code, told = here.command("--to", here.other_site, "--to", here.site)

    assert code == 1
    assert f"{here.other_site} FAILED: No such file or directory" in told
    assert here.command("check", here.backups()[0])[0] == 0


def test_an_ended_run_leaves_no_plain_text(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def ended(*_: object, **__: object) -> None:
        assert {path.name for path in here.data.iterdir()} >= {"backup-at-work"}
        os.kill(os.getpid(), signal.SIGTERM)

    a_loan()
    monkeypatch.setattr("kortisto.backup.making.pack", ended)

    with pytest.raises(SystemExit) as end:
        here.command("--to", here.site)

    assert end.value.code == 143
    assert here.leftovers() == set()
    assert here.backups() == []


def test_a_full_disk_is_told_by_its_folder(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    a_loan()
    monkeypatch.setattr("kortisto.backup.making.pack", full)

    code, told = here.command("--to", here.site)

    assert (code, f"the disk of {here.data} is full" in told) == (2, True), told
    assert here.leftovers() == set()
    assert here.backups() == []


def test_a_copy_without_room_is_a_full_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def small(path: Path, timeout: float = 5) -> sqlite3.Connection:
        opened = connect(path, timeout)
        opened.execute("PRAGMA max_page_count=5")
        return opened

    connect = sqlite3.connect
    with closing(connect(tmp_path / "full.sqlite3")) as full:
        full.execute("CREATE TABLE big AS SELECT zeroblob(100000)")
    monkeypatch.setattr(sqlite3, "connect", small)

    with pytest.raises(OSError, match="full") as error:
        SqliteDatabase(tmp_path / "full.sqlite3").dump(tmp_path / "copy")

    assert error.value.errno == errno.ENOSPC


def test_what_a_killed_run_left_is_removed_by_the_next(here: Installation) -> None:
    a_loan()
    (here.data / "backup-at-work").mkdir()
    (here.data / "backup-at-work" / "database").write_text(SURNAME)

    part = here.site / "kortisto-20260101T010000Z.backup.part"
    part.write_text("half")

    made = here.make()

    assert here.leftovers() == set()
    assert here.backups() == [made]


def test_the_password_is_in_no_argument(
    here: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no password")
    program, said = tmp_path / "pg_dump", tmp_path / "said"
    program.write_text(
        f'#!/bin/sh\necho "$0 $@" > {said}\nexec /usr/bin/pg_dump "$@"\n'
    )
    program.chmod(0o700)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    a_loan()

    here.make()

    assert "--format=custom" in said.read_text()
    assert connection.settings_dict["PASSWORD"] not in said.read_text()


def test_the_counted_tables_are_those_of_the_models() -> None:
    models = {"patrons": Patron, "records": Record, "loans": Loan}

    assert {name: it._meta.db_table for name, it in models.items()} == databases.COUNTED


@pytest.mark.parametrize("words", [(), ("--keep", "2"), ("--to", "x", "check", "y")])
def test_what_makes_no_sense_is_refused(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backup", *words]) == 2
    assert "give --to FOLDER to write a backup" in capsys.readouterr().err

from collections.abc import Iterator
from pathlib import Path

import pytest

from kortisto.vault import database
from kortisto.vault.accounts import Accounts
from kortisto.vault.places import Places
from kortisto.vault.sealing import make_master_key, master_key
from kortisto.vault.store import Store

NOW = 1_800_000_000  # seconds since 1970


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A new vault, with its key apart from its database."""
    made = Places(tmp_path / "vault", tmp_path / "keys" / "master", tmp_path / "s")
    make_master_key(made.key_file)
    database.create(made.database, master_key(made.key_file), now=NOW)
    return made


@pytest.fixture
def master(places: Places) -> bytes:
    return master_key(places.key_file)


@pytest.fixture
def store(places: Places, master: bytes) -> Iterator[Store]:
    made = Store(places.database, master)
    yield made
    made.close()


@pytest.fixture
def accounts(places: Places, master: bytes) -> Iterator[Accounts]:
    made = Accounts(places.database, master)
    yield made
    made.close()

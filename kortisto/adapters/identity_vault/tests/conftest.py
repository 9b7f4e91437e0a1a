import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory

import pytest

from kortisto.adapters.identity_vault.client import VaultClient
from kortisto.testing.identity_vault import MemoryVault
from kortisto.testing.servers import process
from kortisto.testing.waiting import wait_until
from kortisto.vault.service import answers


@dataclass(frozen=True)
class Installation:
    """A vault of its own, set up by the commands that an administrator runs."""

    folder: Path
    environment: Mapping[str, str]

    @property
    def socket(self) -> Path:
        return self.folder / "vault.sock"

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def run(self, *arguments: str) -> int:
        with process("vault", *arguments, environment=self.environment) as running:
            return running.wait()

    @contextmanager
    def serving(self, *arguments: str) -> "Iterator[Popen[bytes]]":
        with process(
            "vault", "serve", *arguments, environment=self.environment
        ) as running:

            def answering() -> bool:
                assert running.poll() is None, self.log.read_text()
                return answers(self.socket)

            wait_until(answering, otherwise="the vault does not answer")
            yield running

    def client(self, patience: float = 3.0) -> VaultClient:
        secrets = {name: self.folder / f"{name}.secret" for name in ("desk", "billing")}
        return VaultClient(f"unix:{self.socket}", secrets, patience=patience)


@contextmanager
def installed() -> Iterator[Installation]:
    """A new one; its folder has a short name, because a socket's path must be short."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("KORTISTO_", "DJANGO_"))
    }
    with TemporaryDirectory(prefix="kv-") as folder:
        log = Path(folder) / "log"
        log.touch()
        named = {"KORTISTO_DATA_DIR": folder, "KORTISTO_TEST_LOG": str(log)}
        made = Installation(Path(folder), {**own, **named})
        assert made.run("init") == 0
        for right in ("desk", "billing"):
            path = str(made.folder / f"{right}.secret")
            add = ("accounts", "add", right, "--right", right, "--to", path)
            assert made.run(*add) == 0, log.read_text()
        yield made
        sys.stdout.write(log.read_text())  # shown when a test fails


@pytest.fixture
def own() -> Iterator[Installation]:
    with installed() as made:
        yield made


@pytest.fixture(scope="session")
def served() -> Iterator[Installation]:
    """One for all tests that leave it as it was."""
    with installed() as made, made.serving("--finds-per-minute", "100000"):
        yield made


@pytest.fixture(params=["memory", "service"])
def each_vault(request: pytest.FixtureRequest) -> MemoryVault | VaultClient:
    """Each that keeps the Protocol in turn."""
    if request.param == "memory":
        return MemoryVault()
    served: Installation = request.getfixturevalue("served")
    return served.client()

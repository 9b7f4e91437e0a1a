"""``kortisto vault`` as an administrator meets it."""

from pathlib import Path

import pytest

from kortisto.interfaces.cli.tests.test_main import TRACEBACK, kortisto


def test_a_vault_is_set_up_and_looked_after(tmp_path: Path) -> None:
    made = kortisto("vault", "init", data=tmp_path)
    assert (made.returncode, made.stderr) == (0, "")
    assert kortisto("vault", "init", data=tmp_path).returncode == 0

    add = ("vault", "accounts", "add", "desk", "--right", "desk", "--right", "billing")
    added = kortisto(*add, data=tmp_path)
    secret = added.stdout.split()[-1]
    assert "shown only now: desk " in added.stdout
    assert len(bytes.fromhex(secret)) == 32
    again = kortisto(*add, data=tmp_path)
    assert (again.returncode, "exists already" in again.stderr) == (2, True)

    listed = kortisto("vault", "accounts", "list", data=tmp_path).stdout
    assert listed.startswith("desk ")
    assert "billing, desk" in listed
    assert secret not in listed

    status = kortisto("vault", "status", data=tmp_path)
    assert status.returncode == 1
    assert "0 codes" in status.stdout
    assert "run kortisto vault serve" in status.stdout
    assert "0 codes were sealed" in kortisto("vault", "rotate", data=tmp_path).stdout

    gone = kortisto("vault", "accounts", "remove", "desk", data=tmp_path)
    assert gone.stdout == "The account desk is gone.\n"
    assert kortisto("vault", "accounts", "list", data=tmp_path).stdout == ""


def test_a_secret_is_written_for_its_owner_only(tmp_path: Path) -> None:
    kortisto("vault", "init", data=tmp_path)
    path = tmp_path / "secret"
    add = ("vault", "accounts", "add", "desk", "--right", "desk", "--to", str(path))
    added = kortisto(*add, data=tmp_path)

    name, secret = path.read_text().split()
    assert (name, path.stat().st_mode & 0o777) == ("desk", 0o600)
    assert secret not in added.stdout


@pytest.mark.parametrize(
    ("verb", "said"),
    [
        (["serve"], "the vault's key file"),
        (["rotate"], "the vault's key file"),
        (["status"], "run kortisto vault init"),
        (["accounts", "list"], "the vault's key file"),
        (["serve", "--group", "no-such-group"], "there is no group no-such-group"),
    ],
)
def test_what_is_missing_is_said_in_words(
    verb: list[str], said: str, tmp_path: Path
) -> None:
    done = kortisto("vault", *verb, data=tmp_path)

    assert done.returncode == 2
    assert said in done.stderr
    assert TRACEBACK not in done.stderr


def test_a_lost_key_is_not_replaced_by_another(tmp_path: Path) -> None:
    kortisto("vault", "init", data=tmp_path)
    (tmp_path / "vault.key").unlink()

    again = kortisto("vault", "init", data=tmp_path)

    assert again.returncode == 2
    assert "put it back" in again.stderr
    assert not (tmp_path / "vault.key").exists()


@pytest.mark.parametrize(
    ("url", "said"),
    [("https://vault.example", "unix:/path"), (f"unix:/{'x' * 101}", "bytes long")],
)
def test_the_vault_listens_on_a_socket_only(
    url: str, said: str, tmp_path: Path
) -> None:
    done = kortisto("vault", "init", data=tmp_path, KORTISTO_VAULT_URL=url)
    assert (done.returncode, said in done.stderr) == (2, True)

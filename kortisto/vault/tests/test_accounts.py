"""Who may ask: signatures, replays, rights, shares."""

import sqlite3
from contextlib import closing
from typing import Any

import pytest

from kortisto.testing.identity_codes import new_code
from kortisto.vault.accounts import WINDOW, Account, Accounts, NotAuthentic, Right
from kortisto.vault.limits import Limit, TooOften, limits
from kortisto.vault.places import Places, VaultTrouble
from kortisto.vault.requests import BadRequest, NoSuchVerb, NotAllowed, Vault
from kortisto.vault.signing import (
    ACCOUNT,
    NONCE,
    SIGNATURE,
    TIME,
    new_secret,
    signed_headers,
    signing_key,
)
from kortisto.vault.store import Store
from kortisto.vault.tests.conftest import NOW

BODY = b'{"code": "x"}'
DESK = Account("desk", frozenset({Right.DESK}), NOW)
BILLING = Account("billing", frozenset({Right.BILLING}), NOW)


@pytest.fixture
def secret(accounts: Accounts) -> str:
    return accounts.add("desk", [Right.DESK], now=NOW)


@pytest.fixture
def vault(store: Store) -> Vault:
    return Vault(store, limits(finds_per_minute=3, resolves_per_hour=2))


def request(secret: str, *, account: str = "desk", now: int = NOW) -> dict[str, str]:
    return dict(signed_headers(account, signing_key(secret), "/find", BODY, now=now))


def test_a_signed_request_is_taken_once(accounts: Accounts, secret: str) -> None:
    headers = request(secret)
    assert accounts.sender(headers, "/find", BODY, now=NOW).name == "desk"
    with pytest.raises(NotAuthentic):
        accounts.sender(headers, "/find", BODY, now=NOW)


def test_a_replay_is_refused_after_the_service_was_started_again(
    accounts: Accounts, secret: str, places: Places, master: bytes
) -> None:
    headers = request(secret, now=NOW + WINDOW)  # its clock is ahead
    accounts.sender(headers, "/find", BODY, now=NOW)

    started_again = Accounts(places.database, master)
    for later in range(0, 2 * WINDOW + 1, 10):
        with pytest.raises(NotAuthentic):
            started_again.sender(headers, "/find", BODY, now=NOW + later)
    started_again.close()


@pytest.mark.parametrize(
    ("header", "value"),
    [
        (ACCOUNT, "billing"),
        (ACCOUNT, ""),
        (TIME, str(NOW + 1)),
        (TIME, "-1"),
        (TIME, "now"),
        (NONCE, "0" * 32),
        (NONCE, "x"),
        (SIGNATURE, "0" * 64),
        (SIGNATURE, "ä"),
        (SIGNATURE, ""),
    ],
)
def test_an_altered_header_is_refused(
    header: str, value: str, accounts: Accounts, secret: str
) -> None:
    accounts.add("billing", [Right.BILLING], now=NOW)
    with pytest.raises(NotAuthentic):
        accounts.sender({**request(secret), header: value}, "/find", BODY, now=NOW)


@pytest.mark.parametrize(
    ("path", "body"), [("/resolve", BODY), ("/find", b'{"code": "y"}'), ("/find", b"")]
)
def test_an_altered_path_or_body_is_refused(
    path: str, body: bytes, accounts: Accounts, secret: str
) -> None:
    with pytest.raises(NotAuthentic):
        accounts.sender(request(secret), path, body, now=NOW)


@pytest.mark.parametrize("off", [WINDOW + 1, -WINDOW - 1])
def test_a_request_is_good_for_half_a_minute(
    off: int, accounts: Accounts, secret: str
) -> None:
    headers = request(secret)
    with pytest.raises(NotAuthentic):
        accounts.sender(headers, "/find", BODY, now=NOW + off)
    nearly = off - 1 if off > 0 else off + 1
    sender = accounts.sender(headers, "/find", BODY, now=NOW + nearly)
    assert sender.name == "desk"


def test_a_wrong_secret_is_refused(accounts: Accounts, secret: str) -> None:
    with pytest.raises(NotAuthentic):
        accounts.sender(request(new_secret()), "/find", BODY, now=NOW)
    assert accounts.sender(request(secret), "/find", BODY, now=NOW).name == "desk"


def test_an_account_that_is_removed_is_gone_at_once(
    accounts: Accounts, secret: str
) -> None:
    accounts.remove("desk", now=NOW)

    with pytest.raises(NotAuthentic):
        accounts.sender(request(secret), "/find", BODY, now=NOW)
    assert accounts.all() == []
    with pytest.raises(VaultTrouble, match="no account desk"):
        accounts.remove("desk", now=NOW)
    assert accounts.add("desk", [Right.DESK], now=NOW) != secret


def test_a_name_is_used_once_and_has_a_form(accounts: Accounts, secret: str) -> None:
    with pytest.raises(VaultTrouble, match="exists already"):
        accounts.add("desk", [Right.BILLING], now=NOW)
    with pytest.raises(VaultTrouble, match="begins with a letter"):
        accounts.add("Desk 1", [Right.DESK], now=NOW)
    assert accounts.sender(request(secret), "/find", BODY, now=NOW).rights == {
        Right.DESK
    }


def test_the_database_holds_neither_a_secret_nor_what_signs(
    accounts: Accounts, secret: str, places: Places
) -> None:
    assert accounts.all()
    held = b"".join(path.read_bytes() for path in places.folder.iterdir())
    for value in (secret.encode(), bytes.fromhex(secret), signing_key(secret)):
        assert value not in held


def test_one_account_s_key_does_not_serve_for_another(
    accounts: Accounts, secret: str, places: Places
) -> None:
    accounts.add("billing", [Right.BILLING], now=NOW)
    with closing(sqlite3.connect(places.database)) as plain, plain:
        plain.execute(
            "UPDATE account SET (nonce, sealed) = (SELECT nonce, sealed FROM account"
            " WHERE name = 'desk') WHERE name = 'billing'"
        )
    with pytest.raises(VaultTrouble, match="does not open"):
        accounts.sender(request(secret, account="billing"), "/find", BODY, now=NOW)


DESK_VERBS = ("/reserve", "/confirm", "/drop", "/find", "/unknown", "/page", "/ping")


@pytest.mark.parametrize("path", DESK_VERBS)
def test_billing_can_only_resolve(path: str, vault: Vault) -> None:
    with pytest.raises(NotAllowed):
        vault.answer(path, BILLING, {}, now=NOW)


def test_the_desk_resolves_nothing(vault: Vault) -> None:
    asked = {"code": new_code(), "actor": "staff:1"}
    key = vault.answer("/reserve", DESK, asked, now=NOW)["key"]
    why = {"key": key, "actor": "staff:1", "reason": "Lasku"}

    with pytest.raises(NotAllowed):
        vault.answer("/resolve", DESK, why, now=NOW)
    assert vault.answer("/resolve", BILLING, why, now=NOW) == {"code": asked["code"]}


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/reserve", {}),
        ("/reserve", {"code": "not a code", "actor": "staff:1"}),
        ("/reserve", {"code": 5, "actor": "staff:1"}),
        ("/reserve", {"code": "170580-900X"}),
        ("/reserve", {"code": "170580-900X", "actor": "Aino Vesi"}),
        ("/find", {"code": "19580517-1234"}),
        ("/confirm", {}),
        ("/confirm", {"keys": ["x"]}),
        ("/confirm", {"keys": ["0" * 32] * 501}),
        ("/drop", {"keys": [], "actor": "job", "reason": "x" * 201}),
        ("/drop", {"keys": [], "actor": "job", "reason": "oli 170580-900x"}),
        ("/page", {"after": 7}),
    ],
)
def test_what_has_another_form_is_refused(
    path: str, asked: dict[str, Any], vault: Vault
) -> None:
    with pytest.raises(BadRequest):
        vault.answer(path, DESK, asked, now=NOW)


@pytest.mark.parametrize("reason", [None, "", "170580-900X"])
def test_a_code_is_resolved_for_a_reason_only(reason: str | None, vault: Vault) -> None:
    asked = {"key": "0" * 32, "actor": "staff:1", "reason": reason}
    with pytest.raises(BadRequest):
        vault.answer("/resolve", BILLING, asked, now=NOW)


def test_there_are_no_other_verbs(vault: Vault) -> None:
    with pytest.raises(NoSuchVerb):
        vault.answer("/dump", DESK, {}, now=NOW)


def test_an_account_has_its_share_of_questions(vault: Vault) -> None:
    """Keeping tells whether a code was known, so it counts as finding."""
    asked = {"code": new_code(), "actor": "staff:1"}
    for path in ("/find", "/reserve", "/find"):
        vault.answer(path, DESK, asked, now=NOW)
    with pytest.raises(TooOften) as refused:
        vault.answer("/reserve", DESK, asked, now=NOW + 20)
    assert refused.value.wait == 40
    assert vault.answer("/find", DESK, asked, now=NOW + 60)


def test_resolving_has_a_share_of_its_own_by_the_hour(vault: Vault) -> None:
    asked = {"code": new_code(), "actor": "staff:1"}
    key = vault.answer("/reserve", DESK, asked, now=NOW)["key"]
    why = {"key": key, "actor": "staff:1", "reason": "Lasku"}
    for _ in range(2):
        vault.answer("/resolve", BILLING, why, now=NOW)
    with pytest.raises(TooOften):
        vault.answer("/resolve", BILLING, why, now=NOW + 3599)
    assert vault.answer("/resolve", BILLING, why, now=NOW + 3600)


def test_one_account_does_not_use_up_another_s_share() -> None:
    limit = Limit(1, 60)
    limit.count("desk", now=NOW)
    limit.count("other", now=NOW)
    with pytest.raises(TooOften):
        limit.count("desk", now=NOW)

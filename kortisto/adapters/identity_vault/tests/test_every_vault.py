"""What every identity vault promises: the twin in memory as well as the service."""

import pytest

from kortisto.core.failures import AdapterError
from kortisto.domain.patrons.ports import IdentityVault, KeptKey
from kortisto.testing.identity_codes import new_code

ACTOR, NOBODYS = "staff:12", "0" * 32


def keys_of(vault: IdentityVault, *, only_pending: bool = False) -> list[KeptKey]:
    found: list[KeptKey] = []
    while page := vault.page(
        after=found[-1].key if found else "", only_pending=only_pending
    ):
        found += page
    return found


def test_a_code_gets_one_key_which_becomes_known(each_vault: IdentityVault) -> None:
    code = new_code()
    assert each_vault.find(code) is None

    first = each_vault.reserve(code, actor=ACTOR)
    assert KeptKey(first.key, pending=True) in keys_of(each_vault, only_pending=True)
    each_vault.confirm([first.key, NOBODYS])
    again = each_vault.reserve(code, actor=ACTOR)

    assert (first.known, again.known) == (False, True)
    assert first.key == again.key == each_vault.find(code)
    assert KeptKey(first.key, pending=False) in keys_of(each_vault)
    assert first.key not in {k.key for k in keys_of(each_vault, only_pending=True)}


def test_a_code_is_resolved_by_its_key(each_vault: IdentityVault) -> None:
    code = new_code()
    key = each_vault.reserve(code, actor=ACTOR).key

    assert each_vault.resolve(key, actor=ACTOR, reason="Lasku 113") == code
    with pytest.raises(AdapterError) as failed:
        each_vault.resolve(NOBODYS, actor=ACTOR, reason="Lasku 113")
    assert failed.value.permanent


def test_what_is_reserved_just_now_is_dropped_by_nobody(
    each_vault: IdentityVault,
) -> None:
    code = new_code()
    key = each_vault.reserve(code, actor=ACTOR).key

    gone = each_vault.drop([key, NOBODYS], actor="job", reason="nobody uses it")

    assert gone == frozenset()
    assert each_vault.find(code) == key


def test_unknown_keys_are_told_from_known_ones(each_vault: IdentityVault) -> None:
    key = each_vault.reserve(new_code(), actor=ACTOR).key
    assert each_vault.unknown([key, NOBODYS]) == {NOBODYS}
    assert each_vault.unknown([]) == frozenset()
    each_vault.ping()
    assert each_vault.is_set_up

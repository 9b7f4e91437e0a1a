"""How PINs are kept: lightly, apart from passwords, and renewed when they are not."""

import pytest
from django.contrib.auth.hashers import identify_hasher, make_password
from pytest_django import Settings

from kortisto.core.actors import Actor, ActorKind, Channel
from kortisto.domain.patrons.actions.pin import LogInFailed, check_pin, set_pin
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.pin_hashes import PinHasher, hashed, matches
from kortisto.testing.builders import MONDAY_NOON, card_of, desk, make_patron

PIN = "8264"
WEB = Actor(kind=ActorKind.PATRON, channel=Channel.WEB)
OWASP = "$argon2id$v=19$m=19456,t=2,p=1$"


@pytest.fixture(autouse=True)
def as_in_production(settings: Settings) -> None:
    own = f"{PinHasher.__module__}.{PinHasher.__qualname__}"
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.Argon2PasswordHasher",
        own,
    ]
    settings.PIN_HASHER = PinHasher.algorithm


def kept(patron: Patron) -> str:
    patron.refresh_from_db()
    return patron.pin_hash


def test_a_pin_is_kept_lightly_and_a_password_is_not() -> None:
    pin, password = hashed(PIN), make_password("kirjat ovat ystäviä")
    assert pin.startswith(f"argon2pin{OWASP}")
    assert matches(PIN, pin)
    assert not matches("8265", pin)
    assert identify_hasher(password).algorithm == "argon2"
    assert OWASP not in password


def test_a_right_pin_renews_only_a_hash_of_another_kind() -> None:
    renewed: list[str] = []
    assert matches(PIN, hashed(PIN), renew=renewed.append)
    assert not matches("8265", make_password(PIN), renew=renewed.append)
    assert renewed == []

    assert matches(PIN, make_password(PIN), renew=renewed.append)
    assert [matches(PIN, one) for one in renewed] == [True]


@pytest.mark.django_db
def test_a_patron_with_an_older_hash_gets_a_new_one_at_the_next_right_pin() -> None:
    patron = make_patron(pin_hash=make_password(PIN))
    before = patron.pin_hash

    with pytest.raises(LogInFailed):
        check_pin(card_of(patron), "8265", by=WEB, now=MONDAY_NOON)
    assert kept(patron) == before

    check_pin(card_of(patron), PIN, by=WEB, now=MONDAY_NOON)
    after = kept(patron)
    assert after.startswith(f"argon2pin{OWASP}")
    assert patron.session_epoch == 0  # nobody is logged out by it

    check_pin(card_of(patron), PIN, by=WEB, now=MONDAY_NOON)
    assert kept(patron) == after


@pytest.mark.django_db
def test_a_new_pin_is_kept_lightly_at_once() -> None:
    patron = make_patron()
    set_pin(patron.pk, PIN, by=desk(), now=MONDAY_NOON)
    assert kept(patron).startswith(f"argon2pin{OWASP}")

"""Behind a proxy the client is who the proxy names, and nobody who names themselves."""

from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client, override_settings

from kortisto.config.proxies import client_address, networks

PROXY = "10.0.0.1"
OURS = networks("10.0.0.1, 192.168.4.0/24,2001:db8::/32")
CLIENT = "203.0.113.5"


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        (CLIENT, "", CLIENT),
        (PROXY, CLIENT, CLIENT),
        (PROXY, f"{CLIENT}, 192.168.4.9", CLIENT),  # through two of ours
        ("2001:db8::1", "2a00:1450::9", "2a00:1450::9"),
        ("::ffff:10.0.0.1", CLIENT, CLIENT),  # one socket for both kinds of address
        (PROXY, f"{CLIENT}:51234", CLIENT),
        (PROXY, "[2a00:1450::9]:443", "2a00:1450::9"),
        (PROXY, "192.168.4.7", "192.168.4.7"),  # somebody at the proxies' own network
    ],
)
def test_the_client_is_the_nearest_that_is_not_ours(
    remote: str, forwarded: str, client: str
) -> None:
    assert client_address(remote, forwarded, trusted=OURS) == client


@pytest.mark.parametrize(
    ("remote", "forwarded", "client"),
    [
        (CLIENT, "198.51.100.1", CLIENT),  # a stranger is no proxy
        (CLIENT, f"198.51.100.1, {PROXY}", CLIENT),
        (PROXY, f"198.51.100.1, {CLIENT}", CLIENT),  # the left was there before
        (PROXY, f"198.51.100.1, {PROXY}, {CLIENT}", CLIENT),
        (PROXY, f"198.51.100.1,,{CLIENT}, 192.168.4.9", CLIENT),
        (PROXY, "unknown", PROXY),
        (PROXY, "198.51.100.1, <script>", PROXY),
        (PROXY, "198.51.100.1, ", PROXY),
        (PROXY, "", PROXY),
        ("", "198.51.100.1", ""),  # a socket file: nobody is known
    ],
)
def test_what_a_client_writes_itself_is_not_believed(
    remote: str, forwarded: str, client: str
) -> None:
    assert client_address(remote, forwarded, trusted=OURS) == client


def test_without_trusted_proxies_nobody_is_believed() -> None:
    assert networks("") == ()
    assert settings.TRUSTED_PROXIES == ()
    assert client_address(PROXY, CLIENT, trusted=()) == PROXY


@pytest.mark.parametrize("text", ["proxy.example", "10.0.0.0/40", "10.0.0.1/24"])
def test_what_is_no_network_is_told_at_the_start(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="KORTISTO_TRUSTED_PROXIES"):
        networks(text)


def wrong(client: Client, *, forwarded: str, **sent: Any) -> int:
    told = {"card": "NOBODY", "pin": "9999"}
    return client.post(
        "/login/", told, headers={"X-Forwarded-For": forwarded}, **sent
    ).status_code


@pytest.mark.django_db
def test_one_who_guesses_behind_the_proxy_closes_the_log_in_for_nobody_else() -> None:
    with override_settings(TRUSTED_PROXIES=OURS, **settings.PUBLIC_SITE):
        visitor = Client(REMOTE_ADDR=PROXY)
        guesses = [
            wrong(visitor, forwarded=f"198.51.100.{made_up}, {CLIENT}")
            for made_up in range(21)
        ]
        assert guesses == [422] * 20 + [429]
        assert wrong(visitor, forwarded="203.0.113.6") == 422


@pytest.mark.django_db
def test_one_who_makes_addresses_up_without_a_proxy_is_one_all_the_same() -> None:
    for trusted in ((), OURS):
        source = f"203.0.113.{len(trusted)}"
        with override_settings(TRUSTED_PROXIES=trusted, **settings.PUBLIC_SITE):
            visitor = Client(REMOTE_ADDR=source)
            guesses = [
                wrong(visitor, forwarded=f"198.51.100.{made_up}")
                for made_up in range(21)
            ]
        assert guesses[-1] == 429

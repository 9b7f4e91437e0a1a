"""Tokens of a provider that lies, one lie at a time: none is believed."""

import hmac
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from kortisto.core.failures import AdapterError
from kortisto.core.openid_connect import flow
from kortisto.core.openid_connect.fetching import fetch_json
from kortisto.core.openid_connect.flow import Begun, Flow, Registration, TurnedBack

ISSUER = "https://login.example/tenant"
OURS = Registration(issuer=ISSUER, client_id="kortisto", client_secret="s/e c:r")
BACK = "https://staff.example/login/with/back/"
KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "one"})

A_DAY = 86_400  # seconds; a run of the tests takes less
Claims = dict[str, Any]


class Provider:
    """Answers as the network would; ``token`` is made of the claims and the key."""

    def __init__(self) -> None:
        self.claims: Claims = {}
        self.sign: Callable[[Claims], str] = signed
        self.keys = KeySet([KEY])
        self.issuer = ISSUER
        self.forms: list[dict[str, str]] = []
        self.headers: dict[str, str] = {}

    def fetch(self, url: str, **how: Any) -> dict[str, Any]:
        if url.endswith("/openid-configuration"):
            return {
                "issuer": self.issuer,
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "jwks_uri": f"{ISSUER}/keys",
            }
        if url.endswith("/keys"):
            return dict(self.keys.as_dict(private=False))
        self.forms.append(how["form"])
        self.headers = how["headers"]
        return {"id_token": self.sign(self.claims)}


def signed(claims: Claims, key: RSAKey = KEY) -> str:
    return jwt.encode({"alg": "RS256", "kid": "one"}, claims, key)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    made = Provider()
    monkeypatch.setattr(flow, "fetch_json", made.fetch)
    return made


def begin(provider: Provider) -> tuple[Flow, Begun]:
    ours = Flow(OURS)
    begun = ours.begin(return_to=BACK, more={"prompt": "login"})
    now = int(time.time())
    provider.claims = {
        "iss": ISSUER,
        "aud": "kortisto",
        "sub": "subject-1",
        "nonce": begun.kept["nonce"],
        "iat": now,
        "exp": now + 300,
    }
    return ours, begun


def come_back(ours: Flow, begun: Begun, **more: str) -> Claims:
    answer = {"state": begun.kept["state"], "code": "code", **more}
    return ours.finish(begun.kept, answer, return_to=BACK)


def test_a_true_token_is_believed_and_we_say_who_we_are(provider: Provider) -> None:
    ours, begun = begin(provider)

    assert come_back(ours, begun)["sub"] == "subject-1"

    assert "code_challenge_method=S256" in begun.address
    assert "prompt=login" in begun.address
    assert provider.forms[0]["code_verifier"] == begun.kept["verifier"]
    assert begun.kept["verifier"] not in begun.address
    assert provider.headers["Authorization"] == "Basic a29ydGlzdG86cyUyRmUlMjBjJTNBcg=="


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"nonce": "of another log-in"},
        {"exp": int(time.time()) - A_DAY},
        {"iat": int(time.time()) + A_DAY},
        {"azp": "another-client"},
        {"sub": None},
        {"exp": None},
        {"nonce": None},
    ],
)
def test_each_lie_alone_is_found_out(provider: Provider, lie: Claims) -> None:
    ours, begun = begin(provider)
    provider.claims = {
        name: value
        for name, value in {**provider.claims, **lie}.items()
        if value is not None
    }

    with pytest.raises(AdapterError, match="sign-in service"):
        come_back(ours, begun)


def by_nobody(claims: Claims) -> str:
    head, body, _sign = signed(claims).split(".")
    del head
    return f"eyJhbGciOiJub25lIn0.{body}."


def by_another_key(claims: Claims) -> str:
    return signed(claims, OTHER)


def by_the_public_key_as_a_secret(claims: Claims) -> str:
    _head, body, _sign = signed(claims).split(".")
    head = urlsafe_b64encode(b'{"alg":"HS256"}').rstrip(b"=").decode()
    said = f"{head}.{body}"
    sealed = hmac.digest(KEY.as_pem(private=False), said.encode(), "sha256")
    return f"{said}.{urlsafe_b64encode(sealed).rstrip(b'=').decode()}"


def by_hand(_claims: Claims) -> str:
    return "not.a.token"


@pytest.mark.parametrize(
    "sign", [by_nobody, by_another_key, by_the_public_key_as_a_secret, by_hand]
)
def test_a_token_that_the_provider_did_not_sign_is_worth_nothing(
    provider: Provider, sign: Callable[[Claims], str]
) -> None:
    ours, begun = begin(provider)
    provider.sign = sign

    with pytest.raises(AdapterError, match="is not to be trusted"):
        come_back(ours, begun)


def test_a_provider_may_change_its_keys_at_any_time(provider: Provider) -> None:
    ours, begun = begin(provider)
    come_back(ours, begun)
    provider.keys, provider.sign = KeySet([OTHER]), by_another_key

    assert come_back(ours, begun)["sub"] == "subject-1"


def test_an_answer_of_another_log_in_or_issuer_asks_the_provider_nothing(
    provider: Provider,
) -> None:
    ours, begun = begin(provider)

    for more in ({"state": "another"}, {"state": ""}, {"iss": "https://evil.example"}):
        with pytest.raises(AdapterError):
            come_back(ours, begun, **more)
    assert provider.forms == []


def test_who_turns_back_is_nobody(provider: Provider) -> None:
    ours, begun = begin(provider)

    with pytest.raises(TurnedBack):
        come_back(ours, begun, error="access_denied")


def test_a_provider_that_describes_somebody_else_is_not_used(
    provider: Provider,
) -> None:
    provider.issuer = "https://evil.example"

    with pytest.raises(AdapterError, match="describes somebody else"):
        Flow(OURS).begin(return_to=BACK, more={})


@pytest.mark.parametrize("url", ["http://login.example/x", "ftp://localhost/x", "x"])
def test_a_provider_is_asked_over_https_only(url: str) -> None:
    with pytest.raises(AdapterError, match="not one of https"):
        fetch_json(url, timeout=1)

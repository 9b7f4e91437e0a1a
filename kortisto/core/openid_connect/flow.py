"""The authorization code flow with PKCE, and nothing taken on trust.

The browser brings a code back; the token that it is changed into is fetched by us, and
must be signed by the provider, for us, for this very log-in, and not too long ago.
"""

import hashlib
import hmac
import secrets
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote, urlencode

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from kortisto.core.failures import AdapterError
from kortisto.core.openid_connect.fetching import fetch_json
from kortisto.core.openid_connect.own_key import assertion, opened

SIGNED_BY: Final = ["RS256", "PS256", "ES256"]
DENIED: Final = "access_denied"  # the person did not want to
LEEWAY: Final = 60  # seconds by which clocks may differ
DESCRIBED_FOR: Final = 600.0  # seconds for which what a provider says of itself holds
WELL_KNOWN: Final = "/.well-known/openid-configuration"


class TurnedBack(Exception):
    """The person did not go on, or may not."""


@dataclass(frozen=True, slots=True)
class Begun:
    """Where the browser goes now, and what is kept until it comes back."""

    address: str
    kept: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """How a provider knows us. ``issuer`` has no slash at its end.

    ``private_key`` (PEM) is ours: with it we say who we are (private_key_jwt), and
    open what is sealed for us. Without it the secret is sent.
    """

    issuer: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    private_key: str = field(default="", repr=False)
    scope: str = "openid"
    timeout: float = 10.0  # seconds without a byte; a person waits


class Flow:
    """Log-ins at one provider."""

    def __init__(
        self, ours: Registration, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._ours = ours
        self._clock = clock
        self._described: tuple[float, dict[str, Any]] = (0.0, {})

    def begin(self, *, return_to: str, more: Mapping[str, str]) -> Begun:
        """``more`` goes into the question: a language, how to ask the person."""
        state, nonce, verifier = (secrets.token_urlsafe(32) for _each in range(3))
        asked = {
            "response_type": "code",
            "client_id": self._ours.client_id,
            "redirect_uri": return_to,
            "scope": self._ours.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
            **more,
        }
        address = f"{self._said('authorization_endpoint')}?{urlencode(asked)}"
        return Begun(address, {"state": state, "nonce": nonce, "verifier": verifier})

    def finish(
        self, kept: Mapping[str, str], answer: Mapping[str, str], *, return_to: str
    ) -> dict[str, Any]:
        """The claims of whoever logged in. Raises AdapterError and TurnedBack."""
        self._is_ours(kept, answer)
        if answer.get("error") == DENIED:
            raise TurnedBack
        if "error" in answer:
            message = "the sign-in service could not let anybody in"
            raise AdapterError(message, permanent=False)
        tokens = fetch_json(
            self._said("token_endpoint"),
            form={
                "grant_type": "authorization_code",
                "code": answer.get("code", ""),
                "redirect_uri": return_to,
                "code_verifier": kept["verifier"],
                **self._assertion(),
            },
            headers=self._secret(),
            timeout=self._ours.timeout,
        )
        return self._claims(str(tokens.get("id_token", "")), nonce=kept["nonce"])

    def _is_ours(self, kept: Mapping[str, str], answer: Mapping[str, str]) -> None:
        """The answer belongs to what this browser began, and is of this provider."""
        state = kept.get("state", "")
        if not state or not hmac.compare_digest(state, answer.get("state", "")):
            raise untrue("belongs to no log-in that was begun")
        if answer.get("iss", self._ours.issuer).rstrip("/") != self._ours.issuer:
            raise untrue("comes from somebody else")

    def _claims(self, token: str, *, nonce: str) -> dict[str, Any]:
        """What the token says, once it has been found to be true.

        Its keys are asked for each time, so that the provider may change them.
        """
        ours = self._ours
        wanted = jwt.JWTClaimsRegistry(
            now=int(self._clock()),
            leeway=LEEWAY,
            iss={"essential": True, "values": [ours.issuer, f"{ours.issuer}/"]},
            aud={"essential": True, "value": ours.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        found = fetch_json(self._said("jwks_uri"), timeout=ours.timeout)
        try:
            keys = KeySet.import_key_set(found)  # type: ignore[arg-type, unused-ignore]
            signed = opened(token, ours.private_key)
            read = jwt.decode(signed, keys, algorithms=SIGNED_BY)
            wanted.validate(read.claims)
        except (JoseError, ValueError, KeyError) as error:
            message = f"is not to be trusted: {type(error).__name__}"
            raise untrue(message) from None
        claims: dict[str, Any] = read.claims
        if claims.get("azp", ours.client_id) != ours.client_id:
            raise untrue("was meant for somebody else")
        return claims

    def _secret(self) -> dict[str, str]:
        """Who we are, by a secret; each part is quoted first (RFC 6749, 2.3.1)."""
        ours = self._ours
        if ours.private_key:
            return {}
        pair = f"{quote(ours.client_id, safe='')}:{quote(ours.client_secret, safe='')}"
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def _assertion(self) -> dict[str, str]:
        ours = self._ours
        if not ours.private_key:
            return {}
        to, now = self._said("token_endpoint"), int(self._clock())
        return assertion(ours.client_id, ours.private_key, to=to, now=now)

    def _said(self, name: str) -> str:
        """What the provider says of itself, asked again after ten minutes."""
        asked_at, said = self._described
        if not said or self._clock() - asked_at > DESCRIBED_FOR:
            said = fetch_json(
                self._ours.issuer + WELL_KNOWN, timeout=self._ours.timeout
            )
            if str(said.get("issuer", "")).rstrip("/") != self._ours.issuer:
                raise untrue("describes somebody else")
            self._described = (self._clock(), said)
        value = said.get(name)
        if not isinstance(value, str):
            raise untrue(f"does not say its {name}")
        return value


def untrue(what: str) -> AdapterError:
    return AdapterError(f"an answer of the sign-in service {what}", permanent=True)


def challenge_of(verifier: str) -> str:
    """What stands for the verifier in the first request (RFC 7636)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()

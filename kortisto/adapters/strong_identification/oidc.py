"""OpenID Connect: the authorization code flow with PKCE, and nothing taken on trust.

The browser brings a code back; the token that it is changed into is fetched by us,
must be signed by the provider for us and for this very log-in, and strong enough.
"""

import hashlib
import hmac
import os
import secrets
import time
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote, urlencode

from joserfc import jwe, jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey
from typing_extensions import override

from kortisto.adapters.strong_identification.fetching import fetch_json
from kortisto.adapters.strong_identification.provider import Provider, provider_of
from kortisto.core.failures import AdapterError
from kortisto.domain.patrons.identified import (
    Begun,
    IdentifiedPerson,
    StrongIdentification,
    TurnedBack,
)

SIGNED_BY: Final = ["RS256", "PS256", "ES256"]
SEALED_BY: Final = ["RSA-OAEP", "RSA-OAEP-256", "A128CBC-HS256", "A256CBC-HS512"]
SEALED_BY_GCM: Final = ["A128GCM", "A256GCM"]
PARTS_OF_SEALED: Final = 5  # a signed token has three
DENIED: Final = "access_denied"  # the person did not want to
LEEWAY: Final = 60  # seconds by which clocks may differ
ASSERTION: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
ASSERTED_FOR: Final = 60  # seconds
DESCRIBED_FOR: Final = 600.0  # seconds for which what a provider says of itself holds
WELL_KNOWN: Final = "/.well-known/openid-configuration"


class OidcIdentification(StrongIdentification):
    """One provider, by one registration of ours with it."""

    def __init__(
        self, provider: Provider, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._provider = provider
        self._clock = clock
        self._described: tuple[float, dict[str, Any]] = (0.0, {})

    @property
    @override
    def is_set_up(self) -> bool:
        return bool(self._provider.issuer and self._provider.client_id)

    @override
    def begin(self, *, return_to: str, language: str) -> Begun:
        state, nonce, verifier = (secrets.token_urlsafe(32) for _each in range(3))
        asked = {
            "response_type": "code",
            "client_id": self._provider.client_id,
            "redirect_uri": return_to,
            "scope": self._provider.scope,
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge_of(verifier),
            "code_challenge_method": "S256",
            "acr_values": " ".join(self._provider.levels),
            "ui_locales": language,
        }
        address = f"{self._said('authorization_endpoint')}?{urlencode(asked)}"
        return Begun(address, {"state": state, "nonce": nonce, "verifier": verifier})

    @override
    def finish(
        self, kept: Mapping[str, str], answer: Mapping[str, str], *, return_to: str
    ) -> IdentifiedPerson:
        self._is_ours(kept, answer)
        if answer.get("error") == DENIED:
            raise TurnedBack
        if "error" in answer:
            message = "the identification service could not identify anybody"
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
            timeout=self._provider.timeout,
        )
        claims = self._claims(str(tokens.get("id_token", "")), nonce=kept["nonce"])
        if claims.get("acr") not in self._provider.levels:
            raise TurnedBack
        return IdentifiedPerson(
            code=told(claims, self._provider.code_claim),
            surname=told(claims, "family_name"),
            first_names=told(claims, "given_name"),
        )

    def _is_ours(self, kept: Mapping[str, str], answer: Mapping[str, str]) -> None:
        """The answer belongs to what this browser began, and is of this provider."""
        state = kept.get("state", "")
        if not state or not hmac.compare_digest(state, answer.get("state", "")):
            raise untrue("belongs to no identification that was begun")
        if (
            answer.get("iss", self._provider.issuer).rstrip("/")
            != self._provider.issuer
        ):
            raise untrue("comes from somebody else")

    def _claims(self, token: str, *, nonce: str) -> dict[str, Any]:
        """What the token says, once it has been found to be true."""
        provider = self._provider
        wanted = jwt.JWTClaimsRegistry(
            now=int(self._clock()),
            leeway=LEEWAY,
            iss={"essential": True, "values": [provider.issuer, f"{provider.issuer}/"]},
            aud={"essential": True, "value": provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        try:
            read = jwt.decode(self._opened(token), self._keys(), algorithms=SIGNED_BY)
            wanted.validate(read.claims)
        except (JoseError, ValueError) as error:
            message = f"is not to be trusted: {type(error).__name__}"
            raise untrue(message) from None
        claims: dict[str, Any] = read.claims
        return claims

    def _opened(self, token: str) -> str:
        if token.count(".") + 1 != PARTS_OF_SEALED:
            return token
        key = RSAKey.import_key(self._provider.private_key)
        allowed = [*SEALED_BY, *SEALED_BY_GCM]
        opened = jwe.decrypt_compact(token, key, algorithms=allowed).plaintext
        return (opened or b"").decode()

    def _keys(self) -> KeySet:
        found = fetch_json(self._said("jwks_uri"), timeout=self._provider.timeout)
        return KeySet.import_key_set(found)  # type: ignore[arg-type, unused-ignore]

    def _secret(self) -> dict[str, str]:
        """Who we are, by a secret; each part is quoted first (RFC 6749, 2.3.1)."""
        provider = self._provider
        if provider.private_key:
            return {}
        pair = f"{quote(provider.client_id)}:{quote(provider.client_secret)}"
        return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}

    def _assertion(self) -> dict[str, str]:
        """Who we are, by our signature (RFC 7523)."""
        provider = self._provider
        if not provider.private_key:
            return {}
        now = int(self._clock())
        claims = {
            "iss": provider.client_id,
            "sub": provider.client_id,
            "aud": self._said("token_endpoint"),
            "jti": secrets.token_urlsafe(16),
            "iat": now,
            "exp": now + ASSERTED_FOR,
        }
        key = RSAKey.import_key(provider.private_key)
        header = {"alg": "RS256", "kid": key.thumbprint()}
        signed = jwt.encode(header, claims, key)
        return {"client_assertion_type": ASSERTION, "client_assertion": signed}

    def _said(self, name: str) -> str:
        """What the provider says of itself, asked again after ten minutes."""
        asked_at, said = self._described
        if not said or self._clock() - asked_at > DESCRIBED_FOR:
            url = self._provider.issuer + WELL_KNOWN
            said = fetch_json(url, timeout=self._provider.timeout)
            if str(said.get("issuer", "")).rstrip("/") != self._provider.issuer:
                raise untrue("describes somebody else")
            self._described = (self._clock(), said)
        value = said.get(name)
        if not isinstance(value, str):
            raise untrue(f"does not say its {name}")
        return value


def told(claims: Mapping[str, Any], name: str) -> str:
    """What a claim says of the person. Raises AdapterError when it says nothing."""
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise untrue("does not tell who the person is")
    return value


def untrue(what: str) -> AdapterError:
    return AdapterError(f"an answer of identification {what}", permanent=True)


def challenge_of(verifier: str) -> str:
    """What stands for the verifier in the first request (RFC 7636)."""
    digest = hashlib.sha256(verifier.encode()).digest()
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def identification_of_the_environment() -> OidcIdentification:
    return OidcIdentification(provider_of(os.environ))

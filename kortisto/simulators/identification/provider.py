"""The provider itself: who may ask, who has chosen to be whom, which codes are good."""

import hashlib
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from kortisto.simulators.identification.tokens import (
    claims_of,
    encoded,
    new_key,
    sealed,
    signed,
)
from kortisto.simulators.population_register.people import Somebody

CLIENT: Final = "kirjasto"
SECRET: Final = "salasana"  # noqa: S105 - of a game
HIGH: Final = "http://ftn.ficora.fi/2017/loa3"
CODE: Final = "urn:oid:1.2.246.21"
GOOD_FOR: Final = 60  # seconds for which a code is good, and a token


class Refused(Exception):
    """Who asks for a token has no right to it; the word is OAuth's."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request to identify somebody."""

    redirect_uri: str
    state: str
    nonce: str
    challenge: str


@dataclass
class Provider:
    """``client_key``: who asks must sign with it, and gets tokens sealed for it."""

    people: list[Somebody]
    issuer: str = ""
    client_key: RSAPublicKey | None = None
    level: str = HIGH
    clock: Callable[[], float] = time.time
    key: RSAPrivateKey = field(default_factory=new_key)
    codes: dict[str, tuple[Asked, Somebody]] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)  # claims to tell wrongly

    def chosen(self, asked: Asked, code: str) -> str:
        """A code for who has chosen to be somebody. Raises KeyError."""
        people = {one.code: one for one in self.people}
        made = secrets.token_urlsafe(24)
        self.codes[made] = (asked, people[code])
        return made

    def token_for(self, form: Mapping[str, str]) -> str:
        """The token for a code, which is good once. Raises Refused."""
        asked, person = self.codes.pop(form.get("code", ""), (None, None))
        if asked is None or person is None:
            raise Refused("invalid_grant")
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        if encoded(verifier) != asked.challenge:
            raise Refused("invalid_grant")
        if form.get("redirect_uri") != asked.redirect_uri:
            raise Refused("invalid_grant")
        now = int(self.clock())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": hashlib.sha256(person.code.encode()).hexdigest(),
            "iat": now,
            "exp": now + GOOD_FOR,
            "nonce": asked.nonce,
            "acr": self.level,
            "family_name": person.surname,
            "given_name": person.first_names,
            CODE: person.code,
            **self.changes,
        }
        token = signed(claims, self.key)
        return token if self.client_key is None else sealed(token, self.client_key)

    def knows(self, basic: str, form: Mapping[str, str]) -> bool:
        """Whether it is the library that asks: by its secret, or by its signature."""
        if self.client_key is None:
            return secrets.compare_digest(basic, f"{CLIENT}:{SECRET}")
        said = claims_of(form.get("client_assertion", ""), self.client_key)
        return (
            said is not None
            and said["iss"] == said["sub"] == CLIENT
            and said["aud"] == f"{self.issuer}/token"
            and said["exp"] > self.clock()
        )

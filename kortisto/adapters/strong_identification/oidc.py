"""Strong identification by OpenID Connect: a log-in that must be strong enough."""

import os
import time
from collections.abc import Callable, Mapping
from typing import Any

from typing_extensions import override

from kortisto.adapters.strong_identification.provider import Provider, provider_of
from kortisto.core.openid_connect.flow import Begun, Flow, TurnedBack, untrue
from kortisto.domain.patrons.identified import IdentifiedPerson, StrongIdentification


class OidcIdentification(StrongIdentification):
    """One provider, by one registration of ours with it."""

    def __init__(
        self, provider: Provider, *, clock: Callable[[], float] = time.time
    ) -> None:
        self._provider = provider
        self._flow = Flow(provider.ours, clock=clock)

    @property
    @override
    def is_set_up(self) -> bool:
        return bool(self._provider.ours.issuer and self._provider.ours.client_id)

    @override
    def begin(self, *, return_to: str, language: str) -> Begun:
        levels = " ".join(self._provider.levels)
        more = {"acr_values": levels, "ui_locales": language}
        return self._flow.begin(return_to=return_to, more=more)

    @override
    def finish(
        self, kept: Mapping[str, str], answer: Mapping[str, str], *, return_to: str
    ) -> IdentifiedPerson:
        claims = self._flow.finish(kept, answer, return_to=return_to)
        if claims.get("acr") not in self._provider.levels:
            raise TurnedBack
        return IdentifiedPerson(
            code=told(claims, self._provider.code_claim),
            surname=told(claims, "family_name"),
            first_names=told(claims, "given_name"),
        )


def told(claims: Mapping[str, Any], name: str) -> str:
    """What a claim says of the person. Raises AdapterError when it says nothing."""
    value = claims.get(name)
    if not isinstance(value, str) or not value:
        raise untrue("does not tell who the person is")
    return value


def identification_of_the_environment() -> OidcIdentification:
    return OidcIdentification(provider_of(os.environ))

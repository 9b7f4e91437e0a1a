"""The services of a file: one for each municipality whose accounts are used."""

import os
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.core.exceptions import ImproperlyConfigured
from typing_extensions import override

from kortisto.core.openid_connect.flow import Begun, Flow, Registration
from kortisto.domain.org.ports import SignedIn, SignInService, StaffSignIn

VARIABLE: Final = "KORTISTO_SIGN_IN_FILE"
NEEDED: Final = frozenset({"name", "issuer", "client_id", "client_secret_file"})
POSSIBLE: Final = NEEDED | {"second_factor", "prompt"}
LOG_IN: Final = "login"  # at a shared desk nobody goes on as the person before


@dataclass(frozen=True, slots=True)
class Service:
    """One provider. ``second_factor``: it always asks for one, so we need not."""

    told: SignInService
    ours: Registration
    flow: Flow
    second_factor: bool
    prompt: str


class OpenIdSignIn(StaffSignIn):
    def __init__(self, services: Mapping[str, Service]) -> None:
        self._services = services

    @override
    def services(self) -> Sequence[SignInService]:
        return [one.told for one in self._services.values()]

    @override
    def begin(self, code: str, *, return_to: str, language: str) -> Begun:
        service = self._services[code]
        more = {"ui_locales": language}
        if service.prompt:
            more["prompt"] = service.prompt
        return service.flow.begin(return_to=return_to, more=more)

    @override
    def finish(
        self,
        code: str,
        kept: Mapping[str, str],
        answer: Mapping[str, str],
        *,
        return_to: str,
    ) -> SignedIn:
        service = self._services[code]
        claims = service.flow.finish(kept, answer, return_to=return_to)
        asked = claims.get("amr")
        strong = isinstance(asked, list) and "mfa" in asked
        return SignedIn(
            issuer=service.ours.issuer,
            subject=str(claims["sub"]),
            strong=service.second_factor or strong,
        )


def sign_in_of_the_environment() -> OpenIdSignIn:
    """As the file says; none without a file. Raises ImproperlyConfigured."""
    path = os.environ.get(VARIABLE)
    return OpenIdSignIn(read(Path(path)) if path else {})


def read(path: Path) -> dict[str, Service]:
    try:
        told = tomllib.loads(path.read_text("utf-8"))
        return {code: _service(code, values) for code, values in told.items()}
    except (OSError, ValueError, TypeError) as error:
        message = f"{VARIABLE} cannot be used: {error}"
        raise ImproperlyConfigured(message) from error


def _service(code: str, values: Mapping[str, Any]) -> Service:
    wrong = (NEEDED - values.keys()) | (values.keys() - POSSIBLE)
    if wrong:
        message = f"[{code}] lacks, or has for nothing: {', '.join(sorted(wrong))}"
        raise ValueError(message)
    ours = Registration(
        issuer=str(values["issuer"]).rstrip("/"),
        client_id=str(values["client_id"]),
        client_secret=Path(values["client_secret_file"]).read_text("utf-8").strip(),
    )
    return Service(
        told=SignInService(code, str(values["name"])),
        ours=ours,
        flow=Flow(ours),
        second_factor=values.get("second_factor") is True,
        prompt=str(values.get("prompt", LOG_IN)),
    )

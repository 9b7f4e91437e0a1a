"""How one provider of identification is used: addresses, names and secrets."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kortisto.core.openid_connect.flow import Registration

PREFIX: Final = "KORTISTO_IDENTIFICATION_"
LEVELS: Final = (
    "http://ftn.ficora.fi/2017/loa2",  # substantial
    "http://ftn.ficora.fi/2017/loa3",  # high
)
SCOPE: Final = "openid profile"
CODE: Final = "urn:oid:1.2.246.21"  # the personal identity code, as Suomi.fi names it


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """An empty issuer: there is no identification here."""

    ours: Registration
    levels: tuple[str, ...] = LEVELS
    code_claim: str = CODE


def provider_of(environment: Mapping[str, str]) -> Provider:
    """As the variables say. Raises OSError when the file of the key cannot be read."""
    given = {
        name.removeprefix(PREFIX).lower(): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and value
    }
    key_file = given.get("key_file", "")
    ours = Registration(
        issuer=given.get("issuer", "").rstrip("/"),
        client_id=given.get("client_id", ""),
        client_secret=given.get("client_secret", ""),
        private_key=Path(key_file).read_text() if key_file else "",
        scope=given.get("scope", SCOPE),
        timeout=float(given.get("timeout", "10")),
    )
    return Provider(
        ours=ours,
        levels=tuple(given.get("levels", " ".join(LEVELS)).split()),
        code_claim=given.get("code_claim", CODE),
    )

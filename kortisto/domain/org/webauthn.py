"""What a browser is asked for, and what its answer proves (WebAuthn). No database.

User verification is always required: the person's PIN or finger on their own device,
so that a passkey alone may unlock a session.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

NAME: Final = "Kortisto"
REQUIRED: Final = UserVerificationRequirement.REQUIRED


class NotProven(Exception):
    """The answer does not prove what was asked for."""


@dataclass(frozen=True, slots=True)
class Site:
    """The site that asks: its host, and the addresses at which browsers know it."""

    host: str
    origins: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """What goes to the browser, and the challenge that its answer must hold."""

    options: str  # JSON
    challenge: str  # base64url


@dataclass(frozen=True, slots=True)
class NewKey:
    credential_id: str
    public_key: bytes
    sign_count: int


def ask_for_new_key(
    site: Site, *, user: int, username: str, name: str, known: Sequence[str]
) -> Asked:
    """``known``: credential ids of keys that shall not be made a second time."""
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=NAME,
        user_id=f"staff:{user}".encode(),
        user_name=username,
        user_display_name=name,
        exclude_credentials=_descriptors(known),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=REQUIRED
        ),
    )
    return Asked(options_to_json(options), bytes_to_base64url(options.challenge))


def new_key(site: Site, answer: str, *, challenge: str) -> NewKey:
    """The key that a browser has made. Raises NotProven."""
    try:
        proven = verify_registration_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=list(site.origins),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise NotProven from error
    return NewKey(
        bytes_to_base64url(proven.credential_id),
        proven.credential_public_key,
        proven.sign_count,
    )


def ask_for_proof(site: Site, known: Sequence[str]) -> Asked:
    options = generate_authentication_options(
        rp_id=site.host,
        allow_credentials=_descriptors(known),
        user_verification=REQUIRED,
    )
    return Asked(options_to_json(options), bytes_to_base64url(options.challenge))


def proven_count(site: Site, answer: str, key: NewKey, *, challenge: str) -> int:
    """The key's new count of signatures, when the answer is its. Raises NotProven."""
    try:
        proven = verify_authentication_response(
            credential=answer,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=site.host,
            expected_origin=list(site.origins),
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError) as error:
        raise NotProven from error
    return proven.new_sign_count


def _descriptors(known: Sequence[str]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(one)) for one in known]

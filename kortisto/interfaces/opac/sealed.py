"""Who was identified, kept by their own browser until the form is sent.

A personal identity code must lie nowhere but in the identity vault: no session, no
table. So it travels sealed, in a cookie that only this site can open, only together
with the session that it was sealed for, and only for a while.
"""

import json
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import asdict
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from kortisto.domain.patrons.identified import IdentifiedPerson

COOKIE: Final = "kortisto_identified"
PATH: Final = "/register/"
GOOD_FOR: Final = 20 * 60  # seconds
NONCE: Final = 12  # bytes
PURPOSE: Final = b"kortisto: identified person"


def keep_identified(
    request: HttpRequest, response: HttpResponse, person: IdentifiedPerson
) -> None:
    """Give the browser the person, sealed for the session that it has now."""
    told = {**asdict(person), "until": time.time() + GOOD_FOR}
    nonce = secrets.token_bytes(NONCE)
    sealed = _cipher().encrypt(nonce, json.dumps(told).encode(), _session(request))
    response.set_cookie(
        COOKIE,
        urlsafe_b64encode(nonce + sealed).decode(),
        max_age=GOOD_FOR,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def identified(request: HttpRequest) -> IdentifiedPerson | None:
    """Who it is; None when nobody was identified, or too long ago."""
    try:
        kept = urlsafe_b64decode(request.COOKIES.get(COOKIE, ""))
        plain = _cipher().decrypt(kept[:NONCE], kept[NONCE:], _session(request))
    except (InvalidTag, ValueError):
        return None
    told = json.loads(plain)
    if told.pop("until") < time.time():
        return None
    return IdentifiedPerson(**told)


def forget_identified(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, path=PATH)


def _session(request: HttpRequest) -> bytes:
    return (request.session.session_key or "").encode()


def _cipher() -> AESGCM:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE)
    return AESGCM(derived.derive(settings.SECRET_KEY.encode()))

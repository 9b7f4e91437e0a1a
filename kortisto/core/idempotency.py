"""Do once what an outsider may ask for twice (design decision 8)."""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any, Final

from django.db import transaction

from kortisto.core.models import IdempotencyKey
from kortisto.core.sql import execute

Answer = Any  # whatever JSON can hold

TAKE: Final = """
    INSERT INTO idempotency_key (scope, "key", fingerprint, answer)
    VALUES (%(scope)s, %(key)s, %(fingerprint)s, %(answer)s)
    ON CONFLICT (scope, "key") DO NOTHING
"""
KEEP: Final = """
    UPDATE idempotency_key SET answer = %(answer)s
    WHERE scope = %(scope)s AND "key" = %(key)s
"""


class KeyUsedForAnotherRequest(Exception):
    """The key came before with other contents: somebody's mistake, nothing is done."""


def fingerprint(request: Mapping[str, Any]) -> str:
    """SHA-256 of the request's canonical JSON; the order of its keys is no matter."""
    text = json.dumps(request, sort_keys=True, separators=(",", ":"))
    return sha256(text.encode()).hexdigest()


@transaction.atomic
def once(
    scope: str, key: str, *, request: Mapping[str, Any], do: Callable[[], Answer]
) -> Answer:
    """Do it and keep the answer, or return the answer that was kept.

    The key is taken first, in the caller's transaction: a second request at the same
    time waits for the first to end, and finds its answer. What raises leaves no key.
    Raises KeyUsedForAnotherRequest.
    """
    asked = fingerprint(request)
    named = {"scope": scope, "key": key}
    if execute(TAKE, named | {"fingerprint": asked, "answer": {}}):
        answer = json.loads(json.dumps(do()))
        execute(KEEP, named | {"answer": json.dumps(answer)})
        return answer
    kept = IdempotencyKey.objects.get(scope=scope, key=key)
    if kept.fingerprint != asked:
        raise KeyUsedForAnotherRequest
    return kept.answer

"""Do once what an outsider may ask for twice (design decision 8)."""

import json
from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction

from kortisto.core.models import IdempotencyKey

Answer = Any  # whatever JSON can hold


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
    kept = _kept(scope, key)
    if kept is None:
        try:
            with transaction.atomic():
                row = IdempotencyKey.objects.create(
                    scope=scope, key=key, fingerprint=asked, answer={}
                )
        except IntegrityError:
            kept = IdempotencyKey.objects.get(scope=scope, key=key)
        else:
            answer = json.loads(json.dumps(do()))
            IdempotencyKey.objects.filter(pk=row.pk).update(answer=answer)
            return answer
    if kept.fingerprint != asked:
        raise KeyUsedForAnotherRequest
    return kept.answer


def _kept(scope: str, key: str) -> IdempotencyKey | None:
    return IdempotencyKey.objects.filter(scope=scope, key=key).first()

"""Passkeys: add one, prove to have one, take one away."""

import json
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.text import ControlCharacters, tidy
from kortisto.domain.org.actions.login import count_failure, refuse_locked
from kortisto.domain.org.actions.roles import require_power_over
from kortisto.domain.org.events import StaffChanged
from kortisto.domain.org.models import Passkey, Staff
from kortisto.domain.org.reasons import Reason, refused
from kortisto.domain.org.webauthn import NewKey, NotProven, Site, new_key, proven_count

LONGEST_LABEL: Final = 60


@transaction.atomic
def add_passkey(
    staff_id: int, key: NewKey, *, label: str, by: Actor, now: datetime
) -> Passkey:
    """Keep a key that ``proven_key`` has seen. One's own only."""
    if by.label != f"staff:{staff_id}":
        raise refused(Reason.KEY_NOT_PROVEN)
    try:
        called = tidy(label)[:LONGEST_LABEL] or "–"
    except ControlCharacters as unseen:
        raise refused(Reason.BAD_VALUE, why=str(unseen)) from unseen
    try:
        with transaction.atomic():
            made = Passkey.objects.create(
                staff_id=staff_id,
                label=called,
                credential_id=key.credential_id,
                public_key=key.public_key,
                sign_count=key.sign_count,
                made_at=now,
            )
    except IntegrityError as taken:
        raise refused(Reason.KEY_NOT_PROVEN) from taken
    publish(StaffChanged(staff_id=staff_id, what="passkey"), by=by, at=now)
    return made


def proven_key(site: Site, answer: str, *, challenge: str) -> NewKey:
    """The key that a browser says to have made. Refused when it cannot be believed."""
    try:
        return new_key(site, answer, challenge=challenge)
    except NotProven as error:
        raise refused(Reason.KEY_NOT_PROVEN) from error


def verify_passkey(
    staff: Staff, site: Site, answer: str, *, challenge: str, now: datetime
) -> None:
    """Accept the signature of one of the account's keys.

    Refused also counts the attempt, so call it outside a transaction.
    """
    refuse_locked(staff, now=now)
    row = Passkey.objects.filter(staff=staff, credential_id=_id_of(answer)).first()
    if row is None:
        count_failure(staff, "passkey", now=now)
        raise refused(Reason.KEY_NOT_PROVEN)
    key = NewKey(row.credential_id, bytes(row.public_key), row.sign_count)
    try:
        count = proven_count(site, answer, key, challenge=challenge)
    except NotProven as error:
        count_failure(staff, "passkey", now=now)
        raise refused(Reason.KEY_NOT_PROVEN) from error
    same = Passkey.objects.filter(pk=row.pk, sign_count=row.sign_count)
    same.update(sign_count=count, last_used_at=now)


@transaction.atomic
def remove_passkey(passkey_id: int, *, by: Actor, now: datetime) -> None:
    """One's own, or that of somebody whose account the actor manages."""
    row = Passkey.objects.select_related("staff").get(pk=passkey_id)
    if by.label != f"staff:{row.staff_id}":
        require_power_over(row.staff, by=by, now=now)
    row.delete()
    publish(StaffChanged(staff_id=row.staff_id, what="passkey-removed"), by=by, at=now)


def _id_of(answer: str) -> str:
    """The credential that a browser names; empty when it names none."""
    try:
        named = json.loads(answer).get("id", "")
    except (ValueError, AttributeError):
        return ""
    return named if isinstance(named, str) else ""

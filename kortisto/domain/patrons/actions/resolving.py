"""See the code behind a key: for a bill, one patron at a time (S28, FEE-55)."""

from datetime import datetime

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.patrons.actions.identity import (
    reason_in_order,
    vault_trouble_in_words,
)
from kortisto.domain.patrons.events import IdentityResolved
from kortisto.domain.patrons.frozen import refuse_if_frozen
from kortisto.domain.patrons.identity_reasons import IdentityReason
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.vault import vault


def resolve_identity(patron_id: int, reason: str, *, by: Actor, now: datetime) -> str:
    """The patron's personal identity code. Never store it, log it or put it in a URL.

    The event is committed before the vault is asked, so that nobody has a code that
    no log tells of: not to be called inside a transaction. The vault logs it as well.
    Raises Refused: no reason, NONE_IS_KEPT, VAULT_IS_DOWN, VAULT_REFUSES.
    """
    by.require(PatronPermission.RESOLVE_IDENTITY)
    why = reason_in_order(reason)
    refuse_if_frozen(patron_id)
    patron = Patron.objects.only("identity_key").get(pk=patron_id)
    if patron.identity_key is None:
        raise Refused([Refusal(IdentityReason.NONE_IS_KEPT)])
    with transaction.atomic(durable=True):
        publish(IdentityResolved(patron_id=patron.pk, reason=why), by=by, at=now)
    with vault_trouble_in_words():
        return vault().resolve(patron.identity_key, actor=by.label, reason=why)

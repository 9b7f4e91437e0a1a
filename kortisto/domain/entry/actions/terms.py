"""Accept the terms of open libraries."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor, ActorKind
from kortisto.core.events import publish
from kortisto.domain.entry.events import TermsAccepted
from kortisto.domain.entry.models import TermsAcceptance
from kortisto.domain.entry.permissions import EntryPermission
from kortisto.domain.entry.queries import is_guardian
from kortisto.domain.entry.reasons import BanReason, refused
from kortisto.domain.entry.settings import TERMS_VERSION
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.frozen import refuse_if_frozen
from kortisto.domain.patrons.models import Patron


def newest_terms() -> int:
    """The highest version that any library asks for: who accepts it, accepts all."""
    tree = organisation()
    asked = [tree.setting(TERMS_VERSION, one.id).value for one in tree.libraries()]
    return max(asked, default=tree.setting(TERMS_VERSION, None).value)


@transaction.atomic
def accept_terms(patron_id: int, version: int, *, by: Actor, now: datetime) -> None:
    """A patron accepts the terms; a guardian may for a child, staff for who asks.

    ``version`` is the one that was shown: Refused when a newer one is in force.
    Accepting again changes nothing.
    """
    if not by.is_patron(patron_id) and not _for_a_child(by, patron_id, now):
        by.require(EntryPermission.PERMIT)
    patron = Patron.objects.select_for_update().get(pk=patron_id)
    refuse_if_frozen(patron_id)
    if version != newest_terms():
        raise refused(BanReason.OLD_TERMS)
    _row, new = TermsAcceptance.objects.get_or_create(
        patron=patron,
        version=version,
        defaults={
            "accepted_at": now,
            "accepted_by": by.label,
            "channel": by.channel.value,
        },
    )
    if new:
        event = TermsAccepted(patron_id=patron.pk, version=version)
        publish(event, by=by, at=now)


def _for_a_child(by: Actor, child_id: int, now: datetime) -> bool:
    if by.kind is not ActorKind.PATRON or by.id is None:
        return False
    return is_guardian(by.id, child_id, localdate(now))

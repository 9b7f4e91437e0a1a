"""Log in by the account of a municipality: link it once, then come in by it."""

from datetime import datetime

from django.db import IntegrityError, transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.org.actions.login import refuse_locked
from kortisto.domain.org.events import StaffChanged
from kortisto.domain.org.models import SignInLink, Staff
from kortisto.domain.org.ports import SignedIn
from kortisto.domain.org.reasons import Reason, refused


def staff_of(who: SignedIn, *, now: datetime) -> Staff:
    """The open account that is linked to whoever logged in elsewhere.

    Refused when there is none: no account is ever made, or found by a name.
    """
    link = (
        SignInLink.objects.filter(issuer=who.issuer, subject=who.subject)
        .select_related("staff")
        .first()
    )
    if link is None or not link.staff.is_active:
        raise refused(Reason.NOT_LINKED)
    refuse_locked(link.staff, now=now)
    SignInLink.objects.filter(pk=link.pk).update(last_used_at=now)
    return link.staff


@transaction.atomic
def link(
    staff_id: int, service: str, who: SignedIn, *, by: Actor, now: datetime
) -> SignInLink:
    """One's own account only. Refused when somebody else here is linked to it."""
    if by.label != f"staff:{staff_id}":
        raise refused(Reason.NOT_LINKED)
    same = SignInLink.objects.filter(issuer=who.issuer, subject=who.subject)
    if (known := same.first()) is not None and known.staff_id == staff_id:
        return known
    try:
        with transaction.atomic():
            made = SignInLink.objects.create(
                staff_id=staff_id,
                service=service,
                issuer=who.issuer,
                subject=who.subject,
                made_at=now,
            )
    except IntegrityError as taken:
        raise refused(Reason.LINKED_TO_ANOTHER) from taken
    publish(StaffChanged(staff_id=staff_id, what="sign-in-linked"), by=by, at=now)
    return made


@transaction.atomic
def unlink(link_id: int, *, by: Actor, now: datetime) -> None:
    """One's own; those of others end with their account."""
    row = SignInLink.objects.get(pk=link_id)
    if by.label != f"staff:{row.staff_id}":
        raise refused(Reason.NOT_LINKED)
    row.delete()
    event = StaffChanged(staff_id=row.staff_id, what="sign-in-unlinked")
    publish(event, by=by, at=now)

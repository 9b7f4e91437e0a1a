"""Lift restrictions that have done their work: all is paid, or all is back (S26)."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.domain.circulation.models import Loan
from kortisto.domain.fees.queries import balance
from kortisto.domain.patrons.actions.restrictions import lift_settled
from kortisto.domain.patrons.models import Restriction, RestrictionType
from kortisto.domain.patrons.permissions import PatronPermission

PAID = RestrictionType.Removal.CHARGES_PAID
BACK = RestrictionType.Removal.ITEMS_BACK


@transaction.atomic
def lift_what_is_settled(
    patron_ids: Collection[int] | None, *, by: Actor, now: datetime
) -> int:
    """Lift restrictions of these patrons, or of all, whose reason is gone; how many."""
    by.require(PatronPermission.RESTRICT)
    standing = Restriction.objects.filter(lifted_at=None)
    if patron_ids is not None:
        standing = standing.filter(patron_id__in=patron_ids)
    owing = standing.filter(type__removal=PAID).values_list("patron_id", flat=True)
    paid = [patron for patron in set(owing) if balance(patron).cents <= 0]
    keeping = set(
        standing.filter(type__removal=BACK).values_list("patron_id", flat=True)
    )
    late = Loan.objects.filter(
        patron_id__in=keeping, returned_at=None, due_at__lt=now, claimed_at=None
    ).values_list("patron_id", flat=True)
    lifted = lift_settled(paid, PAID, by=by, now=now)
    return lifted + lift_settled(keeping - set(late), BACK, by=by, now=now)

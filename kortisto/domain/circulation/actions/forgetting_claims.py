"""Forget what patrons once said was not with them (GDP-1)."""

from collections.abc import Collection
from datetime import datetime

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import QuerySet

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.circulation.claim_settings import CLAIMS_MONTHS
from kortisto.domain.circulation.events import ClaimsForgotten
from kortisto.domain.circulation.models import Claim
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.frozen import frozen_patrons
from kortisto.domain.patrons.permissions import PatronPermission


def let_loans_go(loan_ids: Collection[int]) -> None:
    """Their claims say no more of what was borrowed. For who forgets the loans."""
    Claim.objects.filter(loan_id__in=loan_ids).update(loan=None, note="")


def due_claims(now: datetime) -> "QuerySet[Claim]":
    """Resolved so long ago that nobody needs to know of them."""
    months = organisation().setting(CLAIMS_MONTHS, None).value
    before = now - relativedelta(months=months)
    old = Claim.objects.filter(resolved_at__lt=before)
    return old.exclude(patron__in=frozen_patrons())


@transaction.atomic
def forget_old_claims(*, by: Actor, now: datetime) -> int:
    by.require(PatronPermission.EDIT)
    forgotten, _each = due_claims(now).delete()
    if forgotten:
        publish(ClaimsForgotten(claims=forgotten), by=by, at=now)
    return forgotten

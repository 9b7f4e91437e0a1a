"""Who has borrowed: an open loan is activity, and so is one that is remembered."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from kortisto.domain.circulation.models import Loan
from kortisto.domain.patrons.activity import sees_activity


@sees_activity("loans")
def borrowers(patron_ids: Collection[int], since: datetime) -> set[int]:
    loans = Loan.objects.filter(
        Q(returned_at=None)
        | Q(lent_at__gte=since)
        | Q(renewed_at__gte=since)
        | Q(returned_at__gte=since),
        patron_id__in=patron_ids,
    )
    return {one for one in loans.values_list("patron_id", flat=True) if one is not None}

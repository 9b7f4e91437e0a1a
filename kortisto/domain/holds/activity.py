"""Who has placed holds, or still waits for one."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q

from kortisto.domain.holds.actions.forgetting import ENDED
from kortisto.domain.holds.models import Hold
from kortisto.domain.patrons.activity import sees_activity


@sees_activity("holds")
def who_waits(patron_ids: Collection[int], since: datetime) -> set[int]:
    holds = Hold.objects.filter(
        ~Q(state__in=ENDED) | Q(placed_at__gte=since) | Q(ended_at__gte=since),
        patron_id__in=patron_ids,
    )
    return set(holds.values_list("patron_id", flat=True))

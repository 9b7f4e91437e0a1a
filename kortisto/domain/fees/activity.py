"""Whose account has moved: a charge made or paid is activity, whatever it was for."""

from collections.abc import Collection
from datetime import datetime

from kortisto.domain.fees.models import Posting
from kortisto.domain.patrons.activity import sees_activity


@sees_activity("fees")
def payers(patron_ids: Collection[int], since: datetime) -> set[int]:
    lines = Posting.objects.filter(
        patron_id__in=patron_ids, entry__happened_at__gte=since
    )
    return {one for one in lines.values_list("patron_id", flat=True) if one is not None}

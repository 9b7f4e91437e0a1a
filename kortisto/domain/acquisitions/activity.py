"""Who has suggested something to be bought."""

from collections.abc import Collection
from datetime import datetime

from kortisto.domain.acquisitions.models import Suggestion
from kortisto.domain.patrons.activity import sees_activity


@sees_activity("acquisitions")
def who_suggested(patron_ids: Collection[int], since: datetime) -> set[int]:
    rows = Suggestion.objects.filter(patron_id__in=patron_ids, made_at__gte=since)
    return set(rows.values_list("patron_id", flat=True))

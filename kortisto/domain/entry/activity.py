"""Who has come through the door of an open library, or tried to."""

from collections.abc import Collection
from datetime import datetime

from kortisto.domain.entry.models import EntryAttempt
from kortisto.domain.patrons.activity import sees_activity


@sees_activity("entry")
def visitors(patron_ids: Collection[int], since: datetime) -> set[int]:
    came = EntryAttempt.objects.filter(patron_id__in=patron_ids, at__gte=since)
    return {one for one in came.values_list("patron_id", flat=True) if one is not None}

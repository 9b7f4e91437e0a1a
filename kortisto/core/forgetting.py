"""Delete many rows at night, a page in each transaction, so that no desk waits."""

from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from kortisto.core.models import Errand

AT_ONCE: Final = 1000


def delete_in_pages(rows: "QuerySet[Any]") -> int:
    """How many rows were deleted, those that went with them included."""
    ordered, deleted = rows.order_by("pk").values_list("pk", flat=True), 0
    while page := list(ordered[:AT_ONCE]):
        deleted += rows.filter(pk__in=page).order_by().delete()[0]
    return deleted


def ended_errands(before: datetime) -> "QuerySet[Errand]":
    """Tasks that were done, or dropped, before a moment."""
    return Errand.objects.filter(ended_at__lt=before)

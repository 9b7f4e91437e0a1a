"""Forget suggestions that were answered long ago (GDP-1)."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.acquisitions.events import SuggestionsForgotten
from kortisto.domain.acquisitions.models import Suggestion
from kortisto.domain.acquisitions.permissions import AcquisitionsPermission
from kortisto.domain.acquisitions.queries import HANDLED
from kortisto.domain.acquisitions.settings import SUGGESTIONS_KEPT_DAYS
from kortisto.domain.org.queries import organisation

AT_ONCE: Final = 1000


def due_suggestions(now: datetime) -> "QuerySet[Suggestion]":
    """Bought or declined, and kept long enough after that."""
    days = organisation().setting(SUGGESTIONS_KEPT_DAYS, None).value
    return Suggestion.objects.filter(
        state__in=HANDLED, answered_at__lt=now - timedelta(days=days)
    )


def forget_old_suggestions(*, by: Actor, now: datetime) -> int:
    """Delete them, a page at a time; how many."""
    by.require(AcquisitionsPermission.ANSWER_SUGGESTIONS)
    forgotten = 0
    due = due_suggestions(now).order_by("pk")
    while page := list(due.values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            Suggestion.objects.filter(pk__in=page).delete()
            publish(SuggestionsForgotten(suggestions=len(page)), by=by, at=now)
        forgotten += len(page)
    return forgotten

"""Purchase suggestions, for the patron and for staff."""

from collections.abc import Collection
from typing import Final

from django.db.models import Count, Q, QuerySet

from kortisto.domain.acquisitions.models import Suggestion
from kortisto.domain.catalogue.queries import records_by_identifier

State = Suggestion.State
WAITING: Final = (State.NEW, State.CONSIDERED, State.ORDERED)
"""Something is still to be done."""

HANDLED: Final = (State.BOUGHT, State.DECLINED)


def suggestions_of(patron_id: int) -> "QuerySet[Suggestion]":
    """A patron's own, the newest first."""
    rows = Suggestion.objects.filter(patron_id=patron_id)
    return rows.select_related("library").order_by("-pk")


def suggestions_at(
    units: Collection[int], states: Collection[str] = WAITING
) -> "QuerySet[Suggestion]":
    """What was suggested for these libraries, the first first; merged ones once.

    ``others`` is how many more patrons have suggested the same.
    """
    rows = Suggestion.objects.filter(
        same_as=None, library__in=units, state__in=list(states)
    )
    rows = rows.select_related("library").annotate(others=Count("same"))
    return rows.order_by("pk")


def looks_like(suggestion: Suggestion) -> "QuerySet[Suggestion]":
    """Others that wait with the same ISBN, or a title that is written the same."""
    alike = Q(title_key=suggestion.title_key)
    if suggestion.isbn:
        alike |= Q(isbn=suggestion.isbn)
    rows = Suggestion.objects.filter(alike, same_as=None, state__in=WAITING)
    rows = rows.exclude(pk=suggestion.pk).select_related("library")
    return rows.annotate(others=Count("same")).order_by("pk")


def records_with(isbn: str) -> list[int]:
    """Titles of the public collection with this ISBN."""
    if not isbn:
        return []
    return [row.pk for row in records_by_identifier(isbn) if not row.suppressed]

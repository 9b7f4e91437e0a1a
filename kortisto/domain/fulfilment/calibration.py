"""How often what was told about waits came true: the holds that came in a year."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Value, When
from django.db.models.functions import TruncDate

from kortisto.domain.holds.models import Hold

YEAR: Final = timedelta(days=365)
GROUPS: Final = (7, 14, 28, 56, 112)  # the last day told, from placing; then longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Holds of which so long a wait was told. ``until``: days, None: longer yet."""

    until: int | None
    sooner: int = 0
    within: int = 0
    later: int = 0

    @property
    def holds(self) -> int:
        return self.sooner + self.within + self.later

    @property
    def percent(self) -> int:
        """Of a hundred holds so many came within what was told."""
        return round(100 * self.within / self.holds) if self.holds else 0


def came_in_a_year(today: date) -> list[Told]:
    """By how long a wait was told, the shortest first: one statement.

    Those that their patrons suspended, or let begin later, waited as they wished and
    are not counted.
    """
    rows = (
        _compared(today)
        .annotate(days=F("forecast_until") - TruncDate("placed_at"))
        .annotate(
            group=Case(
                *(
                    When(days__lte=timedelta(days=days), then=Value(days))
                    for days in GROUPS
                ),
                default=Value(0),
                output_field=IntegerField(),
            )
        )
        .order_by()
        .values("group")
        .annotate(
            sooner=Count("pk", filter=Q(came_on__lt=F("forecast_from"))),
            later=Count("pk", filter=Q(came_on__gt=F("forecast_until"))),
            every=Count("pk"),
        )
    )
    found = {
        row["group"]: Told(
            until=row["group"] or None,
            sooner=row["sooner"],
            later=row["later"],
            within=row["every"] - row["sooner"] - row["later"],
        )
        for row in rows
    }
    return [found[group] for group in (*GROUPS, 0) if group in found]


def together(rows: list[Told]) -> Told:
    return Told(
        until=None,
        sooner=sum(row.sooner for row in rows),
        within=sum(row.within for row in rows),
        later=sum(row.later for row in rows),
    )


def _compared(today: date) -> QuerySet[Hold]:
    return Hold.objects.filter(
        came_on__gt=today - YEAR,
        forecast_from__isnull=False,
        forecast_until__isnull=False,
        starts_on=None,
        suspended_from=None,
    )

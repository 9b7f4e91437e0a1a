"""Keep what was told about the wait when a hold was placed: it is compared later."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.utils.timezone import localdate

from kortisto.domain.fulfilment.forecast_facts import facts_of_hold
from kortisto.domain.fulfilment.forecasting import forecast
from kortisto.domain.holds.models import Hold


def keep_forecasts(hold_ids: Collection[int], *, now: datetime) -> int:
    """Write the first range of each that has none and waits; how many were written."""
    today = localdate(now)
    kept = 0
    waiting = Hold.objects.filter(
        pk__in=hold_ids, state=Hold.State.QUEUED, forecast_until=None
    )
    for hold in waiting.order_by("pk"):
        facts = facts_of_hold(hold, now=now)
        told = None if facts is None else forecast(facts)
        if told is not None:
            kept += Hold.objects.filter(pk=hold.pk, forecast_until=None).update(
                forecast_from=today + timedelta(days=told.first),
                forecast_until=today + timedelta(days=told.last),
            )
    return kept

"""Plan a title anew when anything of it changed; keep what was told of each wait."""

from typing import Final

from kortisto.core.events import Event
from kortisto.core.followers import News, follower
from kortisto.domain.catalogue.events import ItemAdded, ItemChanged, ItemRemoved
from kortisto.domain.circulation.events import (
    ItemSeen,
    ItemSent,
    ItemUsedInHouse,
    LoanEnded,
    LoanStarted,
    LoanUndone,
    LoanVoided,
    ReturnUndone,
)
from kortisto.domain.fulfilment import returns  # noqa: F401 - it chooses for returns
from kortisto.domain.fulfilment.actions.planning import plan_titles
from kortisto.domain.fulfilment.actions.telling import keep_forecasts
from kortisto.domain.holds import events as holds
from kortisto.domain.holds.models import Hold, Pull

CHANGES: Final[tuple[type[Event], ...]] = (
    ItemAdded,
    ItemChanged,
    ItemRemoved,
    ItemSeen,
    ItemSent,
    ItemUsedInHouse,
    LoanStarted,
    LoanEnded,
    LoanUndone,
    LoanVoided,
    ReturnUndone,
    holds.HoldPlaced,
    holds.HoldChanged,
    holds.HoldTrapped,
    holds.HoldFilled,
    holds.HoldEnded,
    holds.HoldCleared,
    holds.HoldRequeued,
    holds.HoldReopened,
    holds.HoldRestored,
)


@follower("pull-lists", kinds=CHANGES, batch=500)
def plan_what_has_changed(news: News) -> None:
    """May run twice: the same facts give the same plan."""
    ids = {row.body["record_id"] for row, _event in news}
    ids |= _of_the_same_wishes(ids)
    queued = Hold.objects.filter(state=Hold.State.QUEUED, record__in=ids)
    pulls = Pull.objects.filter(item__record__in=ids)
    concerned = {
        *queued.values_list("record", flat=True),
        *pulls.values_list("item__record", flat=True),
    }
    if concerned:
        plan_titles(concerned, now=max(row.happened_at for row, _event in news))


@follower("wait-forecasts", kinds=(holds.HoldPlaced,), batch=50, replayable=False)
def keep_what_was_told(news: News) -> None:
    """Once for each hold: later facts would make another forecast of it."""
    ids = [event.hold_id for _row, event in news if isinstance(event, holds.HoldPlaced)]
    if ids:
        keep_forecasts(ids, now=max(row.happened_at for row, _event in news))


def _of_the_same_wishes(record_ids: set[int]) -> set[int]:
    """Other titles of bundles: one comes, is given up or returned, and they change."""
    bundles = Hold.objects.filter(record__in=record_ids, bundle__isnull=False)
    waiting = Hold.objects.filter(
        state=Hold.State.QUEUED, bundle__in=bundles.values("bundle")
    )
    return set(waiting.values_list("record", flat=True))

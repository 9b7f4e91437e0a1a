"""Forget holds that have ended, as each patron has chosen for the history (GDP-1)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.holds.events import HoldsForgotten
from kortisto.domain.holds.models import Hold, HoldBundle
from kortisto.domain.holds.settings import HOLDS_KEPT_YEARS
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.frozen import frozen_patrons
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission

AT_ONCE: Final = 1000
ENDED: Final = (Hold.State.FILLED, Hold.State.CANCELLED, Hold.State.EXPIRED)
AT_LEAST: Final = timedelta(days=1)  # a filled hold may still be opened again


def due_holds(now: datetime) -> "tuple[QuerySet[Hold], QuerySet[Hold]]":
    """Ended holds that were kept long enough, and those of who wants none kept."""
    tree = organisation()
    years = tree.setting(HOLDS_KEPT_YEARS, None).value
    ended = Hold.objects.filter(state__in=ENDED)
    ended = ended.exclude(patron__in=frozen_patrons())
    # Who waits for the rest of a bundle is asked how this part of it ended (GDP-8).
    going_on = Hold.objects.exclude(state__in=ENDED).filter(bundle=OuterRef("bundle"))
    ended = ended.filter(Q(bundle=None) | ~Exists(going_on))
    old = ended.filter(ended_at__lt=now - relativedelta(years=years))
    never = ended.filter(
        ended_at__lt=now - AT_LEAST, patron__history=Patron.History.NEVER
    )
    kept = Patron.objects.filter(history=Patron.History.FOREVER)
    return old.exclude(patron_id__in=kept.values("pk")), never


def forget_old_holds(*, by: Actor, now: datetime) -> int:
    """Delete them, a page at a time; how many. Open holds are never among them."""
    by.require(PatronPermission.EDIT)
    return sum(
        _forget(page, by=by, now=now)
        for holds in due_holds(now)
        for page in _pages(holds)
    )


def _pages(holds: "QuerySet[Hold]") -> Iterator[list[int]]:
    """Keys, a page at a time; the caller makes each page leave ``holds``."""
    ordered = holds.order_by("pk")
    while page := list(ordered.values_list("pk", flat=True)[:AT_ONCE]):
        yield page


@transaction.atomic
def _forget(hold_ids: list[int], *, by: Actor, now: datetime) -> int:
    Hold.objects.filter(pk__in=hold_ids).delete()
    HoldBundle.objects.filter(holds=None).delete()
    publish(HoldsForgotten(holds=len(hold_ids)), by=by, at=now)
    return len(hold_ids)

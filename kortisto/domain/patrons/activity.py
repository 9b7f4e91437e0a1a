"""Whether somebody still uses the library: every app that would see it is asked.

People whose only errand was paying for copies, whose loans are forgotten, or who come
through a door at night are in use as much as any other. Each app says in a module
called ``activity`` whom it has seen since a moment.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Final, TypeAlias, TypeVar

from django.db.models import Q

from kortisto.core.actors import ActorKind
from kortisto.core.archive import shows_activity
from kortisto.core.models import ArchivedPatron, LoggedEvent
from kortisto.domain.patrons.viewings import VIEWS

Seeing: TypeAlias = Callable[[Collection[int], datetime], set[int]]
"""From patrons' ids and a moment to those of them who did something since."""

S = TypeVar("S", bound=Seeing)

NOT_THEIRS: Final = (*VIEWS, "ErasureAsked")  # what others do, staff at a desk say
SERVED: Final = ("desk", "renewal")  # pages that are open while the patron stands there
_seeing: dict[str, Seeing] = {}


def sees_activity(name: str) -> Callable[[S], S]:
    """Declare a question about who has been active."""

    def declare(ask: S) -> S:
        _seeing[name] = ask
        return ask

    return declare


def active_since(patron_ids: Collection[int], since: datetime) -> set[int]:
    """Those of the patrons whom any app has seen since."""
    return {one for ask in _seeing.values() for one in ask(patron_ids, since)}


@sees_activity("log")
def in_the_log(patron_ids: Collection[int], since: datetime) -> set[int]:
    """Log-ins, a new PIN, a renewed card, a charge or a payment, a door.

    Being served at a desk counts too, since a loan that is forgotten tells nobody who
    it was. What jobs do to a patron, that somebody lets them be erased, and looks of
    staff, are no activity of theirs.
    """
    served = Q(kind="PatronViewed", body__page__in=SERVED)
    events = LoggedEvent.objects.filter(
        served | ~Q(kind__in=NOT_THEIRS),
        patron_id__in=patron_ids,
        happened_at__gte=since,
    ).exclude(actor__startswith=ActorKind.JOB.value)
    archived = ArchivedPatron.objects.filter(
        patron_id__in=patron_ids, active_at__gte=since
    )
    at_hand = events.values_list("patron_id", flat=True)
    return {
        one
        for one in (*at_hand, *archived.values_list("patron_id", flat=True))
        if one is not None
    }


@shows_activity
def is_activity(event: LoggedEvent) -> bool:
    """The same of one event, for the archive, which keeps only the moment."""
    if event.actor.startswith(ActorKind.JOB.value):
        return False
    if event.kind == "PatronViewed":
        return event.body.get("page") in SERVED
    return event.kind not in VIEWS

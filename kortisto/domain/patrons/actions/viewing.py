"""Look at a patron: the only way to fetch one for a page, and it is logged (LOG-1)."""

from datetime import datetime

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import Event, publish, publish_many
from kortisto.domain.patrons.events import PatronViewed
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import Candidate, find_patrons


def view_patron(patron_id: int, *, by: Actor, now: datetime, page: str) -> Patron:
    """The patron with category and home library. Raises DoesNotExist, NotPermitted."""
    by.require(PatronPermission.SEE)
    patron = Patron.objects.select_related("category", "home_library").get(pk=patron_id)
    publish(PatronViewed(patron_id=patron.pk, page=page), by=by, at=now)
    return patron


@transaction.atomic
def view_candidates(text: str, *, by: Actor, now: datetime) -> list[Candidate]:
    """Patrons to choose from by name; each who is listed has been looked at (LOG-1)."""
    by.require(PatronPermission.SEE)
    found = find_patrons(text)
    seen: list[Event] = [PatronViewed(patron_id=one.id, page="search") for one in found]
    publish_many(seen, by=by, at=now)
    return found

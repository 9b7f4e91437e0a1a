"""Look at a patron: the only way to fetch one for a page, and it is logged (LOG-1)."""

from datetime import datetime

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.patrons.events import PatronViewed
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission


def view_patron(patron_id: int, *, by: Actor, now: datetime, page: str) -> Patron:
    """The patron with category and home library. Raises DoesNotExist, NotPermitted."""
    by.require(PatronPermission.SEE)
    patron = Patron.objects.select_related("category", "home_library").get(pk=patron_id)
    publish(PatronViewed(patron_id=patron.pk, page=page), by=by, at=now)
    return patron

"""Patrons choose their own home library on the web (S11)."""

from datetime import datetime

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor, NotPermitted
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.change import write_fields
from kortisto.domain.patrons.models import Patron, Source
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.reasons import Reason, about, unfit


@transaction.atomic
def choose_home_library(
    patron_id: int, library_id: int, *, by: Actor, now: datetime
) -> None:
    """One of the libraries that are in use today; it takes effect at once.

    Where somebody under protection lives could be read from it: they choose it at a
    library only. Raises Unfit, and NotPermitted for anybody but the patron.
    """
    if not by.is_patron(patron_id):
        raise NotPermitted(PatronPermission.EDIT)
    patron = Patron.objects.select_for_update().get(pk=patron_id, binned_at=None)
    if patron.is_protected:
        raise unfit(about("home_library", Reason.ADDRESS_IS_PROTECTED))
    libraries = organisation().libraries(on=localdate(now))
    if library_id not in {one.id for one in libraries}:
        raise unfit(about("home_library", Reason.UNKNOWN_LIBRARY))
    values = {"home_library": library_id}
    write_fields(patron_id, values, by=by, now=now, source=Source.ONLINE)

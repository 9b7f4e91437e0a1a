"""Give patrons everything held on them (GDP-2): to themselves, or through staff."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.patrons.gathered import Gathered, groups_of
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.privacy_events import (
    PatronDataGathered,
    StaffWordsGathered,
)


@transaction.atomic
def gather(
    patron_id: int, *, by: Actor, now: datetime, staff_words: bool = False
) -> Gathered:
    """Everything on a patron, in the patron's own language; that it was done is logged.

    ``staff_words`` adds what staff have written for each other, notes and reasons of
    restrictions: only for staff, who read it through before they hand it over.

    Raises NotPermitted for another patron and for staff without the permission,
    Patron.DoesNotExist.
    """
    if staff_words or not by.is_patron(patron_id):
        by.require(PatronPermission.GATHER)
    patron = Patron.objects.get(pk=patron_id)
    publish(PatronDataGathered(patron_id=patron_id), by=by, at=now)
    if staff_words:
        publish(StaffWordsGathered(patron_id=patron_id), by=by, at=now)
    with override(patron.language):
        return Gathered(
            patron_id=patron_id,
            name=f"{patron.first_names} {patron.surname}".strip(),
            language=patron.language,
            made_at=now,
            groups=groups_of(patron_id, staff_words=staff_words),
            remarks=_remarks(patron, staff_words=staff_words),
        )


def _remarks(patron: Patron, *, staff_words: bool) -> list[str]:
    """What is held and not handed over by a file, and how to get it."""
    told = []
    if not staff_words:
        told.append(
            _(
                "What staff have written for each other (notes, reasons of "
                "restrictions) is given at a library, so that nobody else's data goes "
                "along with it."
            )
        )
    if patron.identity_key is not None:
        told.append(
            _(
                "Your personal identity code is kept in a vault of its own, apart from "
                "all other data."
            )
        )
    if patron.pin_hash:
        told.append(
            _("Of your PIN only a hash is kept, from which nobody can read it.")
        )
    return told

"""Remember in which language a patron reads."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from kortisto.core.actors import Actor, ActorKind
from kortisto.core.events import publish
from kortisto.domain.patrons.events import PatronChanged
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission


@transaction.atomic
def set_language(patron_id: int, language: str, *, by: Actor, now: datetime) -> None:
    """Pages and messages will be in this language: fi, sv or en.

    A patron may choose for themselves. Does nothing when it is so already.
    """
    if not (by.kind is ActorKind.PATRON and by.id == patron_id):
        by.require(PatronPermission.EDIT)
    others = Patron.objects.filter(pk=patron_id).exclude(language=language)
    if others.update(language=language, version=F("version") + 1):
        event = PatronChanged(patron_id=patron_id, fields=("language",))
        publish(event, by=by, at=now)

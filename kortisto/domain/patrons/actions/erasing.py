"""Erase a patron: the one place that knows what that means (GDP-1, GDP-2).

Each app says of its own tables what becomes of their rows (``personal_data.Erasing``):
they go, they stay for statistics without their patron, or the law keeps them. When
something is kept, a row without name, number or date stays for it to point at.
"""

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import F, ForeignKey, Model
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.archive import empty_archive_of
from kortisto.core.events import publish
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import refuse
from kortisto.core.secrecy import fields_of
from kortisto.core.taking_out import Part, Why, take_out
from kortisto.domain.patrons.actions.identity import drop_after_commit
from kortisto.domain.patrons.hindrances import against_erasing
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.personal_data import (
    ERASED,
    About,
    Erasing,
    about_patrons,
    untold_tables,
)
from kortisto.domain.patrons.privacy_events import PatronErased

AT_ONCE: Final = 1000  # events
KEPT: Final = frozenset({"id", "category", "home_library", "version", "edition"})
"""What of the record stays for statistics: as coarse as a kind and a municipality."""


@transaction.atomic
def erase(patron_id: int, *, by: Actor, now: datetime) -> bool:
    """Erase a patron everywhere. Returns whether anything is kept for the law.

    Raises Refused with every reason of every app, NotPermitted, Patron.DoesNotExist.
    Nothing has then been erased.
    """
    by.require(PatronPermission.ERASE)
    patron = Patron.objects.select_for_update(of=("self",)).get(pk=patron_id)
    refuse(against_erasing(patron_id, localdate(now)), by=by)
    kept = [_erase_from(about, patron_id) for about in about_patrons()]
    for table in untold_tables():
        _delete_what_points_at(patron_id, table.model)
    if key := patron.identity_key:
        drop_after_commit(key, reason="erased", by=by)
    if any(kept):
        _empty(patron, now=now)
    else:
        patron.delete()
    _empty_the_log(patron_id, by=by, now=now)
    publish(PatronErased(patron_id=patron_id, kept=any(kept)), by=by, at=now)
    return any(kept)


def _empty_the_log(patron_id: int, *, by: Actor, now: datetime) -> None:
    """Leave who did what kind of thing to a number, and when: reasons are free text.

    What tells of the patron's loans names no patron, and is emptied with the loans.
    """
    told = LoggedEvent.objects.filter(patron_id=patron_id).order_by("id")
    ids = list(told.values_list("pk", flat=True))
    for start in range(0, len(ids), AT_ONCE):
        page = ids[start : start + AT_ONCE]
        take_out(page, part=Part.WHAT, why=Why.ERASED, by=by, now=now)
    empty_archive_of(patron_id, by=by, now=now)


def _erase_from(about: About, patron_id: int) -> bool:
    """Whether rows stay that point at the patron."""
    if about.model is Patron:
        return False
    if about.erasing is Erasing.DELETE:
        about.of(patron_id).delete()
        return False
    rows = about.model._default_manager.filter(  # noqa: SLF001
        pk__in=list(about.of(patron_id).values_list("pk", flat=True))
    )
    if about.wiped:
        rows.update(**about.wiped)
    return about.erasing is Erasing.KEEP and _points(about) and rows.exists()


def _points(about: About) -> bool:
    """Whether the column is a key of the database, which the row must not lose."""
    owner = about.owner.partition("__")
    field = about.model._meta.get_field(owner[0])  # noqa: SLF001
    return isinstance(field, ForeignKey) and not owner[2]


def _delete_what_points_at(patron_id: int, model: type[Model]) -> None:
    for field in fields_of(model):
        if field.related_model is Patron:
            model._default_manager.filter(**{field.name: patron_id}).delete()  # noqa: SLF001


def _empty(patron: Patron, *, now: datetime) -> None:
    """Leave a row that tells nothing: a new column is emptied without being named."""
    for field in fields_of(Patron):
        if field.name not in KEPT:
            setattr(patron, field.attname, field.get_default())
    told: dict[str, Any] = {
        "surname": ERASED,
        "hold_identifier": f"{ERASED}-{patron.pk}",
        "expires_on": localdate(now),
        "binned_at": now,
        "bin_reason": ERASED,
        "created_at": now,
        "session_epoch": F("session_epoch") + 1,
    }
    for name, value in told.items():
        setattr(patron, name, value)
    patron.save()


def nobody(*, like: Patron, now: datetime) -> Patron:
    """The one row that accounts point at once they may forget whose they were.

    ``like`` gives what no row can be without: a category and a library.
    """
    found, _made = Patron.objects.get_or_create(
        hold_identifier=f"{ERASED}-accounts",
        defaults={
            "surname": ERASED,
            "category_id": like.category_id,
            "home_library_id": like.home_library_id,
            "expires_on": localdate(now),
            "binned_at": now,
            "bin_reason": ERASED,
        },
    )
    return found

"""Doors: add one, and remove it. The secret is told once and never kept."""

from datetime import datetime

from django.db import IntegrityError, transaction

from kortisto.core import tokens
from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.text import tidy
from kortisto.domain.entry.events import DoorChanged
from kortisto.domain.entry.models import DoorDevice
from kortisto.domain.entry.permissions import EntryPermission
from kortisto.domain.entry.reasons import BanReason, refused
from kortisto.domain.org.models import Unit


@transaction.atomic
def add_door(
    library_id: int, label: str, *, by: Actor, now: datetime
) -> tuple[DoorDevice, str]:
    """A door of a library and its token, which is shown this once."""
    by.require(EntryPermission.MANAGE_DOORS, at=library_id)
    library, label = Unit.objects.get(pk=library_id), tidy(label)
    if library.kind != Unit.Kind.LIBRARY:
        raise refused(BanReason.NOT_A_LIBRARY)
    if not label:
        raise refused(BanReason.NO_LABEL)
    secret = tokens.new_secret()
    try:
        with transaction.atomic():
            made = DoorDevice.objects.create(
                library=library,
                label=label,
                token_digest=tokens.digest(secret),
                made_by=by.label,
                made_at=now,
            )
    except IntegrityError as taken:
        raise refused(BanReason.LABEL_IN_USE) from taken
    publish(DoorChanged(device_id=made.pk, what="added"), by=by, at=now)
    return made, f"{made.pk}.{secret}"


@transaction.atomic
def remove_door(device_id: int, *, by: Actor, now: datetime) -> None:
    """Its token opens nothing from now on. Removing it again does nothing."""
    row = DoorDevice.objects.select_for_update().get(pk=device_id)
    by.require(EntryPermission.MANAGE_DOORS, at=row.library_id)
    if row.removed_at is not None:
        return
    row.removed_at, row.removed_by = now, by.label
    row.save(update_fields=["removed_at", "removed_by"])
    publish(DoorChanged(device_id=row.pk, what="removed"), by=by, at=now)

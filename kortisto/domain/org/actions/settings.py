"""Decide a setting at a unit, or let it be inherited again."""

from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import JSONField, Value

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.versions import configuration_changed
from kortisto.domain.org.events import SettingChanged
from kortisto.domain.org.models import SettingValue
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.reasons import Reason, refused
from kortisto.domain.org.settings import Setting, setting

T = TypeVar("T")


@transaction.atomic
def set_setting(
    unit_id: int, changed: Setting[T], *, value: T, by: Actor, now: datetime
) -> None:
    """Decide a setting at a unit. Refused when the value is out of its range."""
    by.require(OrgPermission.EDIT_SETTINGS, at=unit_id)
    stored = changed.kind.write(value)
    try:
        changed.kind.read(stored)
    except ValueError as error:
        raise refused(Reason.BAD_VALUE, why=str(error)) from error
    row = SettingValue.objects.filter(unit_id=unit_id, key=changed.key).first()
    before = None if row is None else row.value
    SettingValue.objects.update_or_create(
        unit_id=unit_id,
        key=changed.key,
        defaults={
            # Nothing is stored as JSON's null: the column is never empty.
            "value": Value(None, JSONField()) if stored is None else stored,
            "changed_at": now,
            "changed_by": by.label,
        },
    )
    event = SettingChanged(
        unit_id=unit_id, key=changed.key, before=before, after=stored
    )
    publish(event, by=by, at=now)
    configuration_changed()


def set_setting_from_text(
    unit_id: int, key: str, *, text: str, by: Actor, now: datetime
) -> None:
    """Decide a setting as typed on a form. Raises LookupError for an unknown key."""
    changed: Setting[Any] = setting(key)
    by.require(OrgPermission.EDIT_SETTINGS, at=unit_id)
    try:
        value = changed.kind.parse(text)
    except ValueError as error:
        raise refused(Reason.BAD_VALUE, why=str(error)) from error
    set_setting(unit_id, changed, value=value, by=by, now=now)


@transaction.atomic
def clear_setting(unit_id: int, key: str, *, by: Actor, now: datetime) -> None:
    """Let the unit inherit the setting. Does nothing when it already does."""
    by.require(OrgPermission.EDIT_SETTINGS, at=unit_id)
    row = SettingValue.objects.filter(unit_id=unit_id, key=key).first()
    if row is None:
        return
    row.delete()
    event = SettingChanged(unit_id=unit_id, key=key, before=row.value, cleared=True)
    publish(event, by=by, at=now)
    configuration_changed()

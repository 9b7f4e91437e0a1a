"""Add, change and move units of the tree; join and leave an owner."""

import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat, Substr
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.days import written
from kortisto.core.events import publish
from kortisto.core.versions import configuration_changed
from kortisto.domain.org.events import MembershipChanged, UnitChanged
from kortisto.domain.org.models import HUES, Membership, Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.reasons import Reason, refused

CODE: Final = re.compile(r"^[A-Za-z0-9-]{1,20}$")
EDITABLE: Final = frozenset(
    field.name
    for field in Unit._meta.get_fields()  # noqa: SLF001
    if field.concrete and not field.is_relation
) - {"id", "code", "kind", "path"}


@transaction.atomic
def create_unit(
    code: str,
    kind: Unit.Kind,
    *,
    parent_id: int | None,
    details: Mapping[str, Any],
    by: Actor,
    now: datetime,
) -> Unit:
    """Add a unit below a parent; only a consortium has none.

    ``details`` are columns of Unit by name, ``name_fi`` at least. Without a ``hue``
    the unit gets the one that fewest others of its kind have.
    """
    by.require(OrgPermission.EDIT_UNITS, at=parent_id)
    if parent_id is None and kind != Unit.Kind.CONSORTIUM:
        raise refused(Reason.NEEDS_PARENT)
    if CODE.match(code) is None:
        raise refused(Reason.CODE_FORM)
    if Unit.objects.filter(code__iexact=code).exists():
        raise refused(Reason.CODE_TAKEN, code=code)
    parent = None if parent_id is None else Unit.objects.get(pk=parent_id)
    unit = Unit(code=code, kind=kind, parent=parent, **_checked(details))
    if not unit.name_fi:
        raise refused(Reason.NAME_MISSING)
    if "hue" not in details:
        unit.hue = _rarest_hue(kind)
    unit.save()
    unit.path = f"{'/' if parent is None else parent.path}{unit.pk}/"
    unit.save(update_fields=["path"])
    event = UnitChanged(unit_id=unit.pk, fields=("created",))
    publish(event, by=by, at=now)
    configuration_changed()
    return unit


@transaction.atomic
def change_unit(
    unit_id: int, details: Mapping[str, Any], *, by: Actor, now: datetime
) -> Unit:
    """Change columns of a unit by name, its names among them. Codes never change."""
    by.require(OrgPermission.EDIT_UNITS, at=unit_id)
    unit = Unit.objects.select_for_update().get(pk=unit_id)
    changes = {
        name: value
        for name, value in _checked(details).items()
        if getattr(unit, name) != value
    }
    if not changes:
        return unit
    for name, value in changes.items():
        setattr(unit, name, value)
    if not unit.name_fi:
        raise refused(Reason.NAME_MISSING)
    if unit.opened_on and unit.closed_on and unit.closed_on < unit.opened_on:
        raise refused(Reason.DATES_BACKWARDS)
    unit.save(update_fields=list(changes))
    event = UnitChanged(unit_id=unit.pk, fields=tuple(sorted(changes)))
    publish(event, by=by, at=now)
    configuration_changed()
    return unit


@transaction.atomic
def move_unit(unit_id: int, *, to: int, by: Actor, now: datetime) -> Unit:
    """Move a unit and everything below it under another parent.

    Roles, settings and closed days of the new place hold at once. The actor needs
    the permission at both places.
    """
    by.require(OrgPermission.EDIT_UNITS, at=unit_id)
    by.require(OrgPermission.EDIT_UNITS, at=to)
    unit = Unit.objects.select_for_update().get(pk=unit_id)
    parent = Unit.objects.get(pk=to)
    if parent.path.startswith(unit.path):
        raise refused(Reason.OWN_ANCESTOR)
    before, after = unit.path, f"{parent.path}{unit.pk}/"
    Unit.objects.filter(path__startswith=before).update(
        path=Concat(Value(after), Substr(F("path"), len(before) + 1))
    )
    Unit.objects.filter(pk=unit_id).update(parent=parent)
    publish(UnitChanged(unit_id=unit_id, fields=("parent",)), by=by, at=now)
    configuration_changed()
    unit.refresh_from_db()
    return unit


@transaction.atomic
def relocate(unit_id: int, *, to: int, by: Actor, now: datetime) -> Unit:
    """Move a unit under another owner, and record from which day it belongs there.

    What it has lent, charged and counted before stays with the owner of that day. A
    move on the day of another one takes its place; moved back, it was never away.
    """
    unit = move_unit(unit_id, to=to, by=by, now=now)
    today = localdate(now)
    rows = Membership.objects.filter(unit=unit).order_by("-starts_on")
    current = rows.filter(ends_on=None).first()
    if current is not None and current.owner_id == to:
        return unit
    if current is None or current.starts_on < today:
        join(unit_id, owner_id=to, starts_on=today, by=by, now=now)
        return unit
    before = rows.filter(ends_on=today - timedelta(days=1), owner_id=to).first()
    if before is None:
        current.owner_id = to
        current.save(update_fields=["owner"])
        _tell(current, by=by, now=now)
        return unit
    current.delete()
    before.ends_on = None
    before.save(update_fields=["ends_on"])
    _tell(before, by=by, now=now)
    return unit


@transaction.atomic
def join(
    unit_id: int, *, owner_id: int, starts_on: date, by: Actor, now: datetime
) -> Membership:
    """Record from when a unit belongs to an owner; the one before ends the day before.

    Refused when the unit already belongs somewhere from that day or a later one.
    """
    by.require(OrgPermission.EDIT_UNITS, at=owner_id)
    current = Membership.objects.filter(unit_id=unit_id, ends_on=None).first()
    if current is not None:
        if current.starts_on >= starts_on:
            raise refused(Reason.ALREADY_MEMBER, starts_on=written(current.starts_on))
        current.ends_on = starts_on - timedelta(days=1)
        current.save(update_fields=["ends_on"])
    made = Membership.objects.create(
        unit_id=unit_id, owner_id=owner_id, starts_on=starts_on
    )
    _tell(made, by=by, now=now)
    return made


@transaction.atomic
def leave(unit_id: int, *, ends_on: date, by: Actor, now: datetime) -> Membership:
    """Record the last day of a unit's membership."""
    current = Membership.objects.filter(unit_id=unit_id, ends_on=None).first()
    if current is None:
        raise refused(Reason.NOT_MEMBER)
    by.require(OrgPermission.EDIT_UNITS, at=current.owner_id)
    if ends_on < current.starts_on:
        raise refused(Reason.DATES_BACKWARDS)
    current.ends_on = ends_on
    current.save(update_fields=["ends_on"])
    _tell(current, by=by, now=now)
    return current


def _tell(membership: Membership, *, by: Actor, now: datetime) -> None:
    last = membership.ends_on
    event = MembershipChanged(
        unit_id=membership.unit_id,
        owner_id=membership.owner_id,
        starts_on=membership.starts_on.isoformat(),
        ends_on=None if last is None else last.isoformat(),
    )
    publish(event, by=by, at=now)


def _checked(details: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(details) - EDITABLE
    if unknown:
        message = f"not columns of a unit: {', '.join(sorted(unknown))}"
        raise TypeError(message)
    return dict(details)


def _rarest_hue(kind: Unit.Kind) -> int:
    used = Counter(Unit.objects.filter(kind=kind).values_list("hue", flat=True))
    return min(range(HUES), key=lambda hue: (used[hue], hue))

"""Groups of libraries: for search limits, floating, picking, statistics, calendars."""

from collections.abc import Collection, Mapping
from datetime import datetime

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.versions import configuration_changed
from kortisto.domain.org.events import GroupChanged
from kortisto.domain.org.models import LibraryGroup, Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.reasons import Reason, refused


@transaction.atomic
def save_group(
    code: str,
    purpose: LibraryGroup.Purpose,
    *,
    names: Mapping[str, str],
    library_ids: Collection[int],
    by: Actor,
    now: datetime,
) -> LibraryGroup:
    """Make a group, or change the one with this code. ``names`` by fi, sv, en.

    The actor needs the permission at every library that is in the group, or was.
    """
    if not names.get("fi"):
        raise refused(Reason.NAME_MISSING)
    libraries = list(Unit.objects.filter(pk__in=library_ids))
    for unit in libraries:
        if unit.kind != Unit.Kind.LIBRARY:
            raise refused(Reason.NOT_LIBRARY, unit=unit.name)
    group = LibraryGroup.objects.filter(code=code).first()
    _require_everywhere(group, library_ids, by)
    group, _made = LibraryGroup.objects.update_or_create(
        code=code,
        defaults={
            "purpose": purpose,
            "name_fi": names["fi"],
            "name_sv": names.get("sv", ""),
            "name_en": names.get("en", ""),
        },
    )
    group.libraries.set(libraries)
    ids = tuple(sorted(unit.pk for unit in libraries))
    publish(GroupChanged(group_id=group.pk, libraries=ids), by=by, at=now)
    configuration_changed()
    return group


@transaction.atomic
def remove_group(code: str, *, by: Actor, now: datetime) -> None:
    """Raises LibraryGroup.DoesNotExist when there is none."""
    group = LibraryGroup.objects.get(code=code)
    _require_everywhere(group, (), by)
    group_id = group.pk
    group.delete()
    publish(GroupChanged(group_id=group_id), by=by, at=now)
    configuration_changed()


def _require_everywhere(
    group: LibraryGroup | None, library_ids: Collection[int], by: Actor
) -> None:
    places = set(library_ids)
    if group is not None:
        places.update(group.libraries.values_list("pk", flat=True))
    if not places:
        by.require(OrgPermission.EDIT_UNITS)
    for place in places:
        by.require(OrgPermission.EDIT_UNITS, at=place)

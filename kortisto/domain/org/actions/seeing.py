"""Look at the site as somebody else would: no data, no power, but a trace (PER-1)."""

from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.org.access import as_if_with_role
from kortisto.domain.org.events import SeenAs
from kortisto.domain.org.models import Role, Staff
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import staff_actor

MANAGE: Final = OrgPermission.MANAGE_STAFF


@transaction.atomic
def see_as_person(staff_id: int, library_id: int, *, by: Actor, now: datetime) -> Actor:
    """What a person may today, at a library. The answer acts in nobody's name."""
    by.require(MANAGE, at=library_id)
    staff = Staff.objects.get(pk=staff_id, is_active=True)
    publish(SeenAs(unit_id=library_id, staff_id=staff_id), by=by, at=now)
    return replace(staff_actor(staff, library_id, today=localdate(now)), id=None)


@transaction.atomic
def see_as_role(role_code: str, library_id: int, *, by: Actor, now: datetime) -> Actor:
    """What a role would allow somebody who had it at a library."""
    by.require(MANAGE, at=library_id)
    role = Role.objects.get(code=role_code)
    publish(SeenAs(unit_id=library_id, role_id=role.pk), by=by, at=now)
    return as_if_with_role(role, library_id, library_id)

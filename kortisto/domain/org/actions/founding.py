"""The first administrator, before whom nobody can log in to make anybody."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.domain.org.actions.role_contents import install_ready_roles
from kortisto.domain.org.actions.roles import give_role
from kortisto.domain.org.actions.staff import create_staff
from kortisto.domain.org.actions.units import create_unit
from kortisto.domain.org.models import Staff, Unit
from kortisto.domain.org.permissions import OrgPermission

ADMINISTRATOR: Final = "kimpan-paakayttaja"
FIRST_CODE: Final = "KIMPPA"


@transaction.atomic
def create_administrator(
    username: str,
    password: str,
    *,
    full_name: str,
    consortium: str,
    by: Actor,
    now: datetime,
) -> Staff:
    """Open an account that may do everything in the whole consortium.

    On an empty installation the consortium itself is made, named ``consortium``, and
    the ready roles. Raises Refused for a user name or a password that will not do.
    """
    by.require(OrgPermission.MANAGE_STAFF)
    root = Unit.objects.filter(kind=Unit.Kind.CONSORTIUM).order_by("pk").first()
    if root is None:
        root = create_unit(
            FIRST_CODE,
            Unit.Kind.CONSORTIUM,
            parent_id=None,
            details={"name_fi": consortium},
            by=by,
            now=now,
        )
    install_ready_roles(by=by, now=now)
    staff = create_staff(
        username,
        password,
        full_name=full_name,
        home_library_id=root.pk,
        by=by,
        now=now,
    )
    give_role(
        staff.pk,
        ADMINISTRATOR,
        unit_id=root.pk,
        starts_on=localdate(now),
        by=by,
        now=now,
    )
    return staff

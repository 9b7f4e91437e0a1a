"""What roles allow: made, copied, changed and deleted for the whole consortium.

A role means the same wherever it is given, so only somebody who manages staff at the
top of the organisation decides what it allows. They may put into it what nobody has
yet: else a permission that came with a new version could never be given.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.text import slugify
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.permissions import permission
from kortisto.domain.org.actions.roles import MANAGE, one_at_a_time
from kortisto.domain.org.events import RoleChanged, RoleRemoved, RoleRenamed
from kortisto.domain.org.models import Grant, Role
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import grants_in_force, top_of_organisation
from kortisto.domain.org.ready_roles import READY_ROLES
from kortisto.domain.org.reasons import Reason, refused

LONGEST_CODE: Final = 40
PROVEN_TWICE: Final = frozenset({MANAGE.value, OrgPermission.SEE_AUDIT_LOG.value})
"""Whoever gives roles or reads logs proves twice who they are (PER-3)."""


@transaction.atomic
def create_role(
    permissions: Collection[str],
    *,
    names: Mapping[str, str],
    second_factor: bool,
    code: str = "",
    by: Actor,
    now: datetime,
) -> Role:
    """Make a role. Its code, which never changes, comes from the Finnish name.

    Raises Refused with the first thing wrong, NotPermitted.
    """
    by.require(MANAGE, at=top_of_organisation())
    one_at_a_time()
    _refuse_unfit(permissions, names, second_factor=second_factor)
    role = Role(code=code or _free_code(names["fi"]))
    _write(role, permissions, names, second_factor=second_factor)
    event = RoleChanged(role_id=role.pk, added=tuple(role.permissions))
    publish(event, by=by, at=now)
    return role


@transaction.atomic
def change_role(
    role_id: int,
    permissions: Collection[str],
    *,
    names: Mapping[str, str],
    second_factor: bool,
    seen: Collection[str] | None = None,
    by: Actor,
    now: datetime,
) -> Role:
    """Change what a role allows, for everybody who has it, and what it is called.

    ``seen`` is what it allowed when the change was begun. Raises Refused when it
    allows something else by now, and when nobody could give roles any more;
    NotPermitted, Role.DoesNotExist.
    """
    by.require(MANAGE, at=top_of_organisation())
    one_at_a_time()
    role = Role.objects.get(pk=role_id)
    before, after = set(role.permissions), set(permissions)
    if seen is not None and set(seen) != before:
        raise refused(Reason.CHANGED_MEANWHILE)
    _refuse_unfit(permissions, names, second_factor=second_factor)
    if MANAGE.value in before - after:
        _refuse_if_last(role, now)
    called = (role.names, role.needs_second_factor)
    _write(role, permissions, names, second_factor=second_factor)
    if before != after:
        event = RoleChanged(
            role_id=role.pk,
            added=tuple(sorted(after - before)),
            removed=tuple(sorted(before - after)),
        )
        publish(event, by=by, at=now)
    if called != (role.names, role.needs_second_factor):
        publish(RoleRenamed(role_id=role.pk), by=by, at=now)
    return role


@transaction.atomic
def delete_role(role_id: int, *, by: Actor, now: datetime) -> None:
    """Delete a role that nobody has any more; who had it stays in the event log.

    Raises Refused while somebody has it, or will; NotPermitted, Role.DoesNotExist.
    """
    by.require(MANAGE, at=top_of_organisation())
    one_at_a_time()
    role = Role.objects.get(pk=role_id)
    held = holders(role, now)
    if held:
        raise refused(Reason.ROLE_IN_USE, people=held)
    Grant.objects.filter(role=role).delete()
    event = RoleRemoved(role_id=role.pk, name=role.name_fi)
    role.delete()
    publish(event, by=by, at=now)


def holders(role: Role, now: datetime) -> int:
    """How many people have a role, today or later."""
    open_ = Q(ends_on=None) | Q(ends_on__gte=localdate(now))
    grants = Grant.objects.filter(open_, role=role)
    return grants.values("staff_id").distinct().count()


@transaction.atomic
def install_ready_roles(*, by: Actor, now: datetime) -> tuple[Role, ...]:
    """Make the ready roles that are not there yet.

    Those that are there stay as they are: a new version of the program never hands
    out new permissions silently (PER-5). Returns the ones that were made.
    """
    there = set(Role.objects.values_list("code", flat=True))
    return tuple(
        create_role(
            ready.permissions,
            names=ready.names,
            second_factor=ready.needs_second_factor,
            code=ready.code,
            by=by,
            now=now,
        )
        for ready in READY_ROLES
        if ready.code not in there
    )


def _write(
    role: Role,
    permissions: Collection[str],
    names: Mapping[str, str],
    *,
    second_factor: bool,
) -> None:
    role.permissions = sorted(set(permissions))
    role.name_fi = names["fi"]
    role.name_sv = names.get("sv", "")
    role.name_en = names.get("en", "")
    role.needs_second_factor = second_factor
    role.save()


def _refuse_unfit(
    permissions: Collection[str], names: Mapping[str, str], *, second_factor: bool
) -> None:
    if not names.get("fi"):
        raise refused(Reason.NAME_MISSING)
    for value in permissions:
        try:
            permission(value)
        except LookupError as error:
            raise refused(Reason.UNKNOWN_PERMISSION, permission=value) from error
    if not second_factor and PROVEN_TWICE & set(permissions):
        raise refused(Reason.PROVEN_TWICE)


def _refuse_if_last(role: Role, now: datetime) -> None:
    """Somebody must be able to give roles everywhere without this one."""
    top = top_of_organisation()
    managers = [
        role_id
        for role_id, allowed in grants_in_force(localdate(now))
        .filter(unit_id=top)
        .values_list("role_id", "role__permissions")
        if MANAGE.value in allowed
    ]
    if role.pk in managers and set(managers) == {role.pk}:
        raise refused(Reason.LAST_MANAGER_OF_ALL)


def _free_code(name: str) -> str:
    """The name in small letters a-z, with a number when it is taken."""
    base = slugify(name)[: LONGEST_CODE - 4] or "rooli"
    alike = Role.objects.filter(code__startswith=base)
    taken = set(alike.values_list("code", flat=True))
    tries = (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3)))
    return next(code for code in tries if code not in taken)

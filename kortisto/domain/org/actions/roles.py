"""Who has which role where. Nobody gives more than they have themselves."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from kortisto.core.actors import Actor, ActorKind
from kortisto.core.days import written
from kortisto.core.events import publish
from kortisto.core.permissions import permission
from kortisto.domain.org.events import GrantEnded, RoleGranted
from kortisto.domain.org.models import Grant, Role, Staff, Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import grants_of
from kortisto.domain.org.reasons import Reason, refused

MANAGE: Final = OrgPermission.MANAGE_STAFF


@transaction.atomic
def give_role(
    staff_id: int,
    role_code: str,
    *,
    unit_id: int,
    starts_on: date,
    ends_on: date | None = None,
    by: Actor,
    now: datetime,
) -> Grant:
    """Give a role at a unit and below it; both days are in force.

    Refused when the role allows something that the giver may not do there. A job
    that sets up an installation is trusted with every role.
    """
    by.require(MANAGE, at=unit_id)
    if ends_on is not None and ends_on < starts_on:
        raise refused(Reason.DATES_BACKWARDS)
    role = Role.objects.get(code=role_code)
    _refuse_more_than_own(role, unit_id, by)
    grant = Grant.objects.create(
        staff_id=staff_id,
        role=role,
        unit_id=unit_id,
        starts_on=starts_on,
        ends_on=ends_on,
        given_by=by.label,
        given_at=now,
    )
    event = RoleGranted(
        grant_id=grant.pk, staff_id=staff_id, role_id=role.pk, unit_id=unit_id
    )
    publish(event, by=by, at=now)
    return grant


@transaction.atomic
def end_grant(grant_id: int, *, ends_on: date, by: Actor, now: datetime) -> None:
    """Take a role away; ``ends_on`` is its last day in force, yesterday for "at once".

    A grant that would end before it starts is removed; the event keeps its memory.
    Refused when nobody could give roles at the place any more, and when the grant
    would last longer than it does: that is giving a role, which asks for more.
    """
    grant = Grant.objects.select_related("role", "unit").get(pk=grant_id)
    by.require(MANAGE, at=grant.unit_id)
    if grant.ends_on is not None and ends_on > grant.ends_on:
        raise refused(Reason.GRANT_ENDS_EARLIER, ends_on=written(grant.ends_on))
    refuse_the_last_manager(grant, ends_on)
    end_quietly(grant, ends_on, by=by, now=now)


def end_quietly(grant: Grant, ends_on: date, *, by: Actor, now: datetime) -> None:
    """End a grant and tell it. For actions that have already checked who may."""
    grant_id, never = grant.pk, ends_on < grant.starts_on
    if never:
        grant.delete()
    else:
        grant.ends_on = ends_on
        grant.save(update_fields=["ends_on"])
    event = GrantEnded(
        grant_id=grant_id,
        staff_id=grant.staff_id,
        role_id=grant.role_id,
        unit_id=grant.unit_id,
        ends_on=None if never else ends_on.isoformat(),
    )
    publish(event, by=by, at=now)


@transaction.atomic
def copy_grants(
    from_staff_id: int, to_staff_id: int, *, today: date, by: Actor, now: datetime
) -> int:
    """Give somebody the roles that another person has today. Returns how many."""
    grants = Grant.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today), staff_id=from_staff_id
    )
    held = set(
        Grant.objects.filter(
            Q(ends_on=None) | Q(ends_on__gte=today), staff_id=to_staff_id
        ).values_list("role_id", "unit_id")
    )
    missing = [
        grant
        for grant in grants.select_related("role")
        if (grant.role_id, grant.unit_id) not in held
    ]
    for grant in missing:
        give_role(
            to_staff_id,
            grant.role.code,
            unit_id=grant.unit_id,
            starts_on=max(today, grant.starts_on),
            ends_on=grant.ends_on,
            by=by,
            now=now,
        )
    return len(missing)


def require_power_over(staff: Staff, *, by: Actor, now: datetime) -> None:
    """Nobody takes over the account of a person who may do more than they may.

    The actor needs the permission at the account's home, and everywhere everything
    that the account allows today; else a new password would be a back door.
    """
    by.require(MANAGE, at=staff.home_library_id)
    if by.kind is ActorKind.JOB:
        return
    for value, places in grants_of(staff.pk, localdate(now)).items():
        if value not in by.everywhere and not places <= by.grants.get(
            value, frozenset()
        ):
            raise refused(Reason.MAY_MORE, name=staff.full_name)


def _refuse_more_than_own(role: Role, unit_id: int, by: Actor) -> None:
    if by.kind is ActorKind.JOB:
        return
    more = [
        str(permission(value).label)
        for value in role.permissions
        if not by.may(permission(value), at=unit_id)
    ]
    if more:
        raise refused(Reason.GIVES_MORE, permissions=", ".join(more))


def one_at_a_time() -> None:
    """Let nobody else change who gives roles meanwhile, until the transaction ends."""
    tops = Unit.objects.select_for_update().filter(parent=None).order_by("pk")
    list(tops)


def refuse_the_last_manager(grant: Grant, ends_on: date) -> None:
    """Somebody active must be able to give roles at the place after ``ends_on``."""
    if MANAGE.value not in grant.role.permissions:
        return
    one_at_a_time()
    after = ends_on + timedelta(days=1)
    places = Unit.objects.get(pk=grant.unit_id).ancestry
    others = Grant.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=after),
        unit_id__in=places,
        starts_on__lte=after,
        staff__is_active=True,
    ).exclude(pk=grant.pk)
    if not any(
        MANAGE.value in allowed
        for allowed in others.values_list("role__permissions", flat=True)
    ):
        raise refused(Reason.LAST_MANAGER, unit=grant.unit.name)

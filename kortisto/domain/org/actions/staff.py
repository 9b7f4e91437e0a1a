"""Accounts of the people who work here: open, change, close (PER-2, PER-5)."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import F

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.org.actions.roles import (
    end_quietly,
    refuse_the_last_manager,
    require_power_over,
)
from kortisto.domain.org.events import StaffChanged
from kortisto.domain.org.models import Grant, Staff
from kortisto.domain.org.passwords import LEAST_LENGTH, too_short, too_weak
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.reasons import Reason, refused

MANAGE: Final = OrgPermission.MANAGE_STAFF
EDITABLE: Final = frozenset(
    {"full_name", "email", "phone", "language", "home_library_id"}
)


@transaction.atomic
def create_staff(
    username: str,
    password: str,
    *,
    full_name: str,
    home_library_id: int,
    details: Mapping[str, Any] | None = None,
    by: Actor,
    now: datetime,
) -> Staff:
    """Open a named account; it may do nothing before it is given a role.

    ``details``: email, phone, language.
    """
    by.require(MANAGE, at=home_library_id)
    name = username.strip().lower()
    if not name or " " in name:
        raise refused(Reason.USERNAME_FORM)
    if Staff.objects.filter(username=name).exists():
        raise refused(Reason.USERNAME_TAKEN, username=name)
    _refuse_bad_password(password, name)
    staff = Staff.objects.create_user(
        name,
        password,
        full_name=full_name,
        home_library_id=home_library_id,
        created_at=now,
        **_checked(details or {}),
    )
    _tell(staff, "created", by=by, now=now)
    return staff


@transaction.atomic
def change_staff(
    staff_id: int, details: Mapping[str, Any], *, by: Actor, now: datetime
) -> Staff:
    """Change name, addresses, language or home library.

    One's own always, but for the home library: it says who manages the account.
    """
    staff = Staff.objects.get(pk=staff_id)
    if not _is_self(staff, by) or "home_library_id" in details:
        by.require(MANAGE, at=staff.home_library_id)
    for name, value in _checked(details).items():
        setattr(staff, name, value)
    staff.save(update_fields=list(details))
    _tell(staff, "changed", by=by, now=now)
    return staff


@transaction.atomic
def set_password(staff_id: int, password: str, *, by: Actor, now: datetime) -> None:
    """Give an account a new password; its sessions end and its lock opens."""
    staff = Staff.objects.get(pk=staff_id)
    require_power_over(staff, by=by, now=now)
    _store_password(staff, password)
    _tell(staff, "password", by=by, now=now)


@transaction.atomic
def change_own_password(
    staff_id: int, old: str, new: str, *, by: Actor, now: datetime
) -> None:
    """Refused when the old password is wrong. All sessions end, this one too."""
    staff = Staff.objects.get(pk=staff_id)
    if not _is_self(staff, by) or not staff.check_password(old):
        raise refused(Reason.WRONG_PASSWORD)
    _store_password(staff, new)
    _tell(staff, "password", by=by, now=now)


@transaction.atomic
def deactivate(staff_id: int, *, today: date, by: Actor, now: datetime) -> None:
    """Close an account at once: no log-in, no session, no role from today on.

    The row stays, so that logs can be read (PER-5). Refused when nobody could give
    roles at some place any more.
    """
    staff = Staff.objects.get(pk=staff_id)
    require_power_over(staff, by=by, now=now)
    staff.is_active = False
    staff.left_on = today
    staff.save(update_fields=["is_active", "left_on"])
    _end_sessions(staff)
    yesterday = today - timedelta(days=1)
    for grant in Grant.objects.filter(staff=staff).select_related("role", "unit"):
        if grant.ends_on is None or grant.ends_on >= today:
            if grant.starts_on <= today:
                refuse_the_last_manager(grant, yesterday)
            end_quietly(grant, yesterday, by=by, now=now)
    _tell(staff, "deactivated", by=by, now=now)


@transaction.atomic
def reactivate(staff_id: int, *, by: Actor, now: datetime) -> None:
    """Open a closed account again, without any role."""
    staff = Staff.objects.get(pk=staff_id)
    if staff.removed_on is not None:
        raise refused(Reason.ACCOUNT_REMOVED)
    by.require(MANAGE, at=staff.home_library_id)
    staff.is_active = True
    staff.left_on = None
    staff.save(update_fields=["is_active", "left_on"])
    _tell(staff, "reactivated", by=by, now=now)


@transaction.atomic
def unlock(staff_id: int, *, by: Actor, now: datetime) -> None:
    """Open the lock that wrong passwords closed."""
    staff = Staff.objects.get(pk=staff_id)
    by.require(MANAGE, at=staff.home_library_id)
    Staff.objects.filter(pk=staff_id).update(failed_logins=0, locked_until=None)
    _tell(staff, "unlocked", by=by, now=now)


@transaction.atomic
def end_sessions(staff_id: int, *, by: Actor, now: datetime) -> None:
    """End every session of an account: a stolen workstation (PER-4)."""
    staff = Staff.objects.get(pk=staff_id)
    if not _is_self(staff, by):
        by.require(MANAGE, at=staff.home_library_id)
    _end_sessions(staff)
    _tell(staff, "sessions-ended", by=by, now=now)


def _store_password(staff: Staff, password: str) -> None:
    _refuse_bad_password(password, staff.username)
    staff.set_password(password)
    staff.failed_logins = 0
    staff.locked_until = None
    staff.save(update_fields=["password", "failed_logins", "locked_until"])
    _end_sessions(staff)


def _end_sessions(staff: Staff) -> None:
    Staff.objects.filter(pk=staff.pk).update(session_epoch=F("session_epoch") + 1)


def _refuse_bad_password(password: str, username: str) -> None:
    if too_short(password):
        raise refused(Reason.PASSWORD_SHORT, least=LEAST_LENGTH)
    if too_weak(password, username):
        raise refused(Reason.PASSWORD_WEAK)


def _checked(details: Mapping[str, Any]) -> dict[str, Any]:
    unknown = set(details) - EDITABLE
    if unknown:
        message = f"not columns of a staff account: {', '.join(sorted(unknown))}"
        raise TypeError(message)
    return dict(details)


def _is_self(staff: Staff, by: Actor) -> bool:
    return by.label == f"staff:{staff.pk}"


def _tell(staff: Staff, what: str, *, by: Actor, now: datetime) -> None:
    publish(StaffChanged(staff_id=staff.pk, what=what), by=by, at=now)

"""Log in: password, second factor, working library (PER-3).

A door asks in this order: ``check_password``; ``verify_second_factor`` when the
account has one or ``queries.needs_second_factor`` says so; ``logged_in``.
"""

from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import F, Q
from django.utils.timezone import localtime

from kortisto.core.actors import Actor, ActorKind
from kortisto.core.events import publish
from kortisto.domain.org.actions.roles import require_power_over
from kortisto.domain.org.events import (
    StaffChanged,
    StaffLoggedIn,
    StaffLoggedOut,
    StaffLoginFailed,
    StaffUnlocked,
)
from kortisto.domain.org.models import Staff
from kortisto.domain.org.passwords import matching_step
from kortisto.domain.org.queries import organisation, staff_actor
from kortisto.domain.org.reasons import Reason, refused
from kortisto.domain.org.settings import STAFF_ATTEMPTS, STAFF_LOCK_MINUTES


def check_password(username: str, password: str, *, now: datetime) -> Staff:
    """The account, when user name and password are right and it is not locked.

    An unknown name, a closed account and a wrong password answer alike and take the
    same time. Refused also counts the attempt, so call it outside a transaction.
    """
    staff = Staff.objects.filter(username=username.strip().lower()).first()
    if staff is None or not staff.is_active:
        make_password(password)
        _failed(None if staff is None else staff.pk, "no-account", now=now)
        raise refused(Reason.WRONG_PASSWORD)
    if staff.locked_until is not None and now < staff.locked_until:
        make_password(password)
        _failed(staff.pk, "locked", now=now)
        raise refused(Reason.ACCOUNT_LOCKED, until=_words(staff.locked_until))
    if not staff.check_password(password):
        count_failure(staff, "password", now=now)
        raise refused(Reason.WRONG_PASSWORD)
    return staff


def verify_second_factor(staff: Staff, code: str, *, now: datetime) -> None:
    """Accept a code of the account's authenticator. A code works once.

    Refused also counts the attempt, so call it outside a transaction.
    """
    if not staff.totp_secret:
        raise refused(Reason.NOT_ENROLLED)
    refuse_locked(staff, now=now)
    step = matching_step(staff.totp_secret, code, seconds=int(now.timestamp()))
    if step is None or not _use_step(staff.pk, step):
        count_failure(staff, "second-factor", now=now)
        raise refused(Reason.WRONG_CODE)


@transaction.atomic
def logged_in(
    staff: Staff, library_id: int | None, *, today: date, now: datetime
) -> Actor:
    """Record a log-in that went through, and where the person works now."""
    Staff.objects.filter(pk=staff.pk).update(
        failed_logins=0,
        locked_until=None,
        last_login=now,
        last_library_id=library_id,
    )
    actor = staff_actor(staff, library_id, today=today)
    publish(StaffLoggedIn(staff_id=staff.pk), by=actor, at=now)
    return actor


@transaction.atomic
def unlocked(
    staff: Staff, library_id: int | None, *, today: date, now: datetime
) -> None:
    """Record that the person of a locked session is back, after a right password.

    The second factor was asked for when the session began, on the same computer.
    """
    Staff.objects.filter(pk=staff.pk).update(failed_logins=0, locked_until=None)
    actor = staff_actor(staff, library_id, today=today)
    publish(StaffUnlocked(staff_id=staff.pk), by=actor, at=now)


def work_at(staff_id: int, library_id: int) -> None:
    """Remember the working library for the next log-in."""
    Staff.objects.filter(pk=staff_id).update(last_library_id=library_id)


def logged_out(staff_id: int, *, by: Actor, now: datetime) -> None:
    publish(StaffLoggedOut(staff_id=staff_id), by=by, at=now)


@transaction.atomic
def enrol_second_factor(
    staff_id: int, secret: str, *, code: str, by: Actor, now: datetime
) -> None:
    """Start to use an authenticator; the code proves that it has the secret.

    ``secret`` comes from ``passwords.new_secret`` and has not been stored before.
    The person does this, or one who manages staff for a first administrator; never
    while a second factor is in use.
    """
    staff = Staff.objects.get(pk=staff_id)
    if by.label != f"staff:{staff_id}":
        require_power_over(staff, by=by, now=now)
    if staff.totp_secret:
        raise refused(Reason.ALREADY_ENROLLED)
    step = matching_step(secret, code, seconds=int(now.timestamp()))
    if step is None:
        raise refused(Reason.WRONG_CODE)
    staff.totp_secret = secret
    staff.totp_last_step = step
    staff.save(update_fields=["totp_secret", "totp_last_step"])
    event = StaffChanged(staff_id=staff_id, what="second-factor")
    publish(event, by=by, at=now)


@transaction.atomic
def remove_second_factor(staff_id: int, *, by: Actor, now: datetime) -> None:
    """For a lost telephone: an administrator takes code and passkeys away."""
    staff = Staff.objects.get(pk=staff_id)
    require_power_over(staff, by=by, now=now)
    staff.passkeys.all().delete()
    Staff.objects.filter(pk=staff_id).update(
        totp_secret="", totp_last_step=0, session_epoch=F("session_epoch") + 1
    )
    event = StaffChanged(staff_id=staff_id, what="second-factor-removed")
    publish(event, by=by, at=now)


def _use_step(staff_id: int, step: int) -> bool:
    """True for one caller only, however many try the same code at once."""
    used = Staff.objects.filter(pk=staff_id, totp_last_step__lt=step)
    return used.update(totp_last_step=step) == 1


def refuse_locked(staff: Staff, *, now: datetime) -> None:
    """Too many wrong attempts close every way in for a while."""
    if staff.locked_until is not None and now < staff.locked_until:
        raise refused(Reason.ACCOUNT_LOCKED, until=_words(staff.locked_until))


@transaction.atomic
def count_failure(staff: Staff, reason: str, *, now: datetime) -> None:
    """One more wrong attempt; one too many locks the account for a while."""
    tree = organisation()
    attempts = tree.setting(STAFF_ATTEMPTS, staff.home_library_id).value
    minutes = tree.setting(STAFF_LOCK_MINUTES, staff.home_library_id).value
    account = Staff.objects.filter(pk=staff.pk)
    account.update(failed_logins=F("failed_logins") + 1)
    account.filter(
        Q(locked_until=None) | Q(locked_until__lte=now), failed_logins__gte=attempts
    ).update(failed_logins=0, locked_until=now + timedelta(minutes=minutes))
    _failed(staff.pk, reason, now=now)


def _failed(staff_id: int | None, reason: str, *, now: datetime) -> None:
    actor = Actor(kind=ActorKind.STAFF, id=staff_id)
    event = StaffLoginFailed(staff_id=staff_id, reason=reason)
    publish(event, by=actor, at=now)


def _words(moment: datetime) -> str:
    return localtime(moment).strftime("%H.%M")

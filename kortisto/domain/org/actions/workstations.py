"""Workstations: add, enrol, shut out (S19, PER-4)."""

from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F

from kortisto.core import tokens
from kortisto.core.actors import Actor, ActorKind
from kortisto.core.events import publish
from kortisto.core.text import tidy
from kortisto.domain.org import enrolment_codes
from kortisto.domain.org.events import StaffChanged, WorkstationChanged
from kortisto.domain.org.models import Staff, Workstation
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.reasons import Reason, refused
from kortisto.domain.org.settings import WORKSTATION_DAYS

MANAGE: Final = OrgPermission.MANAGE_WORKSTATIONS
CODE_GOOD_FOR: Final = timedelta(days=1)
RECENTLY: Final = timedelta(days=30)  # whose sessions end with a stolen workstation


@transaction.atomic
def add_workstation(
    unit_id: int, label: str, *, by: Actor, now: datetime
) -> tuple[Workstation, str]:
    """A workstation of a library or a desk, and the code that enrols it, once."""
    by.require(MANAGE, at=unit_id)
    name = tidy(label)
    if not name:
        raise refused(Reason.LABEL_MISSING)
    try:
        with transaction.atomic():
            made = Workstation.objects.create(
                unit_id=unit_id, label=name, made_by=by.label, made_at=now
            )
    except IntegrityError as taken:
        raise refused(Reason.LABEL_TAKEN, label=name) from taken
    code = _give_code(made, now=now)
    _tell(made, "added", by=by, now=now)
    return made, code


@transaction.atomic
def new_code(workstation_id: int, *, by: Actor, now: datetime) -> str:
    """Another code, for a browser that has forgotten its credential."""
    row = Workstation.objects.select_for_update().get(pk=workstation_id)
    by.require(MANAGE, at=row.unit_id)
    if row.removed_at is not None:
        raise refused(Reason.WORKSTATION_REMOVED)
    code = _give_code(row, now=now)
    _tell(row, "code", by=by, now=now)
    return code


@transaction.atomic
def enrol(code: str, *, now: datetime) -> tuple[Workstation, str]:
    """The workstation whose code this is, and its credential; the code is used up.

    A credential that it had before is good no more. Refused for any other code.
    """
    kept = enrolment_codes.digest(code, key=settings.SECRET_KEY)
    rows = Workstation.objects.select_for_update()
    row = rows.filter(
        code_digest=kept, code_until__gt=now, removed_at__isnull=True
    ).first()
    if row is None:
        raise refused(Reason.CODE_UNKNOWN)
    secret = tokens.new_secret()
    row.code_digest, row.code_until = "", None
    row.next_digest, row.next_since = "", None
    row.token_digest, row.token_since = tokens.digest(secret), now
    row.token_until = now + lifetime(row.unit_id)
    row.save()
    machine = Actor(kind=ActorKind.DEVICE, library_id=row.unit_id)
    _tell(row, "enrolled", by=machine, now=now)
    return row, f"{row.pk}.{secret}"


@transaction.atomic
def shut_out(
    workstation_id: int, *, stolen: bool, by: Actor, now: datetime
) -> tuple[int, ...]:
    """Take a workstation out of use: its credential and sessions die at once.

    A stolen one takes with it every session of whoever used it lately, wherever they
    are, because passwords may have been seen. Returns the ids of these accounts.
    """
    row = Workstation.objects.select_for_update().get(pk=workstation_id)
    by.require(MANAGE, at=row.unit_id)
    why = Workstation.Why.STOLEN if stolen else Workstation.Why.REMOVED
    row.token_digest = row.next_digest = row.code_digest = ""
    row.removed_at, row.removed_by, row.removed_why = now, by.label, why
    row.save()
    _tell(row, why.value, by=by, now=now)
    return _end_sessions(row, by=by, now=now) if stolen else ()


def _end_sessions(row: Workstation, *, by: Actor, now: datetime) -> tuple[int, ...]:
    recent = row.uses.filter(last_at__gte=now - RECENTLY)
    people = tuple(recent.order_by("staff_id").values_list("staff_id", flat=True))
    Staff.objects.filter(pk__in=people).update(session_epoch=F("session_epoch") + 1)
    for staff_id in people:
        publish(StaffChanged(staff_id=staff_id, what="sessions-ended"), by=by, at=now)
    return people


def lifetime(unit_id: int) -> timedelta:
    """How long a credential is good that nobody uses."""
    return timedelta(days=organisation().setting(WORKSTATION_DAYS, unit_id).value)


def _give_code(row: Workstation, *, now: datetime) -> str:
    code = enrolment_codes.new_code()
    row.code_digest = enrolment_codes.digest(code, key=settings.SECRET_KEY)
    row.code_until = now + CODE_GOOD_FOR
    row.save(update_fields=["code_digest", "code_until"])
    return enrolment_codes.grouped(code)


def _tell(row: Workstation, what: str, *, by: Actor, now: datetime) -> None:
    event = WorkstationChanged(workstation_id=row.pk, unit_id=row.unit_id, what=what)
    publish(event, by=by, at=now)

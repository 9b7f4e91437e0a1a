"""Remove accounts and workstations that left long ago; names of people stay (PER-5)."""

from datetime import date, datetime, timedelta

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.domain.org.events import StaffChanged
from kortisto.domain.org.models import Staff, Workstation, WorkstationUse
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import LEAVERS_KEPT_DAYS


def remove_leavers(*, by: Actor, now: datetime) -> int:
    """Remove every closed account whose time is over. Returns how many."""
    by.require(OrgPermission.MANAGE_STAFF)
    today, tree = localdate(now), organisation()
    closed = Staff.objects.filter(is_active=False, removed_on=None, left_on__lt=today)
    removed = 0
    for staff in closed.order_by("pk"):
        days = tree.setting(LEAVERS_KEPT_DAYS, staff.home_library_id).value
        if staff.left_on is not None and staff.left_on + timedelta(days=days) <= today:
            _remove(staff.pk, today=today, by=by, now=now)
            removed += 1
    return removed


def forget_workstations(*, by: Actor, now: datetime) -> int:
    """Forget workstations that were shut out as long ago. Returns how many."""
    by.require(OrgPermission.MANAGE_WORKSTATIONS)
    tree, today, forgotten = organisation(), localdate(now), 0
    for row in Workstation.objects.filter(removed_at__lt=now).order_by("pk"):
        kept = timedelta(days=tree.setting(LEAVERS_KEPT_DAYS, row.unit_id).value)
        if localdate(row.removed_at) + kept <= today:
            row.delete()
            forgotten += 1
    return forgotten


@transaction.atomic
def _remove(staff_id: int, *, today: date, by: Actor, now: datetime) -> None:
    """What stays is a number and a name, so that old rows of the log can be read.

    Roles go too: the log tells what the account could do, and when.
    """
    staff = Staff.objects.select_for_update().get(pk=staff_id)
    staff.grants.all().delete()
    staff.passkeys.all().delete()
    staff.sign_in_links.all().delete()
    WorkstationUse.objects.filter(staff=staff).delete()
    staff.username = f"removed {staff.pk}"  # no log-in has a space
    staff.password = make_password(None)
    staff.email = staff.phone = staff.totp_secret = ""
    staff.home_library = staff.last_library = None
    staff.removed_on = today
    staff.save()
    publish(StaffChanged(staff_id=staff.pk, what="removed"), by=by, at=now)

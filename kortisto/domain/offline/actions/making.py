"""Make a workstation ready to work without a connection, and forget it again."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.forgetting import delete_in_pages
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.circulation.permissions import LendingPermission as May
from kortisto.domain.offline.events import OfflineDeskMade, OfflineWorkForgotten
from kortisto.domain.offline.models import Deed, Kit
from kortisto.domain.offline.reasons import OfflineReason
from kortisto.domain.offline.settings import SENDING_DAYS, WORKING_HOURS
from kortisto.domain.org.models import Workstation
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.frozen import frozen_patrons

MOST_IN_AN_HOUR: Final = 12
KEPT: Final = timedelta(days=90)  # after nothing more is taken


@transaction.atomic
def make_kit(workstation_id: int | None, *, by: Actor, now: datetime) -> Kit:
    """Let a workstation work without a connection for some hours.

    Raises Refused (no-workstation, too-many-kits), NotPermitted.
    """
    by.require(May.WORK_OFFLINE)
    assert by.library_id is not None  # noqa: S101 - staff work in a library
    in_use = Workstation.objects.select_for_update(no_key=True)
    found = in_use.filter(pk=workstation_id or 0, removed_at=None).first()
    if found is None:
        raise Refused([Refusal(OfflineReason.NO_WORKSTATION)])
    lately = Kit.objects.filter(
        workstation=found, made_at__gt=now - timedelta(hours=1)
    ).count()
    if lately >= MOST_IN_AN_HOUR:
        raise Refused([Refusal(OfflineReason.TOO_MANY_KITS, facts={"kits": lately})])
    tree = organisation()
    hours = tree.setting(WORKING_HOURS, by.library_id).value
    days = tree.setting(SENDING_DAYS, by.library_id).value
    expires_at = now + timedelta(hours=hours)
    made = Kit.objects.create(
        library_id=by.library_id,
        workstation=found,
        made_by=by.label,
        made_at=now,
        expires_at=expires_at,
        send_until=expires_at + timedelta(days=days),
    )
    event = OfflineDeskMade(kit_id=made.pk, workstation_id=found.pk)
    publish(event, by=by, at=now)
    return made


def due_kits(now: datetime) -> "QuerySet[Kit]":
    """Kits that nothing is taken from any more, and nobody must see to."""
    rows = Kit.objects.filter(send_until__lt=now - KEPT)
    frozen = Deed.objects.filter(patron__in=frozen_patrons())
    stuck = Deed.objects.filter(state=Deed.State.STUCK)
    return rows.exclude(deeds__in=stuck).exclude(deeds__in=frozen)


def forget_kits(*, by: Actor, now: datetime) -> int:
    """Delete old kits with what was sent. Returns how many kits."""
    by.require(May.WORK_OFFLINE)
    ids = list(due_kits(now).values_list("pk", flat=True))
    with transaction.atomic():
        delete_in_pages(Deed.objects.filter(kit__in=ids))
        Kit.objects.filter(pk__in=ids).delete()
        if ids:
            publish(OfflineWorkForgotten(kits=len(ids)), by=by, at=now)
    return len(ids)

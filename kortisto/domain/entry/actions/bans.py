"""Ban somebody from open libraries for some days, and lift the ban (OMA-3)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.text import tidy_lines
from kortisto.domain.entry.events import EntryBanLifted, EntryBanned
from kortisto.domain.entry.models import Ban
from kortisto.domain.entry.permissions import EntryPermission
from kortisto.domain.entry.reasons import BanReason, refused
from kortisto.domain.entry.settings import BAN_MAX_DAYS
from kortisto.domain.org.models import Unit
from kortisto.domain.org.queries import Organisation, organisation
from kortisto.domain.patrons.frozen import refuse_if_frozen
from kortisto.domain.patrons.models import Patron


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBan:
    """``libraries`` None: all. Both days are in force."""

    starts_on: date
    ends_on: date
    reason: str
    hearing: str
    public_note: str = ""
    libraries: Collection[int] | None = None


@transaction.atomic
def ban(patron_id: int, new: NewBan, *, by: Actor, now: datetime) -> Ban:
    """Ban a patron; a ban that begins today is in force at once.

    Also somebody whose processing is restricted: others are to be safe.

    It needs the permission at each library, or at the root for all of them. Refused
    with every reason in words: days, length, no reason, nobody was heard.
    """
    tree = organisation()
    places = _places(tree, new.libraries)
    for place in places:
        by.require(EntryPermission.BAN, at=place)
    reason, hearing = tidy_lines(new.reason), tidy_lines(new.hearing)
    _check(new, reason, hearing, tree=tree, places=places, today=localdate(now))
    patron = Patron.objects.select_for_update().get(pk=patron_id)
    made = Ban.objects.create(
        patron=patron,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        everywhere=new.libraries is None,
        reason=reason,
        hearing=hearing,
        public_note=tidy_lines(new.public_note),
        made_by=by.label,
        made_at=now,
    )
    if new.libraries is not None:
        made.libraries.set(Unit.objects.filter(pk__in=new.libraries))
    event = EntryBanned(
        patron_id=patron.pk, ban_id=made.pk, ends_on=made.ends_on.isoformat()
    )
    publish(event, by=by, at=now)
    return made


@transaction.atomic
def lift_ban(ban_id: int, *, by: Actor, now: datetime) -> Ban:
    """End a ban at once; it is still remembered. Lifting it again does nothing."""
    row = Ban.objects.select_for_update().get(pk=ban_id)
    places = None if row.everywhere else row.libraries.values_list("pk", flat=True)
    for place in _places(organisation(), None if places is None else list(places)):
        by.require(EntryPermission.BAN, at=place)
    if row.lifted_at is not None:
        return row
    refuse_if_frozen(row.patron_id)
    row.lifted_at, row.lifted_by = now, by.label
    row.save(update_fields=["lifted_at", "lifted_by"])
    event = EntryBanLifted(patron_id=row.patron_id, ban_id=row.pk)
    publish(event, by=by, at=now)
    return row


def _places(tree: Organisation, libraries: Collection[int] | None) -> list[int]:
    """Where the permission is needed. Refused for an empty list."""
    if libraries is None:
        return [node.id for node in tree.children(None)]
    if not libraries:
        raise refused(BanReason.NO_LIBRARY)
    return sorted(libraries)


def _check(
    new: NewBan,
    reason: str,
    hearing: str,
    *,
    tree: Organisation,
    places: Collection[int],
    today: date,
) -> None:
    if new.ends_on < new.starts_on:
        raise refused(BanReason.BACKWARDS)
    if new.starts_on < today:
        raise refused(BanReason.IN_THE_PAST)
    most = min(tree.setting(BAN_MAX_DAYS, place).value for place in places)
    if (new.ends_on - new.starts_on).days + 1 > most:
        raise refused(BanReason.TOO_LONG, days=most)
    if not reason:
        raise refused(BanReason.NO_REASON)
    if not hearing:
        raise refused(BanReason.NOT_HEARD)

"""Bar patrons from borrowing, and lift what has done its work (S26)."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal
from kortisto.domain.patrons.actions.restriction_types import row_of_type
from kortisto.domain.patrons.actions.writing import locked, to_change
from kortisto.domain.patrons.events import RestrictionAdded, RestrictionLifted
from kortisto.domain.patrons.fields import kept_text, longest
from kortisto.domain.patrons.frozen import FROZEN, frozen_patrons
from kortisto.domain.patrons.models import Patron, Restriction, RestrictionType
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.reasons import Reason, about, raise_if_unfit, unfit
from kortisto.domain.patrons.restriction_types import DECEASED, MANUAL

Removal = RestrictionType.Removal


@transaction.atomic
def restrict(
    patron_id: int,
    note: str,
    *,
    by: Actor,
    now: datetime,
    ends_on: date | None = None,
    kind: str = MANUAL,
) -> Restriction:
    """Bar a patron from borrowing, until a day or until it is lifted (S26).

    ``kind`` is the code of a type in use; ``ends_on`` the last day in force, by
    default as many days from today as the type says. Raises Unfit when that has
    passed, or is missing where the type goes by it. One of the processing of data
    needs a reason, and only a person ends it (GDP-2).
    """
    by.require(PatronPermission.RESTRICT)
    if kind == DECEASED:  # the population register's word
        locked(patron_id)
    else:
        to_change(patron_id)
    type_ = row_of_type(kind)
    if not type_.in_use:
        raise unfit(about("kind", Reason.TYPE_NOT_IN_USE))
    if ends_on is None and type_.days is not None:
        ends_on = localdate(now) + timedelta(days=type_.days)
    if ends_on is not None and ends_on < localdate(now):
        raise unfit(about("ends_on", Reason.RESTRICTION_ENDS_FIRST))
    if ends_on is None and type_.removal == Removal.END_DATE:
        raise unfit(about("ends_on", Reason.RESTRICTION_NEEDS_END))
    note = kept_text(note, longest(Restriction, "note"), field="note")
    if kind == FROZEN:
        raise_if_unfit(_why_not_frozen(note, ends_on))
    restriction = Restriction.objects.create(
        patron_id=patron_id,
        type=type_,
        note=note,
        starts_on=localdate(now),
        ends_on=ends_on,
        made_by=by.label,
        made_at=now,
    )
    _bump(patron_id)
    publish(
        RestrictionAdded(patron_id=patron_id, restriction_id=restriction.pk, kind=kind),
        by=by,
        at=now,
    )
    return restriction


@transaction.atomic
def lift(restriction_id: int, *, by: Actor, now: datetime) -> None:
    """Lift a restriction; it stays in the log.

    While the processing of the data is restricted, nothing but that is lifted.
    """
    by.require(PatronPermission.RESTRICT)
    asked = Restriction.objects.select_related("type").get(pk=restriction_id)
    if asked.type.code == FROZEN:
        locked(asked.patron_id)
    else:
        to_change(asked.patron_id)
    restriction = Restriction.objects.select_for_update().get(pk=restriction_id)
    if restriction.lifted_at is not None:
        return
    restriction.lifted_at, restriction.lifted_by = now, by.label
    restriction.save(update_fields=["lifted_at", "lifted_by"])
    _bump(restriction.patron_id)
    publish(
        RestrictionLifted(
            patron_id=restriction.patron_id, restriction_id=restriction.pk
        ),
        by=by,
        at=now,
    )


def lift_settled(
    patron_ids: Collection[int],
    removal: RestrictionType.Removal,
    *,
    by: Actor,
    now: datetime,
) -> int:
    """Lift what goes by itself now that it is settled for these patrons; how many.

    What the restriction of processing keeps is lifted the night after that has gone.
    """
    standing = Restriction.objects.filter(
        patron_id__in=patron_ids, lifted_at=None, type__removal=removal
    ).exclude(patron__in=frozen_patrons())
    found = list(standing.order_by("pk").values_list("pk", flat=True))
    for restriction_id in found:
        lift(restriction_id, by=by, now=now)
    return len(found)


def _why_not_frozen(note: str, ends_on: date | None) -> Iterator[Refusal]:
    if not note:
        yield about("note", Reason.NEEDS_WHY_FROZEN)
    if ends_on is not None:
        yield about("ends_on", Reason.FROZEN_UNTIL_LIFTED)


def _bump(patron_id: int) -> None:
    """Make a lending decision that is under way look again."""
    Patron.objects.filter(pk=patron_id).update(version=F("version") + 1)

"""Tick which messages come how; what cannot work cannot be ticked (S30, S31)."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refusal
from kortisto.domain.patrons.actions.writing import to_change, write_changes
from kortisto.domain.patrons.fields import clean
from kortisto.domain.patrons.models import (
    MessageChoice,
    MessageKind,
    Patron,
    Source,
    Transport,
)
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.reasons import Reason, about, raise_if_unfit
from kortisto.domain.patrons.rules import (
    EMAIL,
    SMS,
    Reach,
    Tick,
    ticks_are_possible,
    ticks_that_need,
)

NAMES: Final = {kind.value: kind.label for kind in MessageKind}


@transaction.atomic
def choose_messages(
    patron_id: int,
    ticks: Collection[Tick],
    *,
    by: Actor,
    now: datetime,
    source: Source | None = None,
) -> None:
    """Make the whole table of ticks be this one. A patron may do it themselves.

    Raises Unfit, each refusal with the field ``kind:transport``.
    """
    patron = _locked(patron_id, by=by)
    _choose(patron, ticks, {}, by=by, now=now, source=source)


@transaction.atomic
def choose_messages_and_number(
    patron_id: int,
    ticks: Collection[Tick],
    sms_number: str | None,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """The ticks and the number for text messages at once; None follows the phone (S31).

    So a number can be given together with its first tick, and taken away together
    with the last one. Raises Unfit with everything that is wrong with either.
    """
    patron = _locked(patron_id, by=by)
    wanted, wrong = clean({"sms_number": sms_number})
    raise_if_unfit(wrong)
    _choose(patron, ticks, wanted, by=by, now=now, source=None)


def _locked(patron_id: int, *, by: Actor) -> Patron:
    if not by.is_patron(patron_id):
        by.require(PatronPermission.EDIT)
    return to_change(patron_id)


def _choose(
    patron: Patron,
    ticks: Collection[Tick],
    values: Mapping[str, Any],
    *,
    by: Actor,
    now: datetime,
    source: Source | None,
) -> None:
    number = patron.sms_number
    patron.sms_number = values.get("sms_number", number)
    reach = reach_of(patron)
    patron.sms_number = number
    before, after = set(ticks_of(patron.pk)), set(ticks)
    raise_if_unfit(wrong_with(after, reach))
    write_ticks(patron, after - before, gone=before - after)
    beside = {
        f"message:{kind}": (_told(before, kind), _told(after, kind))
        for kind in NAMES
        if _told(before, kind) != _told(after, kind)
    }
    write_changes(patron, values, beside=beside, by=by, now=now, source=source)


def ticks_of(patron_id: int) -> list[Tick]:
    """What a patron has ticked."""
    rows = MessageChoice.objects.filter(patron_id=patron_id)
    return [
        Tick(*row) for row in rows.values_list("kind", "transport", "days").order_by()
    ]


def wrong_with(ticks: Collection[Tick], reach: Reach) -> list[Refusal]:
    """Everything that is wrong with a table of ticks."""
    unknown = [
        about(None, Reason.UNKNOWN_FIELD)
        for tick in ticks
        if tick.kind not in NAMES or tick.transport not in Transport.values
    ]
    return unknown or ticks_are_possible(ticks, reach, names=NAMES)


def reach_of(patron: Patron) -> Reach:
    """How a patron can be reached with what the row holds, saved or not."""
    address = bool(patron.street and patron.city)
    return Reach(
        sms=bool(patron.number_for_sms),
        email=bool(patron.email),
        paper=address and not patron.is_protected,
    )


def ticks_left_hanging(patron: Patron, was: Reach) -> list[Refusal]:
    """Ticks that a number or an address, which is being taken away, is needed for."""
    reach = reach_of(patron)
    lost = {way for way in (SMS, EMAIL) if was.by(way) and not reach.by(way)}
    if not lost:
        return []
    ticks = ticks_of(patron.pk)
    sms_field = "phone" if patron.sms_number is None else "sms_number"
    found = []
    for way, field, reason in (
        (SMS, sms_field, Reason.NUMBER_IS_NEEDED),
        (EMAIL, "email", Reason.EMAIL_IS_NEEDED),
    ):
        needing = ticks_that_need(way, ticks, NAMES) if way in lost else ""
        if needing:
            found.append(about(field, reason, messages=needing))
    return found


def write_ticks(
    patron: Patron, ticks: Iterable[Tick], *, gone: Iterable[Tick] = ()
) -> None:
    """Write ticks that have been found possible, inside the caller's transaction."""
    rows = MessageChoice.objects.filter(patron=patron)
    for tick in gone:
        rows.filter(kind=tick.kind, transport=tick.transport).delete()
    MessageChoice.objects.bulk_create(
        MessageChoice(
            patron=patron, kind=tick.kind, transport=tick.transport, days=tick.days
        )
        for tick in sorted(ticks, key=lambda one: (one.kind, one.transport))
    )


def _told(ticks: Collection[Tick], kind: str) -> str:
    """``email 3, sms 3``: one kind in the history of changes."""
    some = sorted(
        (tick.transport, tick.days or 0) for tick in ticks if tick.kind == kind
    )
    return ", ".join(f"{way} {days}" if days else way for way, days in some)

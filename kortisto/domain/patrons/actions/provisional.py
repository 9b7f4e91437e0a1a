"""Provisional patrons at the desk: the card is fetched, or nobody comes (PAT-10)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import ProtectedError, QuerySet
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Reason, Refusal, Refused
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.cards import give_card
from kortisto.domain.patrons.actions.family import answering
from kortisto.domain.patrons.actions.identity import drop_after_commit, reason_in_order
from kortisto.domain.patrons.actions.pin import give_pin, pin_owner, weakness_for
from kortisto.domain.patrons.actions.viewing import note_views
from kortisto.domain.patrons.actions.writing import locked, to_change, write_changes
from kortisto.domain.patrons.category_places import why_not_here
from kortisto.domain.patrons.duplicates import same_people
from kortisto.domain.patrons.events import (
    CardFetched,
    PatronViewed,
    RegistrationForgotten,
)
from kortisto.domain.patrons.frozen import frozen_patrons
from kortisto.domain.patrons.models import Patron, PatronCategory, Source
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import (
    months_of_validity,
    queued_at,
    terms_of,
)
from kortisto.domain.patrons.reasons import Reason as Why
from kortisto.domain.patrons.reasons import about, raise_if_unfit
from kortisto.domain.patrons.rules import category_fits, expiry
from kortisto.domain.patrons.settings import UNCLAIMED_DAYS

PROVISIONAL: Final = PatronCategory.Kind.PROVISIONAL
NOT_FETCHED: Final = "not fetched in time"  # the reason in the logs
MOST_LISTED: Final = 200


class ProvisionalReason(Reason):
    NOT_PROVISIONAL = (
        "not-provisional",
        _("The patron is not waiting for a card any more."),
    )
    NO_ORDINARY_CATEGORY = (
        "no-ordinary-category",
        _("Choose the category that the patron gets."),
    )


@dataclass(frozen=True, slots=True)
class Waiting:
    """A provisional patron in the list: who, and the last day to fetch the card."""

    patron: Patron
    until: date


def waiting_for_card(units: Collection[int]) -> "QuerySet[Patron]":
    """Provisional patrons of these home libraries, and protected ones."""
    return Patron.objects.filter(
        queued_at(units), category__kind=PROVISIONAL, binned_at=None
    )


def view_waiting(*, units: Collection[int], by: Actor, now: datetime) -> list[Waiting]:
    """Who has registered on the web and not come yet; each has been looked at."""
    by.require(PatronPermission.EDIT)
    rows = waiting_for_card(units).select_related("home_library")
    rows = rows.order_by("registered_on", "pk")[:MOST_LISTED]
    found = [Waiting(patron, last_day(patron)) for patron in rows]
    ids = (one.patron.pk for one in found)
    note_views(ids, page="online-registrations", by=by, now=now)
    return found


def view_registration(
    patron_id: int, *, by: Actor, now: datetime
) -> tuple[Patron, list[int]]:
    """A provisional patron, and the ids of others who may be the same person.

    Raises DoesNotExist, also for an ordinary patron. The look is logged.
    """
    by.require(PatronPermission.EDIT)
    patrons = Patron.objects.select_related("category", "home_library")
    patron = patrons.get(pk=patron_id, category__kind=PROVISIONAL, binned_at=None)
    seen = PatronViewed(patron_id=patron_id, page="online-registrations")
    publish(seen, by=by, at=now)
    return patron, same_people(
        patron.surname, patron.first_names, patron.born_on, but=patron_id
    )


def last_day(patron: Patron) -> date:
    """The last day on which a provisional patron can fetch the card."""
    days: int = organisation().setting(UNCLAIMED_DAYS, patron.home_library_id).value
    began = patron.registered_on or localdate(patron.created_at)
    return began + timedelta(days=days)


@transaction.atomic
def hand_over_card(
    patron_id: int,
    card_number: str,
    *,
    category: str,
    by: Actor,
    now: datetime,
    pin: str = "",
) -> Patron:
    """The person has come and shown an identity document: an ordinary patron now.

    ``category`` is the code of the ordinary category. The card is good from today on.
    Raises Unfit with each field that is wrong, Refused (NOT_PROVISIONAL) when somebody
    else has handed it over.
    """
    by.require(PatronPermission.EDIT)
    patron = to_change(patron_id)
    if patron.category.kind != PROVISIONAL:
        raise Refused([Refusal(ProvisionalReason.NOT_PROVISIONAL)])
    today = localdate(now)
    ordinary = PatronCategory.objects.filter(code=category).exclude(kind=PROVISIONAL)
    chosen = ordinary.first()
    if chosen is None:
        raise Refused([Refusal(ProvisionalReason.NO_ORDINARY_CATEGORY)])
    wrong = category_fits(
        terms_of(chosen),
        born_on=patron.born_on,
        guardians=answering(patron_id, today).count(),
        today=today,
    )
    wrong += why_not_here(chosen, patron.home_library_id)
    owner = pin_owner(patron, card=card_number)
    weak = weakness_for(chosen, patron.home_library_id, pin, owner) if pin else None
    if weak is not None:
        wrong.append(about("pin", Why.BAD_VALUE, why=weak))
    raise_if_unfit(wrong)
    card = give_card(patron, card_number, today=today, by=by)
    months = months_of_validity(chosen, patron.home_library_id)
    values = {"category": chosen, "expires_on": expiry(today, months)}
    write_changes(patron, values, beside={"card": ("", card.number)}, by=by, now=now)
    if pin:
        give_pin(patron, pin)
    publish(CardFetched(patron_id=patron_id), by=by, at=now)
    return patron


@transaction.atomic
def drop_registration(patron_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """Forget a registration that should not have been made. Raises Refused."""
    by.require(PatronPermission.EDIT)
    why = reason_in_order(reason)
    patron = to_change(patron_id)
    if patron.category.kind != PROVISIONAL:
        raise Refused([Refusal(ProvisionalReason.NOT_PROVISIONAL)])
    _forget(patron, why, by=by, now=now)


def forget_unclaimed(*, by: Actor, now: datetime) -> int:
    """Forget who never came for the card; how many. Each is a transaction.

    Who has something at an account after all (a hold, a charge) is left for a person.
    """
    by.require(PatronPermission.EDIT)
    today = localdate(now)
    return sum(_forget_late(pk, today, by=by, now=now) for pk in _late(today))


def due_unclaimed(today: date) -> int:
    """How many would be forgotten tonight, those with something at an account too."""
    return sum(1 for _pk in _late(today))


def _late(today: date) -> Iterator[int]:
    rows = Patron.objects.filter(
        category__kind=PROVISIONAL, source=Source.ONLINE, cards=None, binned_at=None
    ).exclude(pk__in=frozen_patrons())
    for patron in rows.order_by("pk"):
        if last_day(patron) < today:
            yield patron.pk


def _forget_late(patron_id: int, today: date, *, by: Actor, now: datetime) -> int:
    try:
        with transaction.atomic():
            patron = locked(patron_id)
            if patron.category.kind != PROVISIONAL or last_day(patron) >= today:
                return 0
            _forget(patron, NOT_FETCHED, by=by, now=now)
    except ProtectedError:
        return 0
    return 1


def _forget(patron: Patron, why: str, *, by: Actor, now: datetime) -> None:
    """The row, what hangs on it, and the code in the vault."""
    patron_id, key = patron.pk, patron.identity_key
    patron.delete()
    event = RegistrationForgotten(patron_id=patron_id, reason=why)
    publish(event, by=by, at=now)
    if key is not None:
        drop_after_commit(key, reason=why, by=by)

"""Pick a basket for a patron, lend it at once, and take it back together."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.circulation import facts
from kortisto.domain.circulation.actions.checkin import Returned, checkin
from kortisto.domain.circulation.actions.checkout import Lent, checkout
from kortisto.domain.circulation.decisions import decide_checkout
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.delivery.events import BasketLent, BasketTakenBack
from kortisto.domain.delivery.models import Basket, BasketItem, DeliveryPatron
from kortisto.domain.delivery.permissions import DeliveryPermission
from kortisto.domain.delivery.queries import had_before
from kortisto.domain.delivery.reasons import DeliveryReason
from kortisto.domain.patrons.models import Card
from kortisto.domain.patrons.permissions import reads_notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """An item that lies in a basket now. ``notices`` stop nothing."""

    line_id: int
    title: str
    had_before: bool
    notices: tuple[Refusal, ...] = ()


@transaction.atomic
def pick(
    patron_id: int, barcode: str, *, for_on: date, by: Actor, now: datetime
) -> Picked:
    """Put a scanned item into the basket of a day. Nothing is lent yet.

    Refused with every reason that a check-out would be, so that nothing surprises at
    the door; also when it lies in a basket. That they have had it is only told.
    """
    by.require(DeliveryPermission.SERVE)
    by.require(LendingPermission.LEND)
    if not DeliveryPatron.objects.filter(patron=patron_id).exists():
        raise _refused(DeliveryReason.NOT_SERVED)
    today = localdate(now)
    snapshot = facts.for_checkout(_card(patron_id), barcode, today=today)
    assert by.library_id is not None  # noqa: S101 - lending needs a working library
    decision = decide_checkout(
        snapshot,
        library_id=by.library_id,
        today=today,
        now=now,
        due_on=None,
        sees_notes=reads_notes(by),
    )
    binding = [one for one in decision.refusals if not one.notice]
    if binding:
        raise Refused(binding)
    before = had_before(patron_id, snapshot.item.record_id)
    line = _put_in(patron_id, snapshot.item.id, for_on, before=before, now=now)
    return Picked(
        line_id=line.pk,
        title=snapshot.item.title,
        had_before=before,
        notices=tuple(one for one in decision.refusals if one.notice),
    )


def _put_in(
    patron_id: int, item_id: int, for_on: date, *, before: bool, now: datetime
) -> BasketItem:
    """Of two who pick it in one moment, the second is told."""
    basket, _made = Basket.objects.get_or_create(
        patron_id=patron_id, for_on=for_on, defaults={"made_at": now}
    )
    try:
        with transaction.atomic():
            return BasketItem.objects.create(
                basket=basket, item_id=item_id, had_before=before, picked_at=now
            )
    except IntegrityError as taken:
        rows = BasketItem.objects.filter(item=item_id, loan=None)
        theirs = rows.filter(basket__patron=patron_id).exists()
        reason = DeliveryReason.IN_THE_BASKET
        raise _refused(
            reason if theirs else DeliveryReason.IN_ANOTHER_BASKET
        ) from taken


@transaction.atomic
def put_out(patron_id: int, line_id: int, *, by: Actor) -> None:
    """Take something out of a basket that has not been lent. Twice is as once."""
    by.require(DeliveryPermission.SERVE)
    lines = BasketItem.objects.select_for_update(no_key=True)
    line = lines.filter(pk=line_id, basket__patron=patron_id).first()
    if line is None:
        return
    if line.loan_id is not None:
        raise _refused(DeliveryReason.ALREADY_LENT)
    line.delete()


def lend_baskets(
    patron_id: int, *, by: Actor, now: datetime
) -> list[tuple[BasketItem, Lent | Refused]]:
    """Lend all that lies in a patron's baskets; what is refused stays in.

    One transaction for each item: broken off and done again, each is one loan.
    Raises Refused when there is nothing, NotPermitted.
    """
    by.require(DeliveryPermission.SERVE)
    by.require(LendingPermission.LEND)
    lines = list(
        BasketItem.objects.filter(basket__patron=patron_id, loan=None)
        .select_related("item")
        .order_by("pk")
    )
    if not lines:
        raise _refused(DeliveryReason.BASKET_IS_EMPTY)
    card = _card(patron_id)
    answers = [(line, _lend(line, card, by=by, now=now)) for line in lines]
    lent = sum(isinstance(answer, Lent) for _line, answer in answers)
    event = BasketLent(
        basket_id=lines[0].basket_id,
        patron_id=patron_id,
        lent=lent,
        refused=len(answers) - lent,
    )
    publish_alone(event, by=by, now=now)
    return answers


def _lend(line: BasketItem, card: str, *, by: Actor, now: datetime) -> Lent | Refused:
    try:
        with transaction.atomic():
            lent = checkout(card, line.item.barcode, by=by, now=now)
            BasketItem.objects.filter(pk=line.pk, loan=None).update(loan=lent.loan_id)
    except Refused as refused:
        return refused
    return lent


def take_baskets_back(
    patron_id: int, *, by: Actor, now: datetime
) -> list[Returned | Refused]:
    """Take back all that is still on loan of a patron's baskets, one by one."""
    by.require(DeliveryPermission.SERVE)
    by.require(LendingPermission.LEND)
    lines = list(
        BasketItem.objects.filter(basket__patron=patron_id, loan__returned_at=None)
        .exclude(loan=None)
        .select_related("item")
        .order_by("pk")
    )
    answers = [_take_back(line.item.barcode, by=by, now=now) for line in lines]
    if lines:
        event = BasketTakenBack(
            basket_id=lines[0].basket_id, patron_id=patron_id, items=len(lines)
        )
        publish_alone(event, by=by, now=now)
    return answers


def _take_back(barcode: str, *, by: Actor, now: datetime) -> Returned | Refused:
    try:
        return checkin(barcode, by=by, now=now)
    except Refused as refused:
        return refused


@transaction.atomic
def publish_alone(
    event: BasketLent | BasketTakenBack, *, by: Actor, now: datetime
) -> None:
    """Told when the loans have been written, each in a transaction of its own."""
    publish(event, by=by, at=now)


def _card(patron_id: int) -> str:
    card = Card.objects.filter(
        patron=patron_id, active=True, patron__binned_at=None
    ).first()
    if card is None:
        raise _refused(DeliveryReason.NO_CARD)
    return card.number


def _refused(reason: DeliveryReason) -> Refused:
    return Refused([Refusal(reason)])

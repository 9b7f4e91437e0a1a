"""Take a patron onto a round, write down wishes, and end it."""

from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.text import tidy
from kortisto.domain.delivery.events import DeliveryPatronChanged
from kortisto.domain.delivery.models import BasketItem, DeliveryPatron, DeliveryRound
from kortisto.domain.delivery.permissions import DeliveryPermission
from kortisto.domain.delivery.reasons import DeliveryReason
from kortisto.domain.delivery.rules import MOST_ITEMS
from kortisto.domain.patrons.frozen import refuse_if_frozen
from kortisto.domain.patrons.models import Patron


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What a patron told for their baskets. Never in a log."""

    likes: str = field(default="", repr=False)
    avoids: str = field(default="", repr=False)
    items: int = 5


@transaction.atomic
def serve_at_home(
    patron_id: int, round_id: int, wishes: Wishes, *, by: Actor, now: datetime
) -> DeliveryPatron:
    """Put a patron on a round, or change round and wishes.

    Raises Refused with every reason, NotPermitted, DoesNotExist.
    """
    by.require(DeliveryPermission.SERVE)
    patron = Patron.objects.select_for_update(no_key=True).get(
        pk=patron_id, binned_at=None
    )
    refuse_if_frozen(patron.pk)
    # A round that somebody ends at this moment waits, and then sees this patron.
    round_ = DeliveryRound.objects.select_for_update(no_key=True).get(pk=round_id)
    wrong = []
    if round_.ended_on is not None:
        facts = {"field": "round"}
        wrong.append(Refusal(DeliveryReason.ROUND_HAS_ENDED, facts=facts))
    if not 1 <= wishes.items <= MOST_ITEMS:
        facts = {"field": "items"}
        wrong.append(Refusal(DeliveryReason.ITEMS_IMPOSSIBLE, facts=facts))
    if wrong:
        raise Refused(wrong)
    kept, _made = DeliveryPatron.objects.update_or_create(
        patron=patron,
        defaults={
            "round": round_,
            "likes": tidy(wishes.likes),
            "avoids": tidy(wishes.avoids),
            "items": wishes.items,
        },
        create_defaults={
            "round": round_,
            "likes": tidy(wishes.likes),
            "avoids": tidy(wishes.avoids),
            "items": wishes.items,
            "since": now,
        },
    )
    publish(DeliveryPatronChanged(patron_id=patron.pk), by=by, at=now)
    return kept


@transaction.atomic
def serve_no_more(patron_id: int, *, by: Actor, now: datetime) -> None:
    """End it: wishes are forgotten at once, and what was picked is put out again.

    What is on loan stays so. Raises Refused, NotPermitted.
    """
    by.require(DeliveryPermission.SERVE)
    refuse_if_frozen(patron_id)
    gone, _kinds = DeliveryPatron.objects.filter(patron=patron_id).delete()
    if not gone:
        raise Refused([Refusal(DeliveryReason.NOT_SERVED)])
    BasketItem.objects.filter(basket__patron=patron_id, loan=None).delete()
    publish(DeliveryPatronChanged(patron_id=patron_id, left=True), by=by, at=now)

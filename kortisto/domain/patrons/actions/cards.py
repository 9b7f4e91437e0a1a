"""Give cards, and keep the old ones for matching (S21)."""

from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.text import card_code
from kortisto.domain.patrons.actions.writing import to_change, write_changes
from kortisto.domain.patrons.fields import kept_text, longest
from kortisto.domain.patrons.models import Card, Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import active_card, patrons_holding
from kortisto.domain.patrons.reasons import Reason, about, unfit

FIELD = "card_number"


@transaction.atomic
def replace_card(
    patron_id: int,
    number: str,
    *,
    by: Actor,
    now: datetime,
    ending: Card.Ending = Card.Ending.REPLACED,
) -> Card:
    """Give a new card. The old number is kept, and is refused at every desk.

    ``ending`` is what became of the old one. Raises CardInUse, Unfit.
    """
    by.require(PatronPermission.EDIT)
    patron = to_change(patron_id)
    today = localdate(now)
    old = active_card(patron_id)
    Card.objects.filter(patron=patron, active=True).update(
        active=False, until_on=today, ending=ending
    )
    card = give_card(patron, number, today=today, by=by)
    numbers = ("" if old is None else old.number, card.number)
    write_changes(
        patron, {"card_lost": False}, beside={"card": numbers}, by=by, now=now
    )
    return card


def give_card(patron: Patron, number: str, *, today: date, by: Actor) -> Card:
    """A card for a patron who has no active one, inside the caller's transaction."""
    number = number_in_order(number)
    if patrons_holding(number).exists():
        raise unfit(about(FIELD, Reason.CARD_IN_USE))
    try:
        with transaction.atomic():
            return Card.objects.create(
                patron=patron, number=number, since_on=today, given_by=by.label
            )
    except IntegrityError as error:
        raise unfit(about(FIELD, Reason.CARD_IN_USE)) from error


def number_in_order(number: str) -> str:
    """A card number as it is kept. Raises Unfit: empty, too long, unseen signs."""
    code = kept_text(number, longest(Card, "number"), field=FIELD, read=card_code)
    if not code:
        raise unfit(about(FIELD, Reason.NEEDS_CARD))
    return code

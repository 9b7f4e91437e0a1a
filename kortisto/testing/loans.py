"""Loans for the tests of apps that lie below lending and so cannot lend themselves."""

from datetime import datetime

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkout import Lent, checkout
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import MONDAY_NOON, card_of, chief, make_patron


def lend(
    item: Item, patron: Patron | None = None, *, now: datetime = MONDAY_NOON
) -> Lent:
    """Lend by the action itself. Rules must have been made before."""
    card = card_of(patron or make_patron())
    return checkout(card, item.barcode, by=chief(), now=now)

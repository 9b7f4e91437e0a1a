"""Why something of home delivery is not done."""

from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals


class DeliveryReason(refusals.Reason):
    """Values are public: API clients rely on them."""

    NAME_MISSING = "round-name-missing", _("Give the round a name.")
    WEEKS_IMPOSSIBLE = "weeks-impossible", _("A round goes every 1 to 12 weeks.")
    ROUND_IS_SERVED = (
        "round-is-served",
        _("Patrons are on the round: give them another one first."),
    )
    ROUND_HAS_ENDED = "round-has-ended", _("The round has ended: choose another one.")
    ITEMS_IMPOSSIBLE = "items-impossible", _("A basket has 1 to 50 items.")
    NOT_SERVED = "not-served", _("The patron is not served at home.")
    NO_CARD = "no-card-in-use", _("The patron has no card in use.")
    IN_THE_BASKET = "in-the-basket", _("It is in the basket already.")
    IN_ANOTHER_BASKET = (
        "in-another-basket",
        _("It is in a basket for somebody else: put it out of that one first."),
    )
    BASKET_IS_EMPTY = "basket-is-empty", _("There is nothing in the basket to lend.")
    ALREADY_LENT = "already-lent", _("It has been lent: take it back instead.")

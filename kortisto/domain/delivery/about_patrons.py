"""What home delivery holds on a patron; ``patrons.personal_data`` says how."""

from django.utils.translation import gettext_lazy as _

from kortisto.domain.delivery.models import Basket, DeliveryPatron
from kortisto.domain.patrons.personal_data import About, Erasing, declare

declare(
    About(
        model=DeliveryPatron,
        owner="patron",
        title=_("Home delivery"),
        words={
            "round": _("Round"),
            "likes": _("What you like"),
            "avoids": _("What you do not want"),
            "items": _("Items in a basket"),
            "since": _("Since"),
        },
        columns=("round", "likes", "avoids", "since"),
        order=("pk",),
        erasing=Erasing.DELETE,
    )
)
declare(
    About(
        model=Basket,
        owner="patron",
        title=_("Baskets of home delivery"),
        words={"for_on": _("For the day"), "made_at": _("Made at")},
        columns=("for_on", "made_at"),
        order=("-for_on", "-pk"),
        erasing=Erasing.DELETE,
    )
)

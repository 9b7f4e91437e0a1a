"""What the hold queue holds on a patron; ``patrons.personal_data`` says how."""

from django.utils.translation import gettext_lazy as _

from kortisto.domain.holds.models import Hold
from kortisto.domain.patrons.personal_data import About, Erasing, declare

declare(
    About(
        model=Hold,
        owner="patron",
        title=_("Holds"),
        words={
            "record": _("Title"),
            "wanted_item": _("Wanted item"),
            "item": _("Item"),
            "pickup_library": _("Pick-up library"),
            "state": _("State"),
            "placed_at": _("Placed at"),
            "starts_on": _("From"),
            "expires_on": _("Until"),
            "suspended": _("Suspended"),
            "suspended_until": _("Suspended until"),
            "pickup_until": _("To be picked up by"),
            "ended_at": _("Ended at"),
        },
        columns=("record", "pickup_library", "state", "placed_at", "ended_at"),
        order=("-placed_at", "-pk"),
        erasing=Erasing.DELETE,
    )
)

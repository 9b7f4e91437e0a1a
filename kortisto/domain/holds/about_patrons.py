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
            "wanted_volume": _("Wanted volume"),
            "bundle": _("One of several titles"),
            "part": _("Part of a series"),
            "item": _("Item"),
            "pickup_library": _("Pick-up library"),
            "stop": _("Stop of the bookmobile"),
            "state": _("State"),
            "placed_at": _("Placed at"),
            "placed_by": _("Placed by"),
            "channel": _("Placed through"),
            "counts_from": _("The queue counts from"),
            "always_last": _("Last in the queue"),
            "non_urgent": _("Not urgent"),
            "note": _("Note"),
            "rule_version": _("Version of the rules"),
            "trace": _("Why it could be placed"),
            "starts_on": _("From"),
            "expires_on": _("Until"),
            "suspended_from": _("Suspended from"),
            "suspended_until": _("Suspended until"),
            "pickup_until": _("To be picked up by"),
            "shelf_place": _("Place on the hold shelf"),
            "shelved_on": _("Put on the hold shelf on"),
            "extended_at": _("Asked for more time at"),
            "forecast_from": _("Estimated to come from"),
            "forecast_until": _("Estimated to come until"),
            "came_on": _("Could be collected from"),
            "ended_at": _("Ended at"),
            "ending": _("Why it ended"),
            "ended_by": _("Ended by"),
        },
        columns=("record", "pickup_library", "state", "placed_at", "ended_at"),
        order=("-placed_at", "-pk"),
        erasing=Erasing.DELETE,
    )
)

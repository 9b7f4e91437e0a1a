"""What libraries decide about holds."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.core import counted
from kortisto.core.values import WholeNumber, YesNo
from kortisto.domain.org.settings import declare

HOLDS_KEPT_YEARS: Final = declare(
    "patrons.holds_kept_years",
    WholeNumber(
        least=1,
        most=10,
        counted=counted.YEARS,
    ),
    default=3,
    title=_("Holds that have ended"),
    help=_("How long they are kept for a patron who has not chosen about the history."),
)
HOLDS_PICKED_UP: Final = declare(
    "holds.picked_up_here",
    YesNo(),
    default=True,
    title=_("Holds are picked up here"),
    help=_("Whether a patron may choose the library for picking up a hold."),
)
HOLDS_VALID_YEARS: Final = declare(
    "holds.valid_years",
    WholeNumber(least=1, most=10, counted=counted.YEARS),
    default=5,
    title=_("How long a hold waits in its queue"),
    help=_("A hold whose last day nobody has chosen is good for so many years."),
)
EXTRA_PICKUP_DAYS: Final = declare(
    "holds.extra_pickup_days",
    WholeNumber(least=0, most=30, counted=counted.DAYS),
    default=3,
    title=_("More pick-up time for the asking"),
    help=_(
        "A customer gets so many open days more, once for each hold, when nobody else "
        "waits for the title. 0: only staff give more time."
    ),
)
RESTORE_HOURS: Final = declare(
    "holds.restore_hours",
    WholeNumber(least=0, most=168, counted=counted.HOURS),
    default=24,
    title=_("Time to bring back a cancelled hold"),
    help=_("For so many hours it comes back to the place in the queue that it had."),
)
UNDO_CAPTURE_HOURS: Final = declare(
    "holds.undo_capture_hours",
    WholeNumber(least=0, most=168, counted=counted.HOURS),
    default=24,
    title=_("Time to take back that a copy was set aside"),
    help=_(
        "For so many hours a copy that was set aside for a hold by mistake can be "
        "released: the hold is back at its place in the queue."
    ),
)
TRANSIT_LATE_DAYS: Final = declare(
    "holds.transit_late_days",
    WholeNumber(least=1, most=90, counted=counted.DAYS),
    default=7,
    title=_("Items that have been on their way for long"),
    help=_("After so many days a journey is marked in the list of items on their way."),
)

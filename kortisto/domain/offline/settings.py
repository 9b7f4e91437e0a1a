"""What libraries decide about desks without a connection."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.core import counted
from kortisto.core.values import WholeNumber
from kortisto.domain.org.settings import declare

WORKING_HOURS: Final = declare(
    "offline.working_hours",
    WholeNumber(least=1, most=168, counted=counted.HOURS),
    default=24,
    title=_("How long a desk may work without a connection"),
    help=_(
        "Counted from when it was made ready. The shorter, the newer what it knows of "
        "cards and items, and the less a stolen workstation tells."
    ),
)
SENDING_DAYS: Final = declare(
    "offline.sending_days",
    WholeNumber(least=1, most=30, counted=counted.DAYS),
    default=14,
    title=_("How long work without a connection can be sent"),
    help=_(
        "Counted from when the desk stops working. What comes later creates nothing."
    ),
)

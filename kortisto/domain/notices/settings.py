"""What units decide about messages."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.core import counted
from kortisto.core.values import Maybe, WholeNumber, YesNo
from kortisto.domain.org.settings import declare

WELCOME_NEW: Final = declare(
    "messages.welcome",
    YesNo(),
    default=True,
    title=_("New patrons are welcomed by e-mail"),
    help=_("Whoever is registered with an e-mail address gets a message at once."),
)
EXPIRY_DAYS: Final = declare(
    "messages.expiry_days",
    Maybe(
        WholeNumber(least=1, most=120, counted=counted.DAYS),
        _("never"),
    ),
    default=30,
    title=_("Notice before a card expires"),
    help=_(
        "So long before the last day those are told who have ticked this message; "
        "once for each last day."
    ),
)
KEPT_YEARS: Final = declare(
    "messages.kept_years",
    WholeNumber(least=0, most=10, counted=counted.YEARS),
    default=3,
    title=_("Messages are kept, after the year in which they were written"),
    help=_("Staff and the patron can read what was sent until then."),
)
HOLD_READY_MINUTES: Final = declare(
    "messages.hold_ready_minutes",
    WholeNumber(least=0, most=240, counted=counted.MINUTES),
    default=30,
    title=_("Pause before a hold that has arrived is told of"),
    help=_("So that the copy is on the hold shelf before its patron is."),
)

"""What libraries decide about closures."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.core import counted
from kortisto.core.values import WholeNumber
from kortisto.domain.org.settings import declare

DAYS_TO_COME: Final = declare(
    "closures.days_to_come",
    WholeNumber(least=0, most=30, counted=counted.DAYS),
    default=7,
    title=_("Time to come when a library opens early"),
    help=_(
        "A date that is put back is at least so many days away: nobody is late because "
        "a library opened sooner than they had been told."
    ),
)

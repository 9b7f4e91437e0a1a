"""What libraries decide about holds."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.core import counted
from kortisto.core.values import WholeNumber
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

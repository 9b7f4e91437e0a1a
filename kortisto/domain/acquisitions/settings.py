"""What libraries decide about purchase suggestions."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kortisto.core import counted
from kortisto.core.values import WholeNumber, YesNo
from kortisto.domain.org.settings import declare

SUGGESTIONS_OPEN: Final = declare(
    "suggestions.open",
    YesNo(),
    default=True,
    title=_("Patrons suggest what to buy"),
    help=_("On the web, with card and PIN. What has been suggested is still answered."),
)
MOST_WAITING: Final = declare(
    "suggestions.most_waiting",
    WholeNumber(
        least=1,
        most=100,
        counted=ngettext_lazy("%(count)d title", "%(count)d titles", "count"),
    ),
    default=10,
    title=_("Suggestions of one patron"),
    help=_("How many may wait for the library at a time. The home library decides."),
)
SUGGESTIONS_KEPT_DAYS: Final = declare(
    "suggestions.kept_days",
    WholeNumber(
        least=30,
        most=3650,
        counted=counted.DAYS,
    ),
    default=365,
    title=_("Purchase suggestions are kept"),
    help=_("How long after the answer. One for the consortium."),
)

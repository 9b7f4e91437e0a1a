"""What libraries decide about fetching copies."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.core import counted
from kortisto.core.values import WholeNumber
from kortisto.domain.org.settings import declare

MISSES_UNTIL_MISSING: Final = declare(
    "holds.misses_until_missing",
    WholeNumber(least=1, most=9, counted=counted.TIMES),
    default=3,
    title=_("Looked for in vain"),
    help=_("After so many times without being seen between, a copy is missing."),
)
LATER_HOURS: Final = declare(
    "holds.later_hours",
    WholeNumber(least=1, most=72, counted=counted.HOURS),
    default=4,
    title=_("Ask me later"),
    help=_("For so many hours a row that is put off stays at the end of the list."),
)

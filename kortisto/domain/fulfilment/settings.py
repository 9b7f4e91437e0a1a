"""What libraries decide about fetching copies."""

from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kortisto.core import counted
from kortisto.core.values import Cents, WholeNumber
from kortisto.domain.fulfilment.rules import NearestFirst
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import declare

_HOLDS: Final = ngettext_lazy("%(count)d hold", "%(count)d holds", "count")
_COPIES: Final = ngettext_lazy("%(count)d copy", "%(count)d copies", "count")

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
NEAREST_OF_FIRST: Final = declare(
    "holds.nearest_of_first",
    WholeNumber(least=0, most=200, counted=_HOLDS),
    default=0,
    title=_("Serve the nearest of the first"),
    help=_(
        "In a long queue a copy goes to the nearest of so many first holds instead of "
        "the first one. 0: the order of the queue alone decides. The consortium "
        "decides for all."
    ),
)
PASSED_AT_MOST: Final = declare(
    "holds.passed_at_most",
    WholeNumber(least=1, most=99, counted=counted.TIMES),
    default=3,
    title=_("How often a hold may be passed"),
    help=_(
        "After it no later hold gets a copy that would do for it. A hold on a "
        "certain copy is never passed."
    ),
)
NEAREST_LEAST_HOLDS: Final = declare(
    "holds.nearest_least_holds",
    WholeNumber(least=2, most=200, counted=_HOLDS),
    default=20,
    title=_("Long queue: holds"),
    help=_("In queues of fewer holds the order alone decides."),
)
NEAREST_LEAST_COPIES: Final = declare(
    "holds.nearest_least_copies",
    WholeNumber(least=1, most=999, counted=_COPIES),
    default=10,
    title=_("Long queue: copies"),
    help=_("For titles of fewer copies the order alone decides."),
)
DAY_CENTS: Final = declare(
    "holds.day_of_waiting",
    Cents(most=1000),
    default=30,
    title=_("What a day of waiting is worth"),
    help=_(
        "The plan of the night carries a copy from farther away when that costs less "
        "than the days that somebody would wait longer. The consortium decides for all."
    ),
)


def nearest_first() -> NearestFirst | None:
    """What the consortium has decided; None: the order of the queue alone decides."""
    tree = organisation()
    window = tree.setting(NEAREST_OF_FIRST, None).value
    if not window:
        return None
    return NearestFirst(
        window=window,
        passes=tree.setting(PASSED_AT_MOST, None).value,
        least_holds=tree.setting(NEAREST_LEAST_HOLDS, None).value,
        least_copies=tree.setting(NEAREST_LEAST_COPIES, None).value,
    )

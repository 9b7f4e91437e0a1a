"""What libraries decide about what is lost (CIR-41, CIR-43)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.core import counted
from kortisto.core.values import Choice, Maybe, WholeNumber, YesNo
from kortisto.domain.org.settings import declare

KEEP: Final = "keep"

ENDS_LOAN: Final = declare(
    "lost.ends_loan",
    YesNo(),
    default=True,
    title=_("The loan of a lost item ends"),
    help=_("If not, the patron has it on loan until it is found or withdrawn."),
)
FINE_WHEN_LOST: Final = declare(
    "lost.fine",
    Choice({KEEP: _("stays as it is"), "none": _("is taken off")}),
    default=KEEP,
    title=_("The fine of a lost item"),
    help=_("What becomes of an overdue fine when the item is lost. It grows no more."),
)
CHARGE_BY_ITSELF: Final = declare(
    "lost.charge_by_itself",
    YesNo(),
    default=True,
    title=_("Replacement charge by itself"),
    help=_(
        "Whether what is lost by so many days is charged at the replacement price. An "
        "item without any price is not."
    ),
)
_AFTER: Final = Maybe(WholeNumber(least=1, most=999, counted=counted.DAYS), _("never"))
LONG_OVERDUE_DAYS: Final = declare(
    "lost.long_overdue_days",
    _AFTER,
    default=None,
    title=_("Long overdue"),
    help=_("So many days after the due date a loan is marked long overdue at night."),
)
LOST_DAYS: Final = declare(
    "lost.lost_days",
    _AFTER,
    default=None,
    title=_("Lost by itself"),
    help=_("So many days after the due date an item is marked lost at night."),
)

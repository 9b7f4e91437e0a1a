"""What libraries decide about loans that patrons say are not with them (CIR-40)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.core import counted
from kortisto.core.values import Choice, WholeNumber
from kortisto.domain.org.settings import declare

NONE: Final = "none"
TO_CLAIM: Final = "to-claim"
TO_RETURN: Final = "to-return"
_NO_FINE: Final = _("there is none")
_UP_TO_CLAIM: Final = _("the days before the claim are charged")

FINE_MEANWHILE: Final = declare(
    "claims.fine_meanwhile",
    Choice({TO_CLAIM: _("stays as it is"), NONE: _("is taken off")}),
    default=TO_CLAIM,
    title=_("The fine when a claim is made"),
    help=_(
        "What becomes of an overdue fine when the patron says that the item is not "
        "with them. It grows no more in any case."
    ),
)
FINE_WHEN_FOUND: Final = declare(
    "claims.fine_when_found",
    Choice({NONE: _NO_FINE, TO_CLAIM: _UP_TO_CLAIM}),
    default=NONE,
    title=_("The fine when it is found in the library"),
    help=_("What has been paid of a fine that is taken off becomes a credit."),
)
FINE_WHEN_BROUGHT: Final = declare(
    "claims.fine_when_brought",
    Choice(
        {
            NONE: _NO_FINE,
            TO_CLAIM: _UP_TO_CLAIM,
            TO_RETURN: _("every day is charged, as if nothing had been claimed"),
        }
    ),
    default=TO_CLAIM,
    title=_("The fine when the patron brings it after all"),
    help=_("Which days of a claimed loan cost something when it comes back."),
)
AT_CHECKIN: Final = declare(
    "claims.at_checkin",
    Choice(
        {
            "brought": _("the patron brought it"),
            "found": _("it was found in the library"),
        }
    ),
    default="brought",
    title=_("A claimed item at the check-in"),
    help=_(
        "How a claim is resolved when its item is simply checked in. What is scanned "
        "at the list of claims was found in the library."
    ),
)
WARN_FROM: Final = declare(
    "claims.warn_from",
    WholeNumber(least=1, most=99, counted=counted.TIMES),
    default=3,
    title=_("Warn of claims"),
    help=_("From so many claims on, open and past, the desk is told of the patron."),
)
CLAIMS_MONTHS: Final = declare(
    "keeping.claims_months",
    WholeNumber(least=1, most=60, counted=counted.MONTHS),
    default=24,
    title=_("Claims that have been resolved"),
    help=_(
        "Then nobody knows any more that the patron said that something was not with "
        "them. Which title it was is forgotten with the loan. One for the consortium."
    ),
)

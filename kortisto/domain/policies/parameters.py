"""Every parameter of a lending rule (CIR-4): its kind, unit, default and meaning.

What a default says holds where no rule says otherwise.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kortisto.core import counted
from kortisto.core.values import Cents, Choice, Day, Maybe, WholeNumber, YesNo
from kortisto.domain.policies.parameter import Group, Parameter, declared
from kortisto.domain.policies.parameter import declare as _parameter

_LOANS: Final = ngettext_lazy("%(count)d loan", "%(count)d loans", "count")
_HOLDS: Final = ngettext_lazy("%(count)d hold", "%(count)d holds", "count")

FOR_LOAN: Final = _parameter(
    "for_loan",
    Group.LOAN,
    YesNo(),
    default=True,
    title=_("For loan"),
    help=_("Whether such items are lent to such patrons at all."),
)
LOAN_PERIOD: Final = _parameter(
    "loan_period",
    Group.LOAN,
    WholeNumber(least=0, most=3660),
    default=28,
    title=_("Loan period"),
    help=_("How long a loan lasts, in days or hours; 0 is the same day."),
)
LOAN_PERIOD_UNIT: Final = _parameter(
    "loan_period_unit",
    Group.LOAN,
    Choice({"days": _("days"), "hours": _("hours")}),
    default="days",
    title=_("Unit of the loan period"),
    help=_("Whether loan and renewal periods are counted in days or in hours."),
)
HARD_DUE_ON: Final = _parameter(
    "hard_due_on",
    Group.LOAN,
    Maybe(Day(), _("no fixed day")),
    default=None,
    title=_("Fixed due date"),
    help=_("All loans are due on this day, as a school's may be; in force until it."),
)
CLOSED_DAYS: Final = _parameter(
    "closed_days",
    Group.LOAN,
    Choice(
        {
            "push": _("move to the next open day"),
            "skip": _("count open days only"),
            "ignore": _("pay no attention"),
        }
    ),
    default="push",
    title=_("Closed days"),
    help=_("What is done when a loan would be due on a closed day of the library."),
)
SHORT_LOAN_DAYS: Final = _parameter(
    "short_loan_days",
    Group.LOAN,
    Maybe(WholeNumber(least=1, most=365, counted=counted.DAYS), _("not shortened")),
    default=None,
    title=_("Shorter period for titles in demand"),
    help=_("The loan period when many patrons wait for the title."),
)
SHORT_LOAN_HOLDS: Final = _parameter(
    "short_loan_holds",
    Group.LOAN,
    WholeNumber(least=1, most=50, counted=_HOLDS),
    default=10,
    title=_("Holds that make a title one in demand"),
    help=_("The shorter period applies when at least so many patrons wait."),
)
MAX_LOANS: Final = _parameter(
    "max_loans",
    Group.LOAN,
    Maybe(WholeNumber(least=0, most=9999, counted=_LOANS), _("unlimited")),
    default=None,
    title=_("Loans at the same time"),
    help=_(
        "The most loans a patron may have at one time, counted over all libraries. "
        "On a row for an item type it limits loans of that type (and of the types "
        "grouped under it); on a row for all types it limits loans in total. "
        "All the limits hold together."
    ),
)
ON_SITE: Final = _parameter(
    "on_site",
    Group.LOAN,
    YesNo(),
    default=False,
    title=_("Use in the library only"),
    help=_("The loan is for use on the spot and ends when the library closes."),
)
DAY_RECEIPT: Final = _parameter(
    "day_receipt",
    Group.LOAN,
    YesNo(),
    default=False,
    title=_("Receipt of the day's loans"),
    help=_("Whether a receipt of the day's loans is offered without asking."),
)

RENEWALS_ALLOWED: Final = _parameter(
    "renewals_allowed",
    Group.RENEWAL,
    Maybe(WholeNumber(least=0, most=999, counted=counted.TIMES), _("unlimited")),
    default=5,
    title=_("Renewals"),
    help=_("How many times a loan may be renewed."),
)
RENEW_ONLINE: Final = _parameter(
    "renew_online",
    Group.RENEWAL,
    YesNo(),
    default=True,
    title=_("Patrons renew themselves"),
    help=_("Whether patrons may renew in the web library and at machines."),
)
RENEWAL_PERIOD: Final = _parameter(
    "renewal_period",
    Group.RENEWAL,
    Maybe(WholeNumber(least=0, most=3660), _("the loan period")),
    default=None,
    title=_("Renewal period"),
    help=_("How long a renewal lasts from today, in the unit of the loan period."),
)
NO_RENEWAL_BEFORE_DAYS: Final = _parameter(
    "no_renewal_before_days",
    Group.RENEWAL,
    Maybe(WholeNumber(least=0, most=365, counted=counted.DAYS), _("at any time")),
    default=None,
    title=_("No renewal before"),
    help=_("A loan can be renewed only when at most so many days are left."),
)
AUTO_RENEW: Final = _parameter(
    "auto_renew",
    Group.RENEWAL,
    YesNo(),
    default=False,
    title=_("Automatic renewal"),
    help=_("Loans renew themselves on their due date when the rules allow."),
)
AUTO_RENEW_MAX_DAYS: Final = _parameter(
    "auto_renew_max_days",
    Group.RENEWAL,
    Maybe(WholeNumber(least=1, most=3660, counted=counted.DAYS), _("no limit")),
    default=None,
    title=_("Automatic renewal at most"),
    help=_("Automatic renewal stops so many days after the check-out."),
)

FINE_CENTS: Final = _parameter(
    "fine_cents",
    Group.FINE,
    Cents(most=10_000),
    default=0,
    title=_("Overdue fine"),
    help=_("Charged for each started interval that a loan is overdue."),
)
FINE_EVERY_DAYS: Final = _parameter(
    "fine_every_days",
    Group.FINE,
    WholeNumber(least=1, most=365, counted=counted.DAYS),
    default=1,
    title=_("Interval of the fine"),
    help=_("The overdue fine is charged once in so many days."),
)
FINE_CHARGED_AT: Final = _parameter(
    "fine_charged_at",
    Group.FINE,
    Choice({"start": _("when an interval starts"), "end": _("when it is full")}),
    default="start",
    title=_("When in the interval"),
    help=_("Whether a started interval already costs, or only a full one."),
)
GRACE_DAYS: Final = _parameter(
    "grace_days",
    Group.FINE,
    WholeNumber(least=0, most=365, counted=counted.DAYS),
    default=0,
    title=_("Grace days"),
    help=_("A loan returned within so many days after its due date costs nothing."),
)
GRACE_INCLUDED: Final = _parameter(
    "grace_included",
    Group.FINE,
    YesNo(),
    default=False,
    title=_("Grace days are charged afterwards"),
    help=_("When the grace days have run out, they are charged too."),
)
FINE_MAX_CENTS: Final = _parameter(
    "fine_max_cents",
    Group.FINE,
    Maybe(Cents(), _("no limit")),
    default=None,
    title=_("Largest fine for one loan"),
    help=_("The fine of one loan period is never more than this."),
)
FINE_CAP_REPLACEMENT_PRICE: Final = _parameter(
    "fine_cap_replacement_price",
    Group.FINE,
    YesNo(),
    default=False,
    title=_("Never above the replacement price"),
    help=_("The fine is never more than what it costs to replace the item."),
)
FINE_COUNTS_CLOSED_DAYS: Final = _parameter(
    "fine_counts_closed_days",
    Group.FINE,
    YesNo(),
    default=True,
    title=_("Closed days cost too"),
    help=_("Whether days when the library is closed count as overdue days."),
)

HOLDABLE: Final = _parameter(
    "holdable",
    Group.HOLD,
    YesNo(),
    default=True,
    title=_("Can be put on hold"),
    help=_("When not, holds are neither placed on such items nor filled by them."),
)
HOLDS_MAX: Final = _parameter(
    "holds_max",
    Group.HOLD,
    Maybe(WholeNumber(least=0, most=9999, counted=_HOLDS), _("unlimited")),
    default=None,
    title=_("Holds at the same time"),
    help=_("The most holds a patron may have at one time, over all libraries."),
)
HOLDS_PER_DAY: Final = _parameter(
    "holds_per_day",
    Group.HOLD,
    Maybe(WholeNumber(least=0, most=9999, counted=_HOLDS), _("unlimited")),
    default=None,
    title=_("Holds in a day"),
    help=_("The most holds a patron may place in one day."),
)
HOLDS_PER_RECORD: Final = _parameter(
    "holds_per_record",
    Group.HOLD,
    Maybe(WholeNumber(least=0, most=999, counted=_HOLDS), _("unlimited")),
    default=1,
    title=_("Holds on one title"),
    help=_("The most holds a patron may have on the same title."),
)
HOLDS_ON_SHELF: Final = _parameter(
    "holds_on_shelf",
    Group.HOLD,
    Choice(
        {
            "yes": _("always"),
            "any-unavailable": _("if any copy is out"),
            "all-unavailable": _("if all copies are out"),
        }
    ),
    default="yes",
    title=_("Holds on items on the shelf"),
    help=_("When a hold may be placed although a copy is on the shelf."),
)
ITEM_HOLDS_ONLINE: Final = _parameter(
    "item_holds_online",
    Group.HOLD,
    YesNo(),
    default=False,
    title=_("Patrons choose the item"),
    help=_("Whether a patron may hold a certain item, as an issue of a magazine."),
)
HOLD_RULE: Final = _parameter(
    "hold_rule",
    Group.HOLD,
    Choice(
        {
            "any": _("any library's patrons"),
            "group": _("patrons of the library's group"),
            "home": _("patrons of the item's home library"),
            "none": _("nobody"),
        }
    ),
    default="any",
    title=_("Whose holds the item fills"),
    help=_("Which patrons' holds an item of the library may be given to."),
)
PICKUP_RULE: Final = _parameter(
    "pickup_rule",
    Group.HOLD,
    Choice(
        {
            "any": _("at any library"),
            "group": _("in the library's group"),
            "home": _("at the item's home library"),
            "holding": _("where the item is"),
        }
    ),
    default="any",
    title=_("Where holds are picked up"),
    help=_("At which libraries an item of the library may be picked up."),
)
PICKUP_DAYS: Final = _parameter(
    "pickup_days",
    Group.HOLD,
    WholeNumber(least=1, most=365, counted=counted.DAYS),
    default=7,
    title=_("Pick-up time"),
    help=_("How many open days of the pick-up library an item waits on the shelf."),
)
RECALL_DAYS: Final = _parameter(
    "recall_days",
    Group.HOLD,
    Maybe(WholeNumber(least=1, most=365, counted=counted.DAYS), _("no recall")),
    default=7,
    title=_("Recall"),
    help=_("A loan that is recalled for somebody else is due after so many days."),
)
RECALL_LEAST_DAYS: Final = _parameter(
    "recall_least_days",
    Group.HOLD,
    WholeNumber(least=0, most=365, counted=counted.DAYS),
    default=14,
    title=_("Shortest recalled loan"),
    help=_("However it is recalled, a loan lasts at least so long."),
)
UNCOLLECTED_FEE_CENTS: Final = _parameter(
    "uncollected_fee_cents",
    Group.HOLD,
    Cents(most=100_000),
    default=0,
    title=_("Fee for an uncollected hold"),
    help=_("Charged when an item on the hold shelf is not collected in time."),
)

RETURN_RULE: Final = _parameter(
    "return_rule",
    Group.RETURN,
    Choice(
        {
            "home": _("goes to its home library"),
            "lending": _("goes to the library that lent it"),
            "float": _("stays where it was returned"),
            "float-group": _("stays where it was returned within its group"),
        }
    ),
    default="home",
    title=_("After check-in"),
    help=_("Where a returned item goes when nobody waits for it."),
)
LOST_REFUND: Final = _parameter(
    "lost_refund",
    Group.RETURN,
    Choice(
        {
            "refund": _("refund the replacement charge"),
            "refund-and-fine": _("refund it and charge the overdue fine"),
            "refund-and-old-fine": _("refund it and restore the earlier fine"),
            "keep": _("keep the replacement charge"),
        }
    ),
    default="refund",
    title=_("When a lost item comes back"),
    help=_("What happens to the charge for a lost item that is returned after all."),
)


PARAMETERS: Final[Mapping[str, Parameter[Any]]] = MappingProxyType(declared)


def parameter(key: str) -> Parameter[Any]:
    """The parameter with this key. Raises LookupError when there is none."""
    found = PARAMETERS.get(key)
    if found is None:
        message = f"no such parameter of the lending rules: {key}"
        raise LookupError(message)
    return found

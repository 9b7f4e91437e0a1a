"""Why a patron cannot be erased: money that is owed, either way."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals
from kortisto.core.money import euros
from kortisto.core.refusals import Refusal
from kortisto.domain.fees.queries import credits_of, open_charges
from kortisto.domain.patrons.hindrances import hinders_erasing


class Hindrance(refusals.Reason):
    OWES = "owes", _("Unpaid charges: {sum}.")
    HAS_CREDIT = (
        "has-credit",
        _("Paid too much, to be given back: {sum}."),
    )


@hinders_erasing("fees")
def money_of(patron_id: int, today: date) -> Sequence[Refusal]:
    """Charges that are not settled, and credits that were not given back."""
    del today
    owed = sum(each.cents for each in open_charges(patron_id))
    credit = sum(each.cents for each in credits_of(patron_id))
    reasons = []
    if owed:
        reasons.append(Refusal(Hindrance.OWES, facts={"sum": euros(owed)}))
    if credit:
        reasons.append(Refusal(Hindrance.HAS_CREDIT, facts={"sum": euros(credit)}))
    return reasons

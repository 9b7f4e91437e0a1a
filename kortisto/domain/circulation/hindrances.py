"""Why an item, a record or a patron cannot go: loans that are, and that were."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals
from kortisto.core.refusals import Refusal
from kortisto.domain.catalogue.hindrances import hinders_items
from kortisto.domain.circulation.models import Loan
from kortisto.domain.patrons.hindrances import hinders_erasing


class Hindrance(refusals.Reason):
    HAS_LOANS = "has-loans", _("Loans that have not been returned: {loans}.")
    ITEM_IS_ON_LOAN = "item-is-on-loan", _("The item is on loan.")
    ITEM_HAS_BEEN_LENT = (
        "item-has-been-lent",
        _("The item has been lent, and its loans are kept. Withdraw it instead."),
    )


@hinders_items("loans")
def loans_of_items(item_ids: Collection[int]) -> Mapping[int, Sequence[Refusal]]:
    """An open loan, or any loan: a loan's item exists for ever (design, promise 2)."""
    lent = Loan.objects.filter(item_id__in=item_ids)
    open_ones = set(lent.filter(returned_at=None).values_list("item_id", flat=True))
    return {
        item_id: [
            Refusal(
                Hindrance.ITEM_IS_ON_LOAN
                if item_id in open_ones
                else Hindrance.ITEM_HAS_BEEN_LENT
            )
        ]
        for item_id in lent.values_list("item_id", flat=True).distinct().order_by()
    }


@hinders_erasing("loans")
def open_loans_of(patron_id: int, today: date) -> Sequence[Refusal]:
    """What the patron has at home."""
    del today
    number = Loan.objects.filter(patron_id=patron_id, returned_at=None).count()
    return [Refusal(Hindrance.HAS_LOANS, facts={"loans": number})] if number else ()

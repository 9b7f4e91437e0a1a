"""Settled charges forget what was borrowed; the accounts stay as they are (GDP-8)."""

from typing import Final

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from kortisto.domain.fees.models import Charge, Posting

AT_ONCE: Final = 1000


def forget_what_for(charges: "QuerySet[Charge]") -> int:
    """Take the loan, the item and the title from those that are settled; how many.

    One that somebody still owes, or that is owed to somebody, keeps its reference until
    it is settled: bills and receipts need it.
    """
    settled = (
        charges.exclude(loan_id=None)
        .annotate(
            left=Sum(
                "postings__cents",
                filter=Q(postings__account=Posting.Account.PATRONS),
                default=0,
            )
        )
        .filter(left=0)
    )
    forgotten = 0
    while page := list(settled.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            forgotten += Charge.objects.filter(pk__in=page).update(
                loan_id=None, item_id=None, title="", note="", trace={}
            )
    return forgotten

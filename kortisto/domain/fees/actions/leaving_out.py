"""Charges outlive the loans and items that a copy of the database leaves out."""

from collections.abc import Collection

from kortisto.domain.fees.models import Charge


def outlive(loan_ids: Collection[int], item_ids: Collection[int]) -> None:
    """Let charges lead to none of them; sums, payers and postings stay as they are.

    For actions that have checked who may.
    """
    Charge.objects.filter(loan_id__in=loan_ids).update(loan_id=None)
    Charge.objects.filter(item_id__in=item_ids).update(item_id=None)

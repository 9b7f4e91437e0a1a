"""Charges outlive the loans and items that a copy of the database leaves out."""

from typing import Any

from django.db.models import QuerySet

from kortisto.domain.catalogue.models import Item
from kortisto.domain.fees.models import Charge


def outlive(loan_ids: "QuerySet[Any, int]", items: "QuerySet[Item]") -> None:
    """Let charges lead to none of them; sums, payers and postings stay as they are.

    For actions that have checked who may.
    """
    Charge.objects.filter(loan_id__in=loan_ids).update(loan_id=None)
    Charge.objects.filter(item_id__in=items.values("pk")).update(item_id=None)

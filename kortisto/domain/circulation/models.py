"""Loans."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.catalogue.models import Item, ItemType, Record
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models import Patron, PatronCategory


class Loan(models.Model):
    """An item left with a patron, until ``returned_at``.

    ``due_at`` is the last moment of the due date in Helsinki for loans counted in
    days (CIR-13), the exact moment for loans counted in hours. Title and barcode are
    kept as they were, so that a loan outlives its item (promise 2). A returned loan
    may have forgotten its patron (S35).
    """

    class Ending(models.TextChoices):
        RETURNED = "returned", _("Returned")
        UNDONE = "undone", _("Check-out undone")
        LOST = "lost", _("Lost")

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="loans")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    patron = models.ForeignKey(
        Patron, null=True, on_delete=models.PROTECT, related_name="loans"
    )
    category = models.ForeignKey(
        PatronCategory, on_delete=models.PROTECT, related_name="+"
    )
    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="+")
    library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    rules_library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    barcode = models.CharField(max_length=30)
    lent_at = models.DateTimeField()
    lent_by = models.CharField(max_length=40)
    channel = models.CharField(max_length=12)
    due_at = models.DateTimeField()
    renewals = models.PositiveSmallIntegerField(default=0)  # = its period's number
    renewed_at = models.DateTimeField(null=True, blank=True)
    rule_version = models.PositiveIntegerField()
    trace = models.JSONField(default=dict)  # why due then
    returned_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.CharField(max_length=40, blank=True)
    returned_library = models.ForeignKey(
        Unit, null=True, on_delete=models.PROTECT, related_name="+"
    )
    ending = models.CharField(max_length=8, choices=Ending.choices, blank=True)

    SECRECY = secrecy(
        personal=(
            "item record patron category item_type library rules_library title barcode "
            "lent_at lent_by channel due_at renewals renewed_at rule_version trace "
            "returned_at returned_by returned_library ending"
        )
    )

    class Meta:
        db_table = "loan"
        constraints = (
            UniqueConstraint(
                fields=["item"],
                condition=Q(returned_at__isnull=True),
                name="an_item_has_one_open_loan",
            ),
            CheckConstraint(
                condition=Q(due_at__gt=F("lent_at")),
                name="a_loan_is_due_after_it_starts",
            ),
            CheckConstraint(
                condition=Q(returned_at__isnull=True)
                | Q(returned_at__gte=F("lent_at")),
                name="a_loan_ends_after_it_starts",
            ),
            CheckConstraint(
                condition=Q(returned_at__isnull=False) | Q(patron__isnull=False),
                name="an_open_loan_knows_its_patron",
            ),
            CheckConstraint(
                condition=Q(returned_at__isnull=False) ^ Q(ending=""),
                name="an_ended_loan_says_how",
            ),
        )
        indexes = (
            models.Index(
                fields=["patron", "item_type"],
                condition=Q(returned_at__isnull=True),
                name="loan_open_of_patron",
            ),
            models.Index(
                fields=["due_at", "id"],
                condition=Q(returned_at__isnull=True),
                name="loan_open_by_due",
            ),
            models.Index(fields=["patron", "-lent_at"], name="loan_of_patron"),
            models.Index(fields=["patron", "record"], name="loan_borrowed_before"),
            models.Index(
                fields=["returned_at", "id"],
                condition=Q(returned_at__isnull=False, patron__isnull=False),
                name="loan_remembered",
            ),
            models.Index(
                fields=["returned_at", "id"],
                condition=Q(patron__isnull=True) & ~Q(lent_by=""),
                name="loan_to_blur",
            ),
            models.Index(fields=["item", "-lent_at"], name="loan_of_item"),
            models.Index(
                fields=["record"],
                condition=Q(returned_at__isnull=True),
                name="loan_open_of_record",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"loan {self.pk}"

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
    may have forgotten its patron (S35). Since ``claimed_at`` the patron says that the
    item is not with them: nothing is overdue and no fine grows. Since ``recalled_at``
    it is due sooner, for somebody else; a renewal in spite of it empties that.
    """

    class Ending(models.TextChoices):
        RETURNED = "returned", _("Returned")
        UNDONE = "undone", _("Check-out undone")
        LOST = "lost", _("Lost")
        VOIDED = "voided", _("Voided: lent to the wrong person")

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
    claimed_at = models.DateTimeField(null=True, blank=True)
    recalled_at = models.DateTimeField(null=True, blank=True)

    SECRECY = secrecy(
        personal=(
            "item record patron category item_type library rules_library title barcode "
            "lent_at lent_by channel due_at renewals renewed_at rule_version trace "
            "returned_at returned_by returned_library ending claimed_at "
            "recalled_at"
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


class Claim(models.Model):
    """A patron says that a loan is not with them: brought back, or never had (CIR-40).

    Until it is resolved the item is looked for in ``library``. A resolved claim lets
    its loan go when that forgets its patron, and counts for the patron a while longer.
    """

    class Kind(models.TextChoices):
        RETURNED = "returned", _("Says that it was brought back")
        NEVER_HAD = "never-had", _("Says that they never had it")

    class Resolution(models.TextChoices):
        FOUND = "found", _("Found in the library")
        BROUGHT = "brought", _("The patron brought it")
        LOST = "lost", _("Not found: lost")
        WITHDRAWN = "withdrawn", _("Taken back: the patron has it")

    loan = models.ForeignKey(
        Loan, null=True, on_delete=models.PROTECT, related_name="claims"
    )
    patron = models.ForeignKey(Patron, on_delete=models.PROTECT, related_name="claims")
    kind = models.CharField(max_length=9, choices=Kind.choices)
    note = models.CharField(max_length=300, blank=True)
    library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    claimed_at = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=40)
    looks = models.PositiveSmallIntegerField(default=0)  # along the shelves, in vain
    looked_at = models.DateTimeField(null=True, blank=True)
    resolution = models.CharField(max_length=9, choices=Resolution.choices, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.CharField(max_length=40, blank=True)

    SECRECY = secrecy(
        personal=(
            "loan patron kind note library claimed_at made_at made_by looks looked_at "
            "resolution resolved_at resolved_by"
        )
    )

    class Meta:
        db_table = "claim"
        constraints = (
            UniqueConstraint(
                fields=["loan"],
                condition=Q(resolved_at__isnull=True),
                name="a_loan_has_one_open_claim",
            ),
            CheckConstraint(
                condition=Q(resolved_at__isnull=False) ^ Q(resolution=""),
                name="a_resolved_claim_says_how",
            ),
            CheckConstraint(
                condition=Q(resolved_at__isnull=False) | Q(loan__isnull=False),
                name="an_open_claim_knows_its_loan",
            ),
        )
        indexes = (
            models.Index(
                fields=["resolved_at", "id"],
                condition=Q(resolved_at__isnull=False),
                name="claim_resolved",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"claim {self.pk}"


class InHouseUse(models.Model):
    """Somebody read an item in a library without borrowing it. For statistics."""

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="uses")
    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT, related_name="+")
    library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField()

    SECRECY = secrecy(staff="item item_type library used_at")

    class Meta:
        db_table = "in_house_use"
        indexes = (
            models.Index(fields=["item", "-used_at"], name="in_house_use_of_item"),
            models.Index(fields=["library", "used_at"], name="in_house_use_at"),
        )

    @override
    def __str__(self) -> str:
        return f"in-house use {self.pk}"

"""The patron's account: charges, and the journal that says what is owed.

Money is an append-only journal of integer cents (design decision 6): every entry's
postings sum to zero, corrections are reversals, and a balance is a sum.
"""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.names import Named
from kortisto.core.secrecy import Secrecy, secrecy
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models import Patron


class ChargeType(Named):
    """What money is owed for (FEE-1). Only public-law charges bar borrowing (FEE-4)."""

    class Law(models.TextChoices):
        PUBLIC = "public", _("Public-law charge")
        PRIVATE = "private", _("Private-law charge")

    code = models.CharField(max_length=20, unique=True)
    law = models.CharField(max_length=8, choices=Law.choices)
    default_cents = models.PositiveIntegerField(default=0)
    by_hand = models.BooleanField(default=False)  # staff may charge it by hand
    active = models.BooleanField(default=True)

    SECRECY = secrecy(others=Secrecy.PUBLIC)

    class Meta:
        db_table = "charge_type"

    @override
    def __str__(self) -> str:
        return self.code


class Charge(models.Model):
    """Something a patron owes money for. How much is the sum of its postings.

    An overdue fine is one charge for each loan period: a renewal starts a new one.
    """

    patron = models.ForeignKey(Patron, on_delete=models.PROTECT, related_name="charges")
    type = models.ForeignKey(ChargeType, on_delete=models.PROTECT)
    library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    municipality = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    loan_id = models.BigIntegerField(null=True, blank=True)
    loan_period = models.PositiveSmallIntegerField(null=True, blank=True)
    item_id = models.BigIntegerField(null=True, blank=True)
    title = models.CharField(max_length=200, blank=True)  # snapshot
    note = models.CharField(max_length=300, blank=True)
    trace = models.JSONField(default=dict)  # why this much
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True, blank=True)  # it grows no more

    SECRECY = secrecy(
        personal=(
            "patron type library municipality loan_id loan_period item_id title note "
            "trace made_by made_at frozen_at"
        )
    )

    class Meta:
        db_table = "charge"
        constraints = (
            UniqueConstraint(
                fields=["loan_id", "loan_period", "type"],
                condition=Q(loan_id__isnull=False),
                name="a_loan_period_is_charged_once",
            ),
        )
        indexes = (models.Index(fields=["patron", "-id"], name="charge_of_patron"),)

    @override
    def __str__(self) -> str:
        return f"charge {self.pk}"


class JournalEntry(models.Model):
    """One thing that happened to money. ``key`` makes a second telling a no-op."""

    class Kind(models.TextChoices):
        CHARGE = "charge", _("Charge")
        ACCRUAL = "accrual", _("Fine for more days")
        PAYMENT = "payment", _("Payment")
        WRITE_OFF = "write-off", _("Forgiven")
        REVERSAL = "reversal", _("Reversal")
        LAPSE = "lapse", _("Lapsed")
        REFUND = "refund", _("Refund")
        CREDIT = "credit", _("Credit used")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(max_length=120, unique=True)
    actor = models.CharField(max_length=40)
    library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    reverses = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reversal"
    )
    note = models.CharField(max_length=300, blank=True)
    happened_at = models.DateTimeField()
    written_at = models.DateTimeField(db_default=Now())

    SECRECY = secrecy(
        personal="kind key actor library reverses note happened_at written_at"
    )

    class Meta:
        db_table = "journal_entry"

    @override
    def __str__(self) -> str:
        return f"entry {self.pk}"


class Posting(models.Model):
    """One line of an entry. Debits are positive, credits negative; an entry sums to 0.

    ``patron`` and ``law`` are set on lines of the account ``patrons`` only: what a
    patron owes is the sum of those lines.
    """

    class Account(models.TextChoices):
        PATRONS = "patrons", _("Owed by patrons")
        INCOME = "income", _("Income of the municipality")
        CASH = "cash", _("Cash")
        CARD = "card", _("Card payments")
        FORGIVEN = "forgiven", _("Forgiven and lapsed")

    entry = models.ForeignKey(
        JournalEntry, on_delete=models.PROTECT, related_name="postings"
    )
    account = models.CharField(max_length=10, choices=Account.choices)
    cents = models.BigIntegerField()
    charge = models.ForeignKey(
        Charge, null=True, on_delete=models.PROTECT, related_name="postings"
    )
    patron = models.ForeignKey(
        Patron, null=True, on_delete=models.PROTECT, related_name="+"
    )
    law = models.CharField(max_length=8, blank=True)  # public or private
    municipality = models.ForeignKey(
        Unit, null=True, on_delete=models.PROTECT, related_name="+"
    )

    SECRECY = secrecy(personal="entry account cents charge patron law municipality")

    class Meta:
        db_table = "posting"
        constraints = (
            CheckConstraint(
                condition=~Q(account="patrons")
                | Q(patron__isnull=False, charge__isnull=False),
                name="what_patrons_owe_names_the_patron_and_the_charge",
            ),
            CheckConstraint(condition=~Q(cents=0), name="a_posting_moves_money"),
        )
        indexes = (
            models.Index(
                fields=["patron", "law", "cents"],
                condition=Q(patron__isnull=False),
                name="posting_owed",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"posting {self.pk}"

"""Kinds of patrons and what the consortium has decided about each (PAT-20)."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.names import Named
from kortisto.core.secrecy import Secrecy, secrecy
from kortisto.domain.org.models import LibraryGroup, Unit


class History(models.TextChoices):
    """How long a patron's past loans are remembered (S35)."""

    DEFAULT = "default", _("For three years")
    FOREVER = "forever", _("Until further notice")
    NEVER = "never", _("Never")


class PatronCategory(Named):
    """A kind of patron. Ages are completed years, both ends included (PAT-5).

    Where a column may be empty, the settings of the organisation say instead.
    """

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        DEPENDANT = "dependant", _("Dependant")
        ORGANISATION = "organisation", _("Organisation")
        WORK = "work", _("Work card, outside statistics")
        STAFF = "staff", _("Staff account, never a borrower")
        DEVICE = "device", _("Device or interface")
        PROVISIONAL = "provisional", _("Person, not yet identified")

    class Effect(models.TextChoices):
        SETTING = "", _("as the library's setting says")
        NONE = "none", _("nothing")
        WARN = "warn", _("a warning")
        BLOCK = "block", _("no lending")

    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PERSON)
    min_age = models.PositiveSmallIntegerField(null=True, blank=True)
    max_age = models.PositiveSmallIntegerField(null=True, blank=True)
    next_category = models.ForeignKey(  # the night after ``max_age`` (PAT-12)
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    may_have_guardian = models.BooleanField(default=False)
    needs_guardian = models.BooleanField(default=False)
    guardian_sees_until_age = models.PositiveSmallIntegerField(null=True, blank=True)
    needs_identity = models.BooleanField(default=False)  # a personal identity code
    card_required = models.BooleanField(default=True)
    units = models.ManyToManyField(  # whose patrons may be in it; none: everybody's
        Unit, related_name="+", blank=True, db_table="category_unit"
    )
    validity_months = models.PositiveSmallIntegerField(null=True, blank=True)
    expired_effect = models.CharField(max_length=5, choices=Effect.choices, blank=True)
    expired_renewal_effect = models.CharField(
        max_length=5, choices=Effect.choices, blank=True
    )
    expired_hold_effect = models.CharField(
        max_length=5, choices=Effect.choices, blank=True
    )
    expiry_notice = models.BooleanField(default=False)  # even if not asked for
    overdue_notices = models.BooleanField(default=True)
    checks_earlier_loans = models.BooleanField(default=False)  # home delivery
    charges_bar = models.BooleanField(default=True)  # unpaid ones, from borrowing
    loan_ban_cents = models.PositiveIntegerField(null=True, blank=True)
    loan_ban_dependants_cents = models.PositiveIntegerField(null=True, blank=True)
    loan_ban_guardians_cents = models.PositiveIntegerField(null=True, blank=True)
    history = models.CharField(
        max_length=8, choices=History.choices, default=History.DEFAULT
    )
    pin_length_min = models.PositiveSmallIntegerField(null=True, blank=True)
    pin_length_max = models.PositiveSmallIntegerField(null=True, blank=True)
    strong_pin = models.BooleanField(default=False)
    changes_pin_online = models.BooleanField(default=True)
    resets_pin_online = models.BooleanField(default=True)  # by a link in an e-mail

    SECRECY = secrecy(others=Secrecy.PUBLIC)

    class Meta:
        db_table = "patron_category"
        constraints = (
            CheckConstraint(
                condition=Q(needs_guardian=False) | Q(may_have_guardian=True),
                name="who_needs_a_guardian_may_have_one",
            ),
            CheckConstraint(
                condition=Q(next_category__isnull=True) | Q(max_age__isnull=False),
                name="a_next_category_waits_for_an_age",
            ),
            CheckConstraint(
                condition=Q(min_age__isnull=True)
                | Q(max_age__isnull=True)
                | Q(max_age__gte=F("min_age")),
                name="a_category_has_an_age_that_somebody_can_have",
            ),
            CheckConstraint(
                condition=Q(validity_months__isnull=True) | Q(validity_months__gte=1),
                name="a_category_is_good_for_a_month_at_least",
            ),
        )

    @override
    def __str__(self) -> str:
        return self.code


class CardValidity(models.Model):
    """For how long a card is good in a library group, for one category (S14).

    A library in several such groups takes the longest; a library in none takes
    ``PatronCategory.validity_months``, or else the organisation's setting.
    """

    category = models.ForeignKey(
        PatronCategory, on_delete=models.CASCADE, related_name="validities"
    )
    group = models.ForeignKey(LibraryGroup, on_delete=models.CASCADE, related_name="+")
    months = models.PositiveSmallIntegerField()

    SECRECY = secrecy(others=Secrecy.PUBLIC)

    class Meta:
        db_table = "card_validity"
        constraints = (
            UniqueConstraint(
                fields=["category", "group"],
                name="a_category_is_good_for_one_time_in_a_group",
            ),
            CheckConstraint(
                condition=Q(months__gte=1), name="a_card_is_good_for_a_month_at_least"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.category_id} in {self.group_id}: {self.months}"

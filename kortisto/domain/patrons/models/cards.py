"""Library cards, and reasons of their own for which a patron may not borrow."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.names import Named
from kortisto.core.secrecy import Secrecy, secrecy
from kortisto.domain.patrons.models.record import Patron


class Card(models.Model):
    """A library card. One of a patron's is active; old ones are kept for matching."""

    class Ending(models.TextChoices):
        REPLACED = "replaced", _("Replaced by another")
        LOST = "lost", _("Lost")
        STOLEN = "stolen", _("Stolen")
        DAMAGED = "damaged", _("Damaged")

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="cards")
    number = models.CharField(max_length=20)
    active = models.BooleanField(default=True)
    since_on = models.DateField(null=True, blank=True)  # not known: empty (S12)
    until_on = models.DateField(null=True, blank=True)
    ending = models.CharField(max_length=8, choices=Ending.choices, blank=True)
    given_by = models.CharField(max_length=40, blank=True)

    SECRECY = secrecy(personal="patron number active since_on until_on ending given_by")

    class Meta:
        db_table = "card"
        constraints = (
            UniqueConstraint(Upper("number"), name="a_card_number_is_used_once"),
            UniqueConstraint(
                fields=["patron"],
                condition=Q(active=True),
                name="a_patron_has_one_active_card",
            ),
            CheckConstraint(condition=~Q(number=""), name="a_card_number_is_not_empty"),
            CheckConstraint(
                condition=Q(ending="") | Q(active=False),
                name="only_an_old_card_has_ended",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"card {self.pk}"


class RestrictionType(Named):
    """A kind of restriction: when it goes by itself, and what it shuts (S26)."""

    class Removal(models.TextChoices):
        BY_HAND = "by-hand", _("when somebody lifts it")
        END_DATE = "end-date", _("on its last day")
        CHARGES_PAID = "charges-paid", _("when everything is paid")
        ITEMS_BACK = "items-back", _("when no loan is overdue")

    code = models.CharField(max_length=20, unique=True)
    removal = models.CharField(
        max_length=12, choices=Removal.choices, default=Removal.BY_HAND
    )
    days = models.PositiveSmallIntegerField(null=True, blank=True)  # unless told
    binding = models.BooleanField(default=False)  # no permission lends past it
    shuts_doors = models.BooleanField(default=True)  # where the library's setting does
    in_use = models.BooleanField(default=True)  # can be chosen for a new restriction

    SECRECY = secrecy(others=Secrecy.PUBLIC)

    class Meta:
        db_table = "restriction_type"
        constraints = (
            CheckConstraint(
                condition=Q(days__isnull=True) | Q(days__gte=1),
                name="a_restriction_lasts_a_day_at_least",
            ),
        )

    @override
    def __str__(self) -> str:
        return self.code


class Restriction(models.Model):
    """A reason of its own for which a patron may not borrow (S26)."""

    patron = models.ForeignKey(
        Patron, on_delete=models.CASCADE, related_name="restrictions"
    )
    type = models.ForeignKey(
        RestrictionType, on_delete=models.PROTECT, related_name="+"
    )
    note = models.CharField(max_length=500, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # the last day in force
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField(db_default=Now())
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=40, blank=True)

    SECRECY = secrecy(
        personal=(
            "patron type note starts_on ends_on made_by made_at lifted_at lifted_by"
        )
    )

    class Meta:
        db_table = "restriction"
        constraints = (
            CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="a_restriction_ends_after_it_starts",
            ),
        )
        indexes = (
            models.Index(
                fields=["patron"],
                condition=Q(lifted_at__isnull=True),
                name="restriction_in_force",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"restriction {self.pk}"

"""Who answers for whom."""

from typing import Final

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.patrons.models.record import Patron


class Guardianship(models.Model):
    """A dated link from a guardian to a dependant; ended links are kept (PAT-12).

    The guardian is a patron, or somebody without a card of whom only the name and
    how to reach them is written down. Only guardians and parents answer for somebody;
    others may be asked after them. ``ends_on`` is the last day for which they pay: to
    see anything ends as soon as the link has been ended.
    """

    class Kind(models.TextChoices):
        GUARDIAN = "guardian", _("Guardian")
        PARENT = "parent", _("Parent")
        CONTACT = "contact", _("Contact person")
        OTHER = "other", _("Other person")

    ANSWERING: Final = frozenset({Kind.GUARDIAN.value, Kind.PARENT.value})

    guardian = models.ForeignKey(
        Patron,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="dependants",
    )
    name = models.CharField(max_length=200, blank=True)  # when there is no patron
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    dependant = models.ForeignKey(
        Patron, on_delete=models.CASCADE, related_name="guardians"
    )
    kind = models.CharField(max_length=8, choices=Kind.choices, default=Kind.GUARDIAN)
    order = models.PositiveSmallIntegerField(default=1)  # 1 is asked first
    gets_bills = models.BooleanField(default=False)
    sees_loans = models.BooleanField(default=False)  # by consent (PAT-18)
    sees_charges = models.BooleanField(default=False)
    starts_on = models.DateField(null=True, blank=True)  # not known: empty (S12)
    ends_on = models.DateField(null=True, blank=True)

    SECRECY = secrecy(
        personal=(
            "guardian name phone email address dependant kind order gets_bills "
            "sees_loans sees_charges starts_on ends_on"
        )
    )

    class Meta:
        db_table = "guardianship"
        constraints = (
            CheckConstraint(
                condition=~Q(guardian=F("dependant")),
                name="nobody_is_their_own_guardian",
            ),
            CheckConstraint(
                condition=Q(guardian__isnull=False, name="")
                | (Q(guardian__isnull=True) & ~Q(name="")),
                name="a_guardian_is_a_patron_or_has_a_name",
            ),
            CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="a_guardianship_ends_after_it_starts",
            ),
            UniqueConstraint(
                fields=["guardian", "dependant"],
                condition=Q(ends_on__isnull=True),
                name="a_guardian_is_linked_once",
            ),
            UniqueConstraint(
                fields=["dependant"],
                condition=Q(ends_on__isnull=True, gets_bills=True),
                name="the_bills_go_to_one_guardian",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"guardianship {self.pk}"

    @property
    def answers(self) -> bool:
        """Whether the guardian answers for the dependant, and is no mere contact."""
        return self.kind in self.ANSWERING

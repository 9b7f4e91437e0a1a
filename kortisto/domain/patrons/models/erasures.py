"""A wish to be erased, with the days in which it can be taken back (GDP-2)."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.patrons.models.record import Patron


class Erasure(models.Model):
    """A patron wants to be erased. The row goes with the patron when it is done.

    ``erase_on`` is the first day on which the night may do it. When something stands
    against it then, it waits, and is tried again every night.
    """

    class Cause(models.TextChoices):
        ASKED = "asked", _("The patron asked")
        INACTIVE = "inactive", _("Not used for years")

    class Ending(models.TextChoices):
        TAKEN_BACK = "taken-back", _("Taken back")
        DONE = "done", _("Done")

    patron = models.ForeignKey(
        Patron, on_delete=models.CASCADE, related_name="erasures", db_index=False
    )
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)
    erase_on = models.DateField()
    cause = models.CharField(max_length=8, choices=Cause.choices, default=Cause.ASKED)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=40, blank=True)
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)

    SECRECY = secrecy(
        personal="patron asked_at asked_by erase_on cause ended_at ended_by ending"
    )

    class Meta:
        db_table = "patron_erasure"
        constraints = (
            UniqueConstraint(
                fields=["patron"],
                condition=Q(ended_at__isnull=True),
                name="a_patron_is_erased_once",
            ),
            CheckConstraint(
                condition=Q(ended_at__isnull=True, ending="")
                | (Q(ended_at__isnull=False) & ~Q(ending="")),
                name="a_wish_to_be_erased_ends_somehow",
            ),
        )
        indexes = (
            models.Index(fields=["patron", "-id"], name="erasure_of_patron"),
            models.Index(
                fields=["erase_on"],
                condition=Q(ended_at__isnull=True),
                name="erasure_waiting",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"erasure {self.pk}"

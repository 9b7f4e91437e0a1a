"""What patrons have asked to be changed, and staff have yet to answer (PAT-15)."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.patrons.models.record import Patron


class RequestedChange(models.Model):
    """One field that a patron, or a guardian, wants to hold something else.

    ``old`` is what it held when it was asked; ``note`` is for the patron. An answered
    row is forgotten after some weeks: the history of the record has what was written.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting for the library")
        ACCEPTED = "accepted", _("Accepted")
        DENIED = "denied", _("Not accepted")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    patron = models.ForeignKey(
        Patron,
        on_delete=models.CASCADE,
        related_name="requested_changes",
        db_index=False,
    )
    field = models.CharField(max_length=40)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    asked_by = models.CharField(max_length=40)
    asked_at = models.DateTimeField(db_default=Now())
    state = models.CharField(max_length=9, choices=State.choices, default=State.WAITING)
    note = models.CharField(max_length=200, blank=True)
    answered_by = models.CharField(max_length=40, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    SECRECY = secrecy(
        personal=(
            "patron field old new asked_by asked_at state note answered_by answered_at"
        )
    )

    class Meta:
        db_table = "requested_change"
        constraints = (
            UniqueConstraint(
                fields=["patron", "field"],
                condition=Q(state="waiting"),
                name="a_field_waits_for_one_change",
            ),
            CheckConstraint(
                condition=Q(state="waiting", answered_at__isnull=True)
                | (~Q(state="waiting") & Q(answered_at__isnull=False)),
                name="what_was_answered_has_a_time",
            ),
        )
        indexes = (
            models.Index(fields=["patron", "-id"], name="requested_change_patron"),
            models.Index(
                fields=["asked_at"],
                condition=Q(state="waiting"),
                name="requested_change_waiting",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"requested change {self.pk} of {self.field}"

"""Where each value of a patron's record came from (S9), and who checked it (S15)."""

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.secrecy import secrecy


class Source(models.TextChoices):
    """Where a value came from (S9)."""

    DESK = "desk", _("The patron, at the desk")
    ONLINE = "online", _("The patron, on the web")
    GUARDIAN = "guardian", _("A guardian")
    POPULATION_REGISTER = "population-register", _("The population register")
    MIGRATION = "migration", _("The earlier system")
    JOB = "job", _("Kortisto itself, at night")


class FieldChange(models.Model):
    """One field of one patron got another value. Rows are never changed.

    Of the PIN and the identity key it is only told that they changed. A field that
    has no row still has what it was registered with.
    """

    patron = models.ForeignKey(
        "patrons.Patron",
        on_delete=models.CASCADE,
        related_name="changes",
        db_index=False,
    )
    field = models.CharField(max_length=40)
    old = models.TextField(blank=True)
    new = models.TextField(blank=True)
    source = models.CharField(max_length=20, choices=Source.choices)
    actor = models.CharField(max_length=40)
    edition = models.PositiveIntegerField()  # of the patron, after the change
    at = models.DateTimeField(db_default=Now())

    SECRECY = secrecy(personal="patron field old new source actor at", staff="edition")

    class Meta:
        db_table = "field_change"
        indexes = (
            models.Index(fields=["patron", "field", "-id"], name="change_of_a_field"),
        )

    @override
    def __str__(self) -> str:
        return f"change {self.pk} of {self.field}"


class Renewal(models.Model):
    """A card was made good for longer after somebody checked the data (S15)."""

    patron = models.ForeignKey(
        "patrons.Patron", on_delete=models.CASCADE, related_name="renewals"
    )
    checked = models.JSONField(default=list)  # names of the fields looked at
    expired_on = models.DateField()  # as it was
    expires_on = models.DateField()
    source = models.CharField(max_length=20, choices=Source.choices)
    actor = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())

    SECRECY = secrecy(
        personal="patron checked expired_on expires_on source actor at",
    )

    class Meta:
        db_table = "patron_renewal"

    @override
    def __str__(self) -> str:
        return f"renewal {self.pk}"

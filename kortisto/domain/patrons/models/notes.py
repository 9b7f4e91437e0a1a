"""What staff have written about a patron, for each other or for the patron."""

from django.db import models
from django.db.models import CheckConstraint, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models.record import Patron


class PatronNote(models.Model):
    """A note. The patron sees public ones, and never who wrote them (PAT-16)."""

    class Audience(models.TextChoices):
        STAFF = "staff", _("For staff")
        PUBLIC = "public", _("Shown to the patron")

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="notes")
    audience = models.CharField(max_length=6, choices=Audience.choices)
    text = models.TextField(max_length=4000)
    author = models.CharField(max_length=40)
    library = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(db_default=Now())
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.CharField(max_length=40, blank=True)

    SECRECY = secrecy(
        personal=(
            "patron audience text author library written_at withdrawn_at withdrawn_by"
        )
    )

    class Meta:
        db_table = "patron_note"
        constraints = (
            CheckConstraint(condition=~Q(text=""), name="a_note_says_something"),
        )

    @override
    def __str__(self) -> str:
        return f"note {self.pk}"

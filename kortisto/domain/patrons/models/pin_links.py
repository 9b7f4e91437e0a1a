"""Links by which a forgotten PIN is replaced."""

from django.db import models
from django.db.models import CheckConstraint, F, Q
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.patrons.models.record import Patron


class PinLink(models.Model):
    """One link that was sent. What the link holds is not kept, only its digest.

    A patron has at most one: a new one takes the place of the one before, and one
    that has been used is gone.
    """

    patron = models.OneToOneField(
        Patron, on_delete=models.CASCADE, related_name="pin_link"
    )
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    SECRECY = secrecy(personal="patron made_at ends_at", sealed="digest")

    class Meta:
        db_table = "pin_link"
        constraints = (
            CheckConstraint(
                condition=Q(ends_at__gt=F("made_at")),
                name="a_pin_link_ends_after_it_was_made",
            ),
            CheckConstraint(condition=~Q(digest=""), name="a_pin_link_has_a_digest"),
        )

    @override
    def __str__(self) -> str:
        return f"link {self.pk}"

"""How far each municipality has followed the population register."""

from django.db import models
from django.db.models import CheckConstraint, Q
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.org.models import Unit


class PopulationPosition(models.Model):
    """The registration key up to which changes have been taken in.

    It moves in the transaction that writes the last of what a page has brought, and
    never back.
    """

    municipality = models.OneToOneField(
        Unit, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    key = models.BigIntegerField()
    moved_at = models.DateTimeField()

    SECRECY = secrecy(staff="municipality key moved_at")

    class Meta:
        db_table = "population_position"
        constraints = (
            CheckConstraint(
                condition=Q(key__gte=0), name="a_registration_key_is_not_negative"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.municipality_id}: {self.key}"

"""The vans that carry items between libraries."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from typing_extensions import override

from kortisto.core.names import Named
from kortisto.domain.org.models.units import Unit


class VanRound(Named):
    """A van's round from a day on: the libraries it calls at, on which weekdays.

    A round that changes gets another row with the same code; the one that started
    last is in force, as long as its own last day has not passed.
    """

    code = models.CharField(max_length=20)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # included
    weekdays = models.CharField(max_length=7)  # "024": Monday, Wednesday, Friday
    capacity = models.PositiveIntegerField()  # items that one run has room for
    run_cents = models.PositiveIntegerField(default=0)  # what one run costs
    handling_cents = models.PositiveIntegerField(default=0)  # loading one item, once

    class Meta:
        db_table = "van_round"
        constraints = (
            UniqueConstraint(
                fields=["code", "starts_on"], name="a_van_round_starts_once_on_a_day"
            ),
            CheckConstraint(
                condition=Q(code__regex=r"^[A-Z0-9-]+$"),
                name="a_van_round_code_is_capitals_and_digits",
            ),
            CheckConstraint(
                condition=Q(weekdays__regex=r"^[0-6]+$"),
                name="a_van_drives_on_weekdays",
            ),
            CheckConstraint(condition=Q(capacity__gt=0), name="a_van_has_room"),
            CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="a_van_round_ends_after_it_starts",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.code} from {self.starts_on}"


class VanStop(models.Model):
    """A library on a round, at a time of the day. The times give the order."""

    round = models.ForeignKey(VanRound, on_delete=models.CASCADE, related_name="stops")
    library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    calls_at = models.TimeField()
    kilometres = models.PositiveSmallIntegerField(default=0)  # from the stop before

    class Meta:
        db_table = "van_stop"
        constraints = (
            UniqueConstraint(
                fields=["round", "calls_at"], name="a_van_is_at_one_place_at_a_time"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.library_id} at {self.calls_at}"

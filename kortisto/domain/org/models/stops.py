"""Where a bookmobile stops, and when it comes there."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from typing_extensions import override

from kortisto.core.names import Named
from kortisto.domain.org.models.units import Unit

LONGEST_CYCLE = 12  # weeks


class BusStop(Named):
    """A place where a bookmobile stops. The bookmobile is the library."""

    library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="stops")
    place = models.CharField(max_length=200, blank=True)  # how it is found there

    class Meta:
        db_table = "bus_stop"
        constraints = (
            UniqueConstraint(
                fields=["library", "name_fi"],
                name="stops_of_a_bookmobile_have_different_names",
            ),
            CheckConstraint(condition=~Q(name_fi=""), name="a_bus_stop_has_a_name"),
        )

    @override
    def __str__(self) -> str:
        return f"bus stop {self.pk}"


class BusCall(models.Model):
    """It comes from a day on, every so many weeks, at the same time of the day."""

    stop = models.ForeignKey(BusStop, on_delete=models.CASCADE, related_name="calls")
    first_on = models.DateField()
    every_weeks = models.PositiveSmallIntegerField(default=2)
    arrives = models.TimeField()
    leaves = models.TimeField()
    last_on = models.DateField(null=True, blank=True)  # included

    class Meta:
        db_table = "bus_call"
        constraints = (
            CheckConstraint(
                condition=Q(leaves__gt=F("arrives")),
                name="a_bookmobile_leaves_after_it_came",
            ),
            CheckConstraint(
                condition=Q(every_weeks__gte=1) & Q(every_weeks__lte=LONGEST_CYCLE),
                name="a_bookmobile_comes_again_within_weeks",
            ),
            CheckConstraint(
                condition=Q(last_on__isnull=True) | Q(last_on__gte=F("first_on")),
                name="a_bookmobile_stops_coming_after_it_began",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"bus stop {self.stop_id} every {self.every_weeks} weeks"

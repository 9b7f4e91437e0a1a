"""Where a library works while it cannot work in its own house."""

from django.db import models
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.org.models.closures import Closure


class Premises(models.Model):
    """What is otherwise while a library works at another address (TOL-11).

    The closure has the library, the days and the text for the public: its own house is
    closed then, and the library is open here. ``hours`` are the openings of the week,
    ``[weekday, "10:00", "18:00", self-service]`` each; none: as in its own house.
    ``left_locations`` are shelves whose items stay behind, and ``left_status`` what
    they are meanwhile: a code of the items that are not for loan.
    """

    closure = models.OneToOneField(
        Closure, on_delete=models.CASCADE, related_name="premises"
    )
    street = models.CharField(max_length=100)
    postal_code = models.CharField(max_length=10, blank=True)
    city = models.CharField(max_length=60)
    phone = models.CharField(max_length=30, blank=True)
    van_note = models.CharField(max_length=200, blank=True)  # where the van stops
    hours = models.JSONField(default=list)
    left_locations = models.JSONField(default=list)
    left_status = models.CharField(max_length=20, blank=True)

    SECRECY = secrecy(
        public="closure street postal_code city phone hours left_locations left_status",
        staff="van_note",
    )

    class Meta:
        db_table = "premises"

    @override
    def __str__(self) -> str:
        return f"premises of closure {self.closure_id}"

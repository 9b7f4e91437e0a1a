"""Computers of the staff: enrolled once, and known ever after (S19, PER-4)."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.org.models.people import Staff
from kortisto.domain.org.models.units import Unit


class Workstation(models.Model):
    """A computer that may open staff pages. Only digests of its secrets are kept.

    It is added with a code that works once; in exchange it gets a credential, which is
    renewed long before its end. While a new one is on its way (``next_digest``) both
    are good: an answer that never arrives locks nobody out.
    """

    class Why(models.TextChoices):
        REMOVED = "removed", _("taken out of use")
        STOLEN = "stolen", _("lost or stolen")

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=60)
    code_digest = models.CharField(max_length=64, blank=True)  # "": nothing waits
    code_until = models.DateTimeField(null=True, blank=True)
    token_digest = models.CharField(max_length=64, blank=True)  # "": not enrolled yet
    token_since = models.DateTimeField(null=True, blank=True)
    token_until = models.DateTimeField(null=True, blank=True)
    next_digest = models.CharField(max_length=64, blank=True)
    next_since = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)  # to the minute
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.CharField(max_length=40, blank=True)
    removed_why = models.CharField(max_length=8, blank=True, choices=Why.choices)

    SECRECY = secrecy(
        staff=(
            "id unit label code_until token_since token_until next_since last_seen_at "
            "made_by made_at removed_at removed_by removed_why"
        ),
        sealed="code_digest token_digest next_digest",
    )

    class Meta:
        db_table = "workstation"
        constraints = (
            UniqueConstraint(
                fields=["unit", "label"],
                condition=Q(removed_at__isnull=True),
                name="workstations_of_a_unit_have_different_names",
            ),
            UniqueConstraint(
                fields=["code_digest"],
                condition=~Q(code_digest=""),
                name="a_code_enrols_one_workstation",
            ),
            CheckConstraint(condition=~Q(label=""), name="a_workstation_has_a_name"),
            CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_why="")
                | (Q(removed_at__isnull=False) & ~Q(removed_why="")),
                name="a_workstation_is_removed_for_a_reason",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"workstation {self.pk}"


class WorkstationUse(models.Model):
    """Who has worked at a workstation, first and last: asked when one is stolen."""

    workstation = models.ForeignKey(
        Workstation, on_delete=models.CASCADE, related_name="uses"
    )
    staff = models.ForeignKey(Staff, on_delete=models.CASCADE, related_name="+")
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    SECRECY = secrecy(staff="id workstation staff first_at last_at")

    class Meta:
        db_table = "workstation_use"
        constraints = (
            UniqueConstraint(
                fields=["workstation", "staff"], name="a_use_is_told_once_for_each"
            ),
            CheckConstraint(
                condition=Q(last_at__gte=F("first_at")),
                name="a_use_ends_after_it_starts",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.staff_id} at {self.workstation_id}"

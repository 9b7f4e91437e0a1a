"""Desks that were made ready to work without a connection, and what they sent."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.org.models import Unit, Workstation
from kortisto.domain.patrons.models import Patron


class Kit(models.Model):
    """What one workstation took with it: it works with it until ``expires_at``.

    What it did meanwhile is taken until ``send_until``, and never after.
    """

    library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    workstation = models.ForeignKey(
        Workstation, on_delete=models.PROTECT, related_name="+"
    )
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    send_until = models.DateTimeField()

    SECRECY = secrecy(staff="library workstation made_by made_at expires_at send_until")

    class Meta:
        db_table = "offline_kit"
        constraints = (
            CheckConstraint(
                condition=Q(expires_at__gt=F("made_at")),
                name="an_offline_kit_lasts_for_a_time",
            ),
            CheckConstraint(
                condition=Q(send_until__gte=F("expires_at")),
                name="offline_work_can_be_sent_to_its_end",
            ),
        )
        indexes = (
            models.Index(fields=["workstation", "made_at"], name="offline_kit_made"),
            models.Index(fields=["send_until"], name="offline_kit_end"),
        )

    @override
    def __str__(self) -> str:
        return f"offline kit {self.pk}"


class Deed(models.Model):
    """A check-out or a check-in that a desk did without a connection.

    ``key`` was made at the desk and is taken once, whoever sends it again. The card
    stays for as long as somebody has to see to it, and never with what went well.
    """

    class Kind(models.TextChoices):
        CHECKOUT = "checkout", _("Check-out")
        CHECKIN = "checkin", _("Check-in")

    class State(models.TextChoices):
        DONE = "done", _("Recorded")
        NOTHING = "nothing", _("Nothing to record any more")
        STUCK = "stuck", _("Somebody must see to it")
        SETTLED = "settled", _("Recorded by hand")
        DROPPED = "dropped", _("Left unrecorded")

    key = models.UUIDField()
    kit = models.ForeignKey(Kit, on_delete=models.PROTECT, related_name="deeds")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    happened_at = models.DateTimeField()
    barcode = models.CharField(max_length=30)
    told_due_on = models.DateField(null=True, blank=True)
    received_at = models.DateTimeField()
    received_by = models.CharField(max_length=40)
    state = models.CharField(max_length=7, choices=State.choices)
    card = models.CharField(max_length=30, blank=True)
    patron = models.ForeignKey(
        Patron, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    why = models.JSONField(default=list)  # [[public code of the reason, its facts]]
    answer = models.JSONField(default=dict)  # what the desk was told
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=40, blank=True)

    SECRECY = secrecy(
        personal=(
            "id key kit kind happened_at barcode told_due_on received_at received_by "
            "state card patron why answer ended_at ended_by"
        )
    )

    class Meta:
        db_table = "offline_deed"
        constraints = (
            UniqueConstraint(fields=["key"], name="offline_work_is_taken_once"),
            CheckConstraint(
                condition=Q(state="stuck") | Q(card="", patron__isnull=True),
                name="only_what_is_stuck_knows_its_patron",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.pk}: {self.state}"

"""The hold queue and the journeys of items between libraries."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models import Patron


class Hold(models.Model):
    """A patron's wish for a title, or for one item of it.

    The place in the queue is a function of ``placed_at`` and ``id``, never stored
    (promise 4). A waiting or travelling hold has exactly one item (promise 3).
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("In the queue")
        TRAVELLING = "travelling", _("On its way")
        WAITING = "waiting", _("Waiting for pick-up")
        FILLED = "filled", _("Collected")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    patron = models.ForeignKey(Patron, on_delete=models.PROTECT, related_name="holds")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="holds")
    wanted_item = models.ForeignKey(
        Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    item = models.ForeignKey(
        Item, null=True, blank=True, on_delete=models.PROTECT, related_name="holds"
    )
    pickup_library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    placed_at = models.DateTimeField()
    starts_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    suspended = models.BooleanField(default=False)
    suspended_until = models.DateField(null=True, blank=True)  # the last day
    pickup_until = models.DateField(null=True, blank=True)  # the last day
    ended_at = models.DateTimeField(null=True, blank=True)

    SECRECY = secrecy(
        personal=(
            "patron record wanted_item item pickup_library state placed_at starts_on "
            "expires_on suspended suspended_until pickup_until ended_at"
        )
    )

    class Meta:
        db_table = "hold"
        constraints = (
            UniqueConstraint(
                fields=["item"],
                condition=Q(state__in=["travelling", "waiting"]),
                name="an_item_fills_one_hold",
            ),
            CheckConstraint(
                condition=~Q(state__in=["travelling", "waiting"])
                | Q(item__isnull=False),
                name="a_trapped_hold_has_its_item",
            ),
        )
        indexes = (
            models.Index(
                fields=["record", "placed_at", "id"],
                condition=Q(state="queued"),
                name="hold_queue",
            ),
            models.Index(fields=["patron", "state"], name="hold_of_patron"),
        )

    @override
    def __str__(self) -> str:
        return f"hold {self.pk}"


class Transit(models.Model):
    """An item's journey from one library to another."""

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="transits")
    origin = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)

    SECRECY = secrecy(staff="item origin destination sent_at arrived_at cancelled_at")

    class Meta:
        db_table = "transit"
        constraints = (
            UniqueConstraint(
                fields=["item"],
                condition=Q(arrived_at__isnull=True, cancelled_at__isnull=True),
                name="an_item_is_on_one_journey",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"transit {self.pk}"

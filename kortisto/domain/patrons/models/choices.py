"""Which messages a patron wants, and how they are to come (S30)."""

from typing import Final

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.secrecy import Secrecy, secrecy
from kortisto.domain.patrons.models.categories import PatronCategory
from kortisto.domain.patrons.models.record import Patron


class MessageKind(models.TextChoices):
    CHECKOUT = "checkout-receipt", _("Check-out receipt")
    CHECKIN = "checkin-receipt", _("Check-in receipt")
    HOLD_READY = "hold-ready", _("A hold has arrived")
    PICKUP = "pickup-reminder", _("Reminder to pick up a hold")
    ADVANCE = "advance", _("Notice before the due date")
    DUE = "due", _("Notice on the due date")
    OVERDUE = "overdue", _("Overdue notice")
    ILL_ARRIVED = "ill-arrived", _("An interlibrary loan has arrived")
    ILL_UNAVAILABLE = "ill-unavailable", _("An interlibrary loan is not available")
    ILL_UPDATED = "ill-updated", _("News of an interlibrary loan")
    EXPIRY = "expiry", _("The card is about to expire")


class Transport(models.TextChoices):
    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text message")
    PAPER = "paper", _("Letter")
    SUOMIFI = "suomifi", _("Suomi.fi messages")
    NONE = "none", _("Not at all")


WITH_DAYS: Final = (MessageKind.ADVANCE.value, MessageKind.PICKUP.value)
MOST_DAYS: Final = 7


def _days_make_sense(owner: str) -> CheckConstraint:
    """A kind that has days has 1 to 7: a 0 would silently mean never (S31)."""
    with_days = Q(kind__in=WITH_DAYS) & ~Q(transport="none")
    return CheckConstraint(
        condition=(with_days & Q(days__gte=1, days__lte=MOST_DAYS))
        | (~with_days & Q(days__isnull=True)),
        name=f"{owner}_in_advance_has_its_days",
    )


class MessageChoice(models.Model):
    """One tick of a patron's table. No row of a kind: nothing has been chosen."""

    patron = models.ForeignKey(
        Patron, on_delete=models.CASCADE, related_name="choices", db_index=False
    )
    kind = models.CharField(max_length=16, choices=MessageKind.choices)
    transport = models.CharField(max_length=8, choices=Transport.choices)
    days = models.PositiveSmallIntegerField(null=True, blank=True)  # before the day

    SECRECY = secrecy(personal="patron kind transport days")

    class Meta:
        db_table = "message_choice"
        constraints = (
            UniqueConstraint(
                fields=["patron", "kind", "transport"],
                name="a_way_to_tell_something_is_chosen_once",
            ),
            _days_make_sense("a_choice"),
        )

    @override
    def __str__(self) -> str:
        return f"choice {self.pk}"


class CategoryMessage(models.Model):
    """What a new patron of a category has ticked to begin with (PAT-20)."""

    category = models.ForeignKey(
        PatronCategory, on_delete=models.CASCADE, related_name="messages"
    )
    kind = models.CharField(max_length=16, choices=MessageKind.choices)
    transport = models.CharField(max_length=8, choices=Transport.choices)
    days = models.PositiveSmallIntegerField(null=True, blank=True)

    SECRECY = secrecy(others=Secrecy.PUBLIC)

    class Meta:
        db_table = "category_message"
        constraints = (
            UniqueConstraint(
                fields=["category", "kind", "transport"],
                name="a_category_tells_something_one_way_once",
            ),
            _days_make_sense("a_category_message"),
        )

    @override
    def __str__(self) -> str:
        return f"{self.category_id}: {self.kind} by {self.transport}"

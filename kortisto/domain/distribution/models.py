"""Limits of floating, items to be sent elsewhere, and rotating collections."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.catalogue.models import Item, ItemType
from kortisto.domain.org.models import Unit


class FloatLimit(models.Model):
    """At most so many floating items of a kind in each library of a unit (HLD-50).

    Items at home in the library are never counted. Of several limits that count an
    item, each must have room.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    item_type = models.ForeignKey(
        ItemType, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    collection = models.CharField(max_length=20, blank=True)  # a code; empty: every one
    most = models.PositiveIntegerField()

    SECRECY = secrecy(staff="unit item_type collection most")

    class Meta:
        db_table = "float_limit"
        constraints = (
            UniqueConstraint(
                fields=["unit", "item_type", "collection"],
                name="a_kind_has_one_float_limit_in_a_unit",
            ),
            UniqueConstraint(
                fields=["unit", "collection"],
                condition=Q(item_type__isnull=True),
                name="all_types_have_one_float_limit_in_a_unit",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"float limit {self.pk}"


class Dispatch(models.Model):
    """An item that is to be taken off its shelf and sent to another library.

    Nothing but a plan: lists show it only while the item stands at ``library``, and a
    check-in there sends it. Somebody who waits for the item comes first.
    """

    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="dispatch")
    library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=40)

    SECRECY = secrecy(staff="item library destination asked_at asked_by")

    class Meta:
        db_table = "dispatch"
        constraints = (
            CheckConstraint(
                condition=~Q(library=F("destination")),
                name="a_dispatch_goes_elsewhere",
            ),
        )
        indexes = (
            models.Index(fields=["library", "item"], name="dispatch_of_library"),
        )

    @override
    def __str__(self) -> str:
        return f"dispatch {self.pk}"


class RotatingCollection(models.Model):
    """Items that go from library to library together, round and round (CIR-52).

    It is at ``stop`` since ``since_on`` and is to go on ``goes_on``: the days of the
    stop later, unless somebody has said another day. Where its items are follows from
    loans and journeys, and is not stored.
    """

    name = models.CharField(max_length=100)
    stop = models.ForeignKey(
        "RotationStop", null=True, on_delete=models.PROTECT, related_name="+"
    )
    since_on = models.DateField()
    goes_on = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)

    SECRECY = secrecy(staff="name stop since_on goes_on ended_at")

    class Meta:
        db_table = "rotating_collection"
        constraints = (
            CheckConstraint(
                condition=~Q(name=""), name="a_rotating_collection_has_a_name"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"rotating collection {self.pk}"


class RotationStop(models.Model):
    """A library on the round of a rotating collection, and for how many days."""

    collection = models.ForeignKey(
        RotatingCollection, on_delete=models.CASCADE, related_name="stops"
    )
    place = models.PositiveSmallIntegerField()  # from 1, in the order of the round
    library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    days = models.PositiveSmallIntegerField()

    SECRECY = secrecy(staff="collection place library days")

    class Meta:
        db_table = "rotation_stop"
        constraints = (
            UniqueConstraint(
                fields=["collection", "place"], name="a_round_has_one_stop_at_a_place"
            ),
            CheckConstraint(condition=Q(days__gte=1), name="a_stop_lasts_a_day"),
        )

    @override
    def __str__(self) -> str:
        return f"{self.library_id} for {self.days} days"


class RotatingItem(models.Model):
    """An item of a rotating collection: it belongs where the collection is now."""

    collection = models.ForeignKey(
        RotatingCollection, on_delete=models.CASCADE, related_name="members"
    )
    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="rotation")
    added_at = models.DateTimeField()
    added_by = models.CharField(max_length=40)

    SECRECY = secrecy(staff="collection item added_at added_by")

    class Meta:
        db_table = "rotating_item"

    @override
    def __str__(self) -> str:
        return f"item {self.item_id} of {self.collection_id}"


class TransferLimit(models.Model):
    """Items of a kind are not sent from one place to another (CIR-51).

    Not for holds, not for a balance and not by hand, unless somebody who may sets it
    aside. What is returned goes home in any case, and rotating collections go round.
    Without an item type it stops all types, without a collection every collection.
    """

    origin = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    item_type = models.ForeignKey(
        ItemType, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    collection = models.CharField(max_length=20, blank=True)

    SECRECY = secrecy(staff="origin destination item_type collection")

    class Meta:
        db_table = "transfer_limit"
        constraints = (
            UniqueConstraint(
                fields=["origin", "destination", "item_type", "collection"],
                name="a_kind_is_kept_from_a_way_once",
            ),
            UniqueConstraint(
                fields=["origin", "destination", "collection"],
                condition=Q(item_type__isnull=True),
                name="all_types_are_kept_from_a_way_once",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"transfer limit {self.pk}"

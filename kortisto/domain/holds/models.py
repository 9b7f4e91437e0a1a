"""The hold queue and the journeys of items between libraries."""

from typing import Final

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.org.models import BusStop, Unit
from kortisto.domain.patrons.models import Patron, PatronCategory

KEEPING: Final = ["travelling", "processing", "waiting", "uncleared"]
OF_A_GROUP: Final = 0  # what ``Hold.part`` says of the copies for a group
ON_THE_SHELF: Final = ["waiting", "uncleared"]


class HoldBundle(models.Model):
    """Holds of one patron on several titles that are one wish (HLD-1).

    Each of them stands in the queue of its own title, with its own facts. Which of them
    may be given a copy today is a function of how the others are, never stored
    (``queue.py``): of editions, or of a list, none besides the one that has come; of a
    series the next one when the one before has been returned or given up.

    Of a group, as a class or a reading circle, every copy is a hold of its own and none
    stands back: they are collected together, by the last day that all of them have.
    """

    class Kind(models.TextChoices):
        EDITIONS = "editions", _("Any edition")
        FIRST = "first", _("The first of several titles")
        SERIES = "series", _("A series in its order")
        GROUP = "group", _("Copies for a group")

    kind = models.CharField(max_length=8, choices=Kind.choices)

    SECRECY = secrecy(staff="kind")

    class Meta:
        db_table = "hold_bundle"

    @override
    def __str__(self) -> str:
        return f"bundle {self.pk}"


class ShelfPlace(models.Model):
    """A part of a library's hold shelf with a name and room for some copies (HLD-40).

    What stands there, and whether there is room, is counted from the holds, never
    stored; so a place is free again by itself. ``shelf_places.py`` says which place a
    copy is offered. A library without places has one shelf, as it pleases.
    """

    library = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="shelf_places"
    )
    name = models.CharField(max_length=20)
    priority = models.PositiveSmallIntegerField(default=100)  # the smallest first
    capacity = models.PositiveSmallIntegerField()  # copies
    weekday = models.PositiveSmallIntegerField(null=True, blank=True)  # Monday is 0
    category = models.ForeignKey(
        PatronCategory,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    material = models.CharField(max_length=20, blank=True)  # a code of the list
    overflow = models.BooleanField(default=False)  # when no other has room
    same_title = models.BooleanField(default=False)  # several copies of one title
    one_day = models.BooleanField(default=True)  # closed by what came on a day before
    locked = models.BooleanField(default=False)  # out of use
    full_at = models.DateTimeField(null=True, blank=True)  # marked; until it is empty
    reserved_by = models.CharField(max_length=40, blank=True)  # for that day only
    reserved_on = models.DateField(null=True, blank=True)

    SECRECY = secrecy(
        public="library name",  # it stands on the shelf, and on the patron's own page
        staff=(
            "priority capacity weekday category material overflow "
            "same_title one_day locked full_at reserved_by reserved_on"
        ),
    )

    class Meta:
        db_table = "shelf_place"
        constraints = (
            UniqueConstraint(
                "library", Upper("name"), name="a_place_is_named_once_in_its_library"
            ),
            CheckConstraint(
                condition=Q(capacity__gte=1), name="a_place_has_room_for_something"
            ),
            CheckConstraint(
                condition=Q(weekday__isnull=True) | Q(weekday__lte=6),
                name="a_place_is_of_a_day_of_the_week",
            ),
            CheckConstraint(
                condition=Q(reserved_by="") | Q(reserved_on__isnull=False),
                name="a_place_is_reserved_for_a_day",
            ),
        )

    @override
    def __str__(self) -> str:
        return self.name


class Hold(models.Model):
    """A patron's wish for a title, or for one item or one volume of it.

    The place in the queue is a function of ``always_last``, ``counts_from`` and ``id``,
    never stored (promise 4); ``queue.py`` says which holds are active today.
    ``counts_from`` is when the hold was placed, unless staff have moved it.

    A waiting or travelling hold has exactly one item (promise 3). So has one whose item
    came back when nobody worked (in processing until staff scan the item), and one that
    has ended while its item lies on the hold shelf (uncleared until then).
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("In the queue")
        TRAVELLING = "travelling", _("On its way")
        PROCESSING = "processing", _("Returned, not yet on the hold shelf")
        WAITING = "waiting", _("Waiting for pick-up")
        UNCLEARED = "uncleared", _("To be taken off the hold shelf")
        FILLED = "filled", _("Collected")
        CANCELLED = "cancelled", _("Cancelled")
        EXPIRED = "expired", _("Expired")

    class Ending(models.TextChoices):
        """Why a hold ended without a loan."""

        PATRON = "patron", _("Cancelled by the patron")
        STAFF = "staff", _("Cancelled by the staff")
        UNCOLLECTED = "uncollected", _("Not collected in time")
        OUT_OF_DATE = "out-of-date", _("Its last day in the queue went by")
        OTHER_CAME = "other-came", _("Another title of the same wish was collected")

    patron = models.ForeignKey(Patron, on_delete=models.PROTECT, related_name="holds")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="holds")
    wanted_item = models.ForeignKey(
        Item, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    wanted_volume = models.CharField(max_length=80, blank=True)  # an item's enumchron
    bundle = models.ForeignKey(
        HoldBundle,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="holds",
    )
    part = models.PositiveSmallIntegerField(null=True, blank=True)
    """Of a series from 1 on. For a group 0: no copy comes before another."""
    item = models.ForeignKey(
        Item, null=True, blank=True, on_delete=models.PROTECT, related_name="holds"
    )
    pickup_library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    stop = models.ForeignKey(
        BusStop, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )  # of a bookmobile, which is the pick-up library
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=40, blank=True)
    channel = models.CharField(max_length=12, blank=True)
    counts_from = models.DateTimeField()
    always_last = models.BooleanField(default=False)
    non_urgent = models.BooleanField(default=False)  # stops no renewal
    note = models.CharField(max_length=500, blank=True)
    rule_version = models.PositiveIntegerField(null=True, blank=True)
    trace = models.JSONField(default=dict)  # why it could be placed
    starts_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField(null=True, blank=True)
    suspended_from = models.DateField(null=True, blank=True)  # None: not suspended
    suspended_until = models.DateField(null=True, blank=True)  # the last day
    pickup_until = models.DateField(null=True, blank=True)  # the last day
    shelf_place = models.ForeignKey(
        ShelfPlace,
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="holds",
        db_index=False,  # asked for what stands there: see the index below
    )
    shelved_on = models.DateField(null=True, blank=True)
    extended_at = models.DateTimeField(null=True, blank=True)  # by the patron
    forecast_from = models.DateField(null=True, blank=True)  # told when it was placed
    forecast_until = models.DateField(null=True, blank=True)
    came_on = models.DateField(null=True, blank=True)  # the first day to collect it
    ended_at = models.DateTimeField(null=True, blank=True)
    ending = models.CharField(max_length=12, choices=Ending.choices, blank=True)
    ended_by = models.CharField(max_length=40, blank=True)

    SECRECY = secrecy(
        personal=(
            "patron record wanted_item wanted_volume bundle part item "
            "pickup_library stop state "
            "placed_at placed_by channel counts_from always_last non_urgent note "
            "rule_version trace starts_on expires_on suspended_from suspended_until "
            "pickup_until shelf_place shelved_on extended_at forecast_from "
            "forecast_until came_on ended_at ending ended_by"
        )
    )

    class Meta:
        db_table = "hold"
        constraints = (
            UniqueConstraint(
                fields=["item"],
                condition=Q(state__in=KEEPING),
                name="an_item_fills_one_hold",
            ),
            CheckConstraint(
                condition=~Q(state__in=KEEPING) | Q(item__isnull=False),
                name="a_trapped_hold_has_its_item",
            ),
            CheckConstraint(
                condition=Q(suspended_until__isnull=True)
                | Q(suspended_from__isnull=False),
                name="only_a_suspended_hold_ends_its_suspension",
            ),
            UniqueConstraint(
                fields=["bundle", "record"],
                condition=Q(bundle__isnull=False)
                & (Q(part=None) | Q(part__gt=OF_A_GROUP)),
                name="a_bundle_holds_a_title_once",
            ),
            CheckConstraint(
                condition=Q(part__isnull=True) | Q(bundle__isnull=False),
                name="only_a_hold_of_a_bundle_is_a_part",
            ),
        )
        indexes = (
            models.Index(
                fields=["record", "always_last", "counts_from", "id"],
                condition=Q(state="queued"),
                name="hold_queue",
            ),
            models.Index(fields=["patron", "state"], name="hold_of_patron"),
            models.Index(
                fields=["shelf_place"],
                condition=Q(state__in=ON_THE_SHELF),
                name="hold_on_its_shelf_place",
            ),
            models.Index(
                fields=["came_on"],
                condition=Q(came_on__isnull=False),
                name="hold_came",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"hold {self.pk}"

    @property
    def stands_in(self) -> ShelfPlace | None:
        """The place of the hold shelf where its copy stands now, if it has one."""
        return self.shelf_place if self.state in ON_THE_SHELF else None


class Pull(models.Model):
    """A copy on a shelf that is to be fetched for a hold: the plan of this moment.

    Nothing but a plan: lists show a row only while the copy still stands there and the
    hold still waits, and a check-in of the copy serves this hold before the others.
    """

    hold = models.OneToOneField(Hold, on_delete=models.CASCADE, related_name="pull")
    item = models.OneToOneField(Item, on_delete=models.CASCADE, related_name="pull")
    library = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    planned_at = models.DateTimeField()
    later_until = models.DateTimeField(null=True, blank=True)  # "ask me later"
    trace = models.JSONField(default=dict)  # why this copy for this hold

    SECRECY = secrecy(staff="hold item library planned_at later_until trace")

    class Meta:
        db_table = "pull"
        indexes = (models.Index(fields=["library", "item"], name="pull_of_library"),)

    @override
    def __str__(self) -> str:
        return f"pull {self.pk}"


class Miss(models.Model):
    """A copy that was looked for and not found where it should have stood.

    It counts until the copy is seen again.
    """

    item = models.ForeignKey(Item, on_delete=models.CASCADE, related_name="misses")
    library = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    missed_at = models.DateTimeField()
    missed_by = models.CharField(max_length=40)

    SECRECY = secrecy(staff="item library missed_at missed_by")

    class Meta:
        db_table = "miss"
        indexes = (models.Index(fields=["item", "missed_at"], name="miss_of_item"),)

    @override
    def __str__(self) -> str:
        return f"miss {self.pk}"


class Transit(models.Model):
    """An item's journey from one library to another.

    Without a ``reason`` it goes home or to somebody who waits. ``trace`` is what was
    looked at when another place was chosen.
    """

    class Reason(models.TextChoices):
        FLOAT_FULL = "float-full", _("Too many floated where it was returned")
        BALANCE = "balance", _("For the balance of floating items")
        TRANSFER = "transfer", _("Moved by the staff")
        ROTATION = "rotation", _("To its rotating collection")

    item = models.ForeignKey(Item, on_delete=models.PROTECT, related_name="transits")
    origin = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    destination = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    sent_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(
        max_length=10, choices=Reason.choices, blank=True, db_default=""
    )
    trace = models.JSONField(default=dict, db_default={})

    SECRECY = secrecy(
        staff="item origin destination sent_at arrived_at cancelled_at reason trace"
    )

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

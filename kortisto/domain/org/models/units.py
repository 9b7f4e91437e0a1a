"""The organisation tree, its groups, calendars and settings."""

from typing import Final

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Lower, Now
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.names import Named
from kortisto.core.secrecy import secrecy

HUES: Final = 12


class Unit(Named):
    """A node of the tree: consortium > municipality > library > desk or device.

    Any depth: a municipality may hold another one (a joint library, S3), a library
    a library. ``path`` is ``/1/4/17/``: the ids from the root down to the unit, so
    that "everything below" is one prefix search. Codes are never renamed.
    """

    class Kind(models.TextChoices):
        CONSORTIUM = "consortium", _("Consortium")
        MUNICIPALITY = "municipality", _("Municipality")
        LIBRARY = "library", _("Library")
        DESK = "desk", _("Desk")
        DEVICE = "device", _("Device")

    code = models.CharField(max_length=20)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    path = models.CharField(max_length=200, db_index=True, editable=False)
    hue = models.PositiveSmallIntegerField(default=0)  # 0..11: its banner's colour
    mobile = models.BooleanField(default=False)  # a bookmobile
    self_service = models.BooleanField(default=False)  # open without staff
    street = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    city = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    email = models.EmailField(blank=True)
    municipality_code = models.CharField(max_length=3, blank=True)  # 491 = Mikkeli
    business_id = models.CharField(max_length=9, blank=True)  # Y-tunnus
    responsible_person = models.CharField(max_length=100, blank=True)
    responsible_title = models.CharField(max_length=100, blank=True)
    responsible_phone = models.CharField(max_length=30, blank=True)
    contact_person = models.CharField(max_length=100, blank=True)
    opened_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)  # the last day in use

    class Meta:
        db_table = "unit"
        constraints = (
            UniqueConstraint(Lower("code"), name="a_unit_has_its_own_code"),
            CheckConstraint(
                condition=Q(code__regex=r"^[A-Za-z0-9-]+$"),
                name="a_unit_code_is_letters_and_digits",
            ),
            CheckConstraint(
                condition=Q(kind="consortium") | Q(parent__isnull=False),
                name="only_a_consortium_has_no_parent",
            ),
            CheckConstraint(condition=Q(hue__lt=HUES), name="a_hue_is_one_of_twelve"),
        )

    @override
    def __str__(self) -> str:
        return self.code

    @property
    def ancestry(self) -> tuple[int, ...]:
        """Ids from the root down to the unit itself."""
        return tuple(int(part) for part in self.path.split("/") if part)


class Membership(models.Model):
    """When a municipality has belonged to a consortium, or a library to an owner.

    Both days are included. The tree (``Unit.parent``) says how things are today;
    this table says how they were and will be (S2, CON-30).
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="memberships")
    owner = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="members")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "unit_membership"
        constraints = (
            CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="a_membership_ends_after_it_starts",
            ),
            UniqueConstraint(
                fields=["unit"],
                condition=Q(ends_on__isnull=True),
                name="a_unit_has_one_open_membership",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.unit_id} in {self.owner_id}"


class LibraryGroup(Named):
    """Libraries that share something: a search limit, floating, picking, a report."""

    class Purpose(models.TextChoices):
        SEARCH = "search", _("Search limit")
        STATISTICS = "statistics", _("Ministry statistics")
        FLOATING = "floating", _("Floating collection")
        PICKING = "picking", _("Picking group")
        CALENDAR = "calendar", _("Calendar editing")

    code = models.CharField(max_length=30, unique=True)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    libraries = models.ManyToManyField(Unit, related_name="library_groups")

    class Meta:
        db_table = "library_group"

    @override
    def __str__(self) -> str:
        return self.code


class WeeklyHours(models.Model):
    """One opening of a library on one weekday, for a season. Several a day may be.

    A library without any row for a weekday is closed on that weekday.
    """

    library = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="hours")
    weekday = models.PositiveSmallIntegerField()  # 0 = Monday
    opens = models.TimeField()
    closes = models.TimeField()
    self_service = models.BooleanField(default=False)  # staffed when False
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # included

    class Meta:
        db_table = "weekly_hours"
        constraints = (
            CheckConstraint(condition=Q(weekday__lte=6), name="a_week_has_seven_days"),
            CheckConstraint(
                condition=Q(closes__gt=F("opens")), name="a_library_closes_later"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.library_id}: {self.weekday} {self.opens}-{self.closes}"


class CalendarException(Named):
    """Days on which a unit is closed, or open although it would not be (CIR-7).

    It holds for the unit and everything below it. ``weekday`` narrows a period to
    one day of the week ("Mondays in July"); ``yearly`` repeats the dates each year
    (then the years of ``starts_on`` and ``ends_on`` do not count). An exception of a
    library beats one of its municipality, which beats one of the consortium; at the
    same place an opening beats a closing.
    """

    class Source(models.TextChoices):
        HOLIDAY = "holiday", _("Public holiday")
        OWN = "own", _("Own decision")

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="exceptions")
    starts_on = models.DateField()
    ends_on = models.DateField()  # included; the same day for a single one
    weekday = models.PositiveSmallIntegerField(null=True, blank=True)
    yearly = models.BooleanField(default=False)
    open = models.BooleanField(default=False)
    opens = models.TimeField(null=True, blank=True)  # other hours on an open day
    closes = models.TimeField(null=True, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.OWN)

    class Meta:
        db_table = "calendar_exception"
        constraints = (
            CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="a_calendar_exception_ends_after_it_starts",
            ),
            CheckConstraint(
                condition=Q(weekday__isnull=True) | Q(weekday__lte=6),
                name="an_exception_weekday_is_one_of_seven",
            ),
        )
        indexes = (models.Index(fields=["unit", "starts_on"], name="exception_unit"),)

    @override
    def __str__(self) -> str:
        return f"{self.unit_id}: {self.starts_on}-{self.ends_on}"


class SettingValue(models.Model):
    """One setting decided at one unit; units below inherit it."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="settings")
    key = models.CharField(max_length=60)
    value = models.JSONField()
    changed_at = models.DateTimeField(db_default=Now())
    changed_by = models.CharField(max_length=40)

    SECRECY = secrecy(staff="unit key value changed_at changed_by")

    class Meta:
        db_table = "setting_value"
        constraints = (
            UniqueConstraint(
                fields=["unit", "key"], name="a_unit_decides_a_setting_once"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.unit_id}: {self.key}"

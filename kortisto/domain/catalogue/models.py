"""The collection: records, items, and the codes that describe them."""

from typing import Final

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.names import Named
from kortisto.core.secrecy import Secrecy, secrecy
from kortisto.domain.org.models import Unit

TITLE_LENGTH: Final = 500


class CodedValue(Named):
    """A code of a list that the libraries have agreed on (CON-4)."""

    class List(models.TextChoices):
        MATERIAL = "material", _("Material type")
        LOCATION = "location", _("Shelving location")
        SUB_LOCATION = "sub-location", _("Sub-location")
        COLLECTION = "collection", _("Collection")
        NOT_FOR_LOAN = "not-for-loan", _("Not for loan")
        LOST = "lost", _("Lost")
        DAMAGED = "damaged", _("Damaged")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        RESTRICTED = "restricted", _("Restricted")

    list = models.CharField(max_length=14, choices=List.choices)
    code = models.CharField(max_length=20)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        db_table = "coded_value"
        constraints = (
            UniqueConstraint(
                fields=["list", "code"], name="a_code_stands_once_in_its_list"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.list}/{self.code}"


class ItemType(Named):
    """What decides the loan rule of an item ("28 days"), not what material it is.

    ``parent`` groups types for a common limit: all console games, say (CIR-5).
    """

    code = models.CharField(max_length=20, unique=True)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )

    class Meta:
        db_table = "item_type"

    @override
    def __str__(self) -> str:
        return self.code


class ImportBatch(models.Model):
    """One run of the importer over one or more files."""

    file_names = models.JSONField(default=list)
    profile = models.CharField(max_length=40, default="default")
    asked_by = models.CharField(max_length=40)
    started_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)
    read = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    repaired = models.PositiveIntegerField(default=0)
    items_added = models.PositiveIntegerField(default=0)
    items_changed = models.PositiveIntegerField(default=0)
    reject_file = models.CharField(max_length=300, blank=True)
    reasons = models.JSONField(default=dict)  # reason code -> how many

    SECRECY = secrecy(others=Secrecy.STAFF)

    class Meta:
        db_table = "import_batch"

    @override
    def __str__(self) -> str:
        return f"import {self.pk}"


class Record(models.Model):
    """A bibliographic record: the MARC whole, and columns that it is described by.

    ``marc`` is the compact JSON of ``marc/stored.py``, without the items' 952 fields;
    every other column is a pure function of it (``describe.py``) and can be made anew.
    """

    control_number = models.CharField(max_length=60)  # 001
    control_source = models.CharField(max_length=30, blank=True)  # 003
    marc = models.TextField()
    version = models.PositiveIntegerField(default=1)
    title = models.CharField(max_length=TITLE_LENGTH)
    title_sort = models.CharField(max_length=TITLE_LENGTH)
    responsibility = models.CharField(max_length=TITLE_LENGTH, blank=True)
    author = models.CharField(max_length=300, blank=True)  # main entry
    material = models.CharField(max_length=20)  # CodedValue list "material"
    language = models.CharField(max_length=3, blank=True)  # primary, MARC code
    year = models.SmallIntegerField(null=True)
    ykl = models.CharField(max_length=30, blank=True)  # class, public libraries
    juvenile = models.BooleanField(default=False)
    fiction = models.BooleanField(null=True)
    age_limit = models.PositiveSmallIntegerField(null=True)  # binding: 3 7 12 16 18
    work_key = models.CharField(max_length=200, blank=True, db_index=True)
    description = models.JSONField(default=dict)  # the rest of Description, for pages
    suppressed = models.BooleanField(default=False)  # hidden from the public
    batch = models.ForeignKey(ImportBatch, null=True, on_delete=models.SET_NULL)
    source = models.CharField(max_length=60, blank=True)  # where it came from (S7)
    first_public_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "record"
        constraints = (
            UniqueConstraint(
                fields=["control_number", "control_source"],
                name="a_control_number_is_unique_in_its_source",
            ),
            CheckConstraint(condition=~Q(title=""), name="a_record_has_a_title"),
        )
        indexes = (models.Index(fields=["changed_at", "id"], name="record_changed"),)

    @override
    def __str__(self) -> str:
        return f"record {self.pk}"


class RecordVersion(models.Model):
    """A record as it was before a change: who, when, through what (CAT-13)."""

    record = models.ForeignKey(
        Record, on_delete=models.CASCADE, related_name="versions"
    )
    version = models.PositiveIntegerField()
    marc = models.TextField()
    replaced_at = models.DateTimeField()
    replaced_by = models.CharField(max_length=40)
    through = models.CharField(max_length=20)  # import, editor, batch, api

    SECRECY = secrecy(
        public="record version marc replaced_at through", staff="replaced_by"
    )

    class Meta:
        db_table = "record_version"
        constraints = (
            UniqueConstraint(
                fields=["record", "version"], name="a_record_version_is_kept_once"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.record_id} version {self.version}"


class RecordIdentifier(models.Model):
    """An identifier of a record, normalised: ISBN-13, ISSN, EAN, 035, 028."""

    record = models.ForeignKey(
        Record, on_delete=models.CASCADE, related_name="identifiers"
    )
    kind = models.CharField(max_length=12)
    value = models.CharField(max_length=80)

    class Meta:
        db_table = "record_identifier"
        constraints = (
            UniqueConstraint(
                fields=["kind", "value", "record"],
                name="a_record_has_an_identifier_once",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.kind}:{self.value}"


class Item(models.Model):
    """One physical thing that can be lent (ITM-1).

    ``library`` is where it is now or was last seen; whether it is on loan, in transit
    or waiting on a hold shelf is asked from loans, transits and holds, never stored.
    Status codes are of the CodedValue lists; empty means "no such status".
    """

    record = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="items")
    barcode = models.CharField(max_length=30)
    home_library = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="items_owned"
    )
    library = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="items_here"
    )
    item_type = models.ForeignKey(ItemType, on_delete=models.PROTECT)
    location = models.CharField(max_length=20, blank=True)
    sub_location = models.CharField(max_length=20, blank=True)
    collection = models.CharField(max_length=20, blank=True)
    coded_location = models.CharField(max_length=20, blank=True)
    shelf_class = models.CharField(max_length=40, blank=True)
    heading = models.CharField(max_length=40, blank=True)
    call_number = models.CharField(max_length=80, blank=True)  # as it is printed
    call_number_sort = models.CharField(max_length=120, blank=True)
    enumchron = models.CharField(max_length=80, blank=True)  # "2019 : 3"
    copy_number = models.CharField(max_length=20, blank=True)
    uri = models.CharField(max_length=300, blank=True)
    parts = models.PositiveSmallIntegerField(default=1)
    parts_note = models.CharField(max_length=200, blank=True)
    public_note = models.CharField(max_length=1000, blank=True)
    staff_note = models.CharField(max_length=1000, blank=True)
    acquired_on = models.DateField(null=True, blank=True)  # None: not known
    old_stock = models.BooleanField(default=False, db_default=False)  # ``acquired.py``
    acquired_from = models.CharField(max_length=80, blank=True)
    price_cents = models.PositiveIntegerField(null=True, blank=True)
    replacement_price_cents = models.PositiveIntegerField(null=True, blank=True)
    replacement_price_on = models.DateField(null=True, blank=True)
    restricted = models.CharField(max_length=20, blank=True)
    restricted_at = models.DateTimeField(null=True, blank=True)
    not_for_loan = models.CharField(max_length=20, blank=True)
    not_for_loan_at = models.DateTimeField(null=True, blank=True)
    lost = models.CharField(max_length=20, blank=True)
    lost_at = models.DateTimeField(null=True, blank=True)
    damaged = models.CharField(max_length=20, blank=True)
    damaged_at = models.DateTimeField(null=True, blank=True)
    withdrawn = models.CharField(max_length=20, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    last_seen_at = models.DateTimeField(null=True, blank=True)
    last_borrowed_at = models.DateTimeField(null=True, blank=True)
    earlier_loans = models.PositiveIntegerField(default=0)  # before this system
    earlier_renewals = models.PositiveIntegerField(default=0)
    extra = models.JSONField(default=dict)  # subfields of 952 that have no column
    created_at = models.DateTimeField(db_default=Now())
    changed_at = models.DateTimeField(db_default=Now())

    SECRECY = secrecy(  # S18
        staff=(
            "staff_note acquired_on old_stock acquired_from price_cents "
            "replacement_price_cents replacement_price_on last_seen_at "
            "last_borrowed_at extra"
        ),
        others=Secrecy.PUBLIC,
    )

    class Meta:
        db_table = "item"
        constraints = (
            UniqueConstraint(Upper("barcode"), name="a_barcode_is_used_once"),
            CheckConstraint(condition=~Q(barcode=""), name="a_barcode_is_not_empty"),
            CheckConstraint(condition=Q(parts__gte=1), name="an_item_has_a_part"),
        )
        indexes = (
            models.Index(
                fields=["item_type", "library"],
                condition=~Q(library=F("home_library")),
                name="item_drifted",
            ),
        )

    @override
    def __str__(self) -> str:
        return self.barcode

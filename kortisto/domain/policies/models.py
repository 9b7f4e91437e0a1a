"""What the libraries have decided about lending: versions of a rule matrix."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Coalesce, Now
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.domain.catalogue.models import ItemType
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models import PatronCategory


class RuleVersion(models.Model):
    """A whole rule matrix. Published ones never change; the next one is a new draft.

    In force on a day is the published version with the latest start that is not
    after the day; of two with the same start, the higher number.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Draft")
        PUBLISHED = "published", _("Published")

    number = models.PositiveIntegerField(unique=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    starts_on = models.DateField(null=True, blank=True)
    note = models.CharField(max_length=300, blank=True)
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField(db_default=Now())
    published_by = models.CharField(max_length=40, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "rule_version"
        constraints = (
            CheckConstraint(
                condition=Q(state="draft") | Q(starts_on__isnull=False),
                name="a_published_rule_version_has_a_start",
            ),
            UniqueConstraint(
                fields=["state"],
                condition=Q(state="draft"),
                name="there_is_one_draft_of_the_rules",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"rules {self.number}"


class RuleRow(models.Model):
    """One row of the matrix; None means "all". Empty cells inherit (CIR-2)."""

    version = models.ForeignKey(
        RuleVersion, on_delete=models.CASCADE, related_name="rows"
    )
    library = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT)
    category = models.ForeignKey(
        PatronCategory, null=True, blank=True, on_delete=models.PROTECT
    )
    item_type = models.ForeignKey(
        ItemType, null=True, blank=True, on_delete=models.PROTECT
    )
    values = models.JSONField(default=dict)  # parameter key -> stored value
    note = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "rule_row"
        constraints = (
            UniqueConstraint(
                "version",
                Coalesce("library", 0),
                Coalesce("category", 0),
                Coalesce("item_type", 0),
                name="a_rule_row_stands_once_in_its_version",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"rule row {self.pk}"

"""People and groups with a library card. Everything here is secret (S17)."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Now, Upper
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.names import Named
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.population_position import (
    PopulationPosition as PopulationPosition,
)


class PatronCategory(Named):
    """A kind of patron (PAT-20). Ages are completed years, both ends included."""

    class Kind(models.TextChoices):
        PERSON = "person", _("Person")
        DEPENDANT = "dependant", _("Dependant")
        ORGANISATION = "organisation", _("Organisation")
        WORK = "work", _("Work card, outside statistics")

    code = models.CharField(max_length=20, unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.PERSON)
    min_age = models.PositiveSmallIntegerField(null=True, blank=True)
    max_age = models.PositiveSmallIntegerField(null=True, blank=True)
    checks_earlier_loans = models.BooleanField(default=False)  # home delivery

    class Meta:
        db_table = "patron_category"

    @override
    def __str__(self) -> str:
        return self.code


class Patron(models.Model):
    """A person or an organisation that borrows. ``id`` is never used again (S22)."""

    class History(models.TextChoices):
        DEFAULT = "default", _("For three years")
        FOREVER = "forever", _("Until further notice")
        NEVER = "never", _("Never")

    surname = models.CharField(max_length=100)  # an organisation's whole name
    first_names = models.CharField(max_length=100, blank=True)
    called_name = models.CharField(max_length=50, blank=True)  # used in messages
    born_on = models.DateField(null=True, blank=True)
    category = models.ForeignKey(PatronCategory, on_delete=models.PROTECT)
    home_library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, default="fi")
    street = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    city = models.CharField(max_length=60, blank=True)
    phone = models.CharField(max_length=20, blank=True)  # E.164
    email = models.EmailField(blank=True)
    registered_on = models.DateField()
    expires_on = models.DateField()  # the last day the card is good
    check_address = models.BooleanField(default=False)
    card_lost = models.BooleanField(default=False)
    history = models.CharField(
        max_length=8, choices=History.choices, default=History.DEFAULT
    )
    staff_note = models.TextField(max_length=4000, blank=True)
    public_note = models.TextField(max_length=4000, blank=True)
    pin_hash = models.CharField(max_length=200, blank=True)
    wrong_pins = models.JSONField(default=list)  # keyed digests, all different
    locked_until = models.DateTimeField(null=True, blank=True)
    session_epoch = models.PositiveIntegerField(default=0)  # grows to end sessions
    version = models.BigIntegerField(default=0)  # bumped by each lending decision
    created_at = models.DateTimeField(db_default=Now())
    # The key of the personal identity code, which the identity vault keeps (S28).
    identity_key = models.CharField(max_length=32, null=True, blank=True)  # noqa: DJ001 (empty ones would clash)
    identity_skipped = models.CharField(max_length=200, blank=True)  # why none is kept

    class Meta:
        db_table = "patron"
        constraints = (
            UniqueConstraint(
                fields=["identity_key"], name="an_identity_belongs_to_one_patron"
            ),
            CheckConstraint(
                condition=~Q(identity_key=""), name="an_identity_key_is_not_empty"
            ),
            CheckConstraint(
                condition=Q(identity_key__isnull=True) | Q(identity_skipped=""),
                name="an_identity_is_kept_or_skipped",
            ),
            CheckConstraint(condition=~Q(surname=""), name="a_patron_has_a_name"),
            CheckConstraint(
                condition=Q(expires_on__gte=F("registered_on")),
                name="a_card_expires_after_registration",
            ),
            CheckConstraint(
                condition=Q(language__in=["fi", "sv", "en"]),
                name="a_patron_reads_fi_sv_or_en",
            ),
        )
        indexes = (
            models.Index(fields=["born_on"], name="patron_born"),
            models.Index(fields=["phone"], name="patron_phone"),
        )

    @override
    def __str__(self) -> str:
        return f"patron {self.pk}"

    @property
    def full_name(self) -> str:
        """``Surname, First names`` for staff pages; never for a log."""
        return ", ".join(part for part in (self.surname, self.first_names) if part)


class PatronWord(models.Model):
    """A word of a patron's name, to be found by its beginning (PAT-2).

    ``key`` comes from ``name_keys``: bytes, since both databases compare and index
    these alike, whatever language the server sorts text by.
    """

    patron = models.ForeignKey(
        Patron, on_delete=models.CASCADE, related_name="words", db_index=False
    )
    key = models.BinaryField()

    class Meta:
        db_table = "patron_word"
        constraints = (
            UniqueConstraint(
                fields=["patron", "key"], name="a_word_of_a_name_is_kept_once"
            ),
        )
        indexes = (models.Index(fields=["key", "patron"], name="patron_word_key"),)

    @override
    def __str__(self) -> str:
        return f"a word of patron {self.patron_id}"


class Card(models.Model):
    """A library card. One of a patron's is active; old ones are kept for matching."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="cards")
    number = models.CharField(max_length=20)
    active = models.BooleanField(default=True)
    since_on = models.DateField()
    until_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "card"
        constraints = (
            UniqueConstraint(Upper("number"), name="a_card_number_is_used_once"),
            UniqueConstraint(
                fields=["patron"],
                condition=Q(active=True),
                name="a_patron_has_one_active_card",
            ),
            CheckConstraint(condition=~Q(number=""), name="a_card_number_is_not_empty"),
        )

    @override
    def __str__(self) -> str:
        return f"card {self.pk}"


class Restriction(models.Model):
    """A reason of its own for which a patron may not borrow (S26)."""

    class Kind(models.TextChoices):
        MANUAL = "manual", _("Set by staff")
        OVERDUE = "overdue", _("Overdue material")
        INVOICE = "invoice", _("Unpaid invoice")
        SUSPENSION = "suspension", _("Suspension")

    patron = models.ForeignKey(
        Patron, on_delete=models.CASCADE, related_name="restrictions"
    )
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.MANUAL)
    note = models.CharField(max_length=500, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)  # the last day in force
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField(db_default=Now())
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=40, blank=True)

    class Meta:
        db_table = "restriction"
        indexes = (
            models.Index(
                fields=["patron"],
                condition=Q(lifted_at__isnull=True),
                name="restriction_in_force",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"restriction {self.pk}"


class Guardianship(models.Model):
    """A dated link from a guardian to a dependant; ended links are kept (PAT-12)."""

    guardian = models.ForeignKey(
        Patron, on_delete=models.PROTECT, related_name="dependants"
    )
    dependant = models.ForeignKey(
        Patron, on_delete=models.CASCADE, related_name="guardians"
    )
    order = models.PositiveSmallIntegerField(default=1)  # 1 gets the bills
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "guardianship"
        constraints = (
            CheckConstraint(
                condition=~Q(guardian=F("dependant")),
                name="nobody_is_their_own_guardian",
            ),
            UniqueConstraint(
                fields=["guardian", "dependant"],
                condition=Q(ends_on__isnull=True),
                name="a_guardian_is_linked_once",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"guardianship {self.pk}"

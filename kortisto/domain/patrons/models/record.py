"""The person or organisation itself, and the words by which it is found."""

from typing import TypeAlias

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Lower, Now
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models import categories, changes
from kortisto.domain.patrons.models.categories import PatronCategory
from kortisto.domain.patrons.sql import HoldKey, LastFour


class Patron(models.Model):
    """A person or an organisation that borrows. ``id`` is never used again (S22).

    Changed only through ``actions/writing.py``, which keeps what was there before.
    """

    History: TypeAlias = categories.History

    surname = models.CharField(max_length=100)  # an organisation's whole name
    first_names = models.CharField(max_length=100, blank=True)
    called_name = models.CharField(max_length=50, blank=True)  # used in messages
    born_on = models.DateField(null=True, blank=True)
    business_id = models.CharField(max_length=9, blank=True)  # Y-tunnus
    contact_person = models.CharField(max_length=100, blank=True)
    hold_identifier = models.CharField(max_length=50)  # S23
    category = models.ForeignKey(PatronCategory, on_delete=models.PROTECT)
    home_library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=2, default="fi")

    street = models.CharField(max_length=100, blank=True)
    postal_code = models.CharField(max_length=10, blank=True)
    city = models.CharField(max_length=60, blank=True)
    country = models.CharField(max_length=60, blank=True)  # empty: Finland
    second_street = models.CharField(max_length=100, blank=True)
    second_postal_code = models.CharField(max_length=10, blank=True)
    second_city = models.CharField(max_length=60, blank=True)
    second_country = models.CharField(max_length=60, blank=True)
    second_from_on = models.DateField(null=True, blank=True)
    second_until_on = models.DateField(null=True, blank=True)  # the last day there
    phone = models.CharField(max_length=20, blank=True)  # E.164, as all numbers
    second_phone = models.CharField(max_length=20, blank=True)
    sms_number = models.CharField(  # noqa: DJ001 -- NULL follows ``phone`` (S31)
        max_length=20, null=True, blank=True
    )
    email = models.EmailField(blank=True)
    second_email = models.EmailField(blank=True)

    registered_on = models.DateField(null=True, blank=True)  # not known: empty (S12)
    registered_by = models.CharField(max_length=40, blank=True)
    source = models.CharField(
        max_length=20, choices=changes.Source.choices, default=changes.Source.DESK
    )
    terms_accepted_on = models.DateField(null=True, blank=True)
    expires_on = models.DateField()  # the last day the card is good
    check_address = models.BooleanField(default=False)
    check_phone = models.BooleanField(default=False)  # may be a guardian's (PAT-12)
    check_email = models.BooleanField(default=False)
    card_lost = models.BooleanField(default=False)
    is_protected = models.BooleanField(default=False)  # turvakielto (GDP-5)
    protected_until_on = models.DateField(null=True, blank=True)  # the last day
    died_on = models.DateField(null=True, blank=True)
    binned_at = models.DateTimeField(null=True, blank=True)  # gone after a month
    bin_reason = models.CharField(max_length=200, blank=True)
    history = models.CharField(
        max_length=8, choices=History.choices, default=History.DEFAULT
    )

    pin_hash = models.CharField(max_length=200, blank=True)
    wrong_pins = models.JSONField(default=list)  # keyed digests, all different
    locked_until = models.DateTimeField(null=True, blank=True)
    session_epoch = models.PositiveIntegerField(default=0)  # grows to end sessions
    version = models.BigIntegerField(default=0)  # bumped by each lending decision
    edition = models.PositiveIntegerField(default=0)  # grows with each change of data
    created_at = models.DateTimeField(db_default=Now())
    # The key of the personal identity code, which the identity vault keeps (S28).
    identity_key = models.CharField(max_length=32, null=True, blank=True)  # noqa: DJ001 (empty ones would clash)
    identity_skipped = models.CharField(max_length=200, blank=True)  # why none is kept

    SECRECY = secrecy(
        personal=(
            "surname first_names called_name born_on business_id contact_person "
            "hold_identifier category home_library language street postal_code city "
            "country second_street second_postal_code second_city second_country "
            "second_from_on second_until_on phone second_phone sms_number email "
            "second_email registered_on registered_by source terms_accepted_on "
            "expires_on check_address check_phone check_email card_lost is_protected "
            "protected_until_on died_on binned_at bin_reason history created_at "
            "identity_skipped"
        ),
        sealed="pin_hash wrong_pins locked_until session_epoch",
        vault="identity_key",
        staff="version edition",
    )

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
            CheckConstraint(
                condition=~Q(hold_identifier=""), name="a_hold_identifier_is_not_empty"
            ),
            CheckConstraint(
                condition=~Q(sms_number=""), name="a_number_for_sms_is_not_empty"
            ),
            CheckConstraint(
                condition=Q(second_until_on__gte=F("second_from_on")),
                name="a_second_address_ends_after_it_starts",
            ),
            CheckConstraint(
                condition=Q(protected_until_on__isnull=True) | Q(is_protected=True),
                name="only_protection_has_an_end",
            ),
            CheckConstraint(
                condition=Q(binned_at__isnull=True) | ~Q(bin_reason=""),
                name="a_patron_is_binned_for_a_reason",
            ),
            UniqueConstraint(
                HoldKey("hold_identifier"), name="a_hold_identifier_is_used_once"
            ),
        )
        indexes = (
            models.Index(fields=["born_on"], name="patron_born"),
            models.Index(fields=["phone"], name="patron_phone"),
            models.Index(
                fields=["second_phone"],
                condition=~Q(second_phone=""),
                name="patron_second_phone",
            ),
            models.Index(
                fields=["sms_number"],
                condition=Q(sms_number__isnull=False),
                name="patron_sms",
            ),
            models.Index(Lower("email"), name="patron_email"),
            models.Index(
                Lower("second_email"),
                condition=~Q(second_email=""),
                name="patron_second_email",
            ),
            models.Index(
                fields=["business_id"],
                condition=~Q(business_id=""),
                name="patron_business",
            ),
            models.Index(
                "home_library", LastFour("hold_identifier"), name="patron_last_four"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"patron {self.pk}"

    @property
    def full_name(self) -> str:
        """``Surname, First names`` for staff pages; never for a log."""
        return ", ".join(part for part in (self.surname, self.first_names) if part)

    @property
    def number_for_sms(self) -> str:
        """Where text messages go; empty for nowhere (S31)."""
        return self.phone if self.sms_number is None else self.sms_number


class PatronWord(models.Model):
    """A word of a patron's name or address, to be found by its beginning (PAT-2).

    ``key`` comes from ``name_keys``: bytes, since both databases compare and index
    these alike, whatever language the server sorts text by.
    """

    patron = models.ForeignKey(
        Patron, on_delete=models.CASCADE, related_name="words", db_index=False
    )
    key = models.BinaryField()

    SECRECY = secrecy(personal="patron key")

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

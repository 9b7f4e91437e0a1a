"""Who has accepted what, who may not enter, who tried to, and the doors themselves."""

from django.db import models
from django.db.models import CheckConstraint, F, Q, UniqueConstraint
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models import Patron


class TermsAcceptance(models.Model):
    """A patron has accepted one version of the terms of open libraries."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="+")
    version = models.PositiveIntegerField()
    accepted_at = models.DateTimeField()
    accepted_by = models.CharField(max_length=40)  # the patron, a guardian, staff
    channel = models.CharField(max_length=12)

    SECRECY = secrecy(personal="id patron version accepted_at accepted_by channel")

    class Meta:
        db_table = "entry_terms_acceptance"
        constraints = (
            UniqueConstraint(
                fields=["patron", "version"], name="terms_are_accepted_once"
            ),
            CheckConstraint(condition=Q(version__gte=1), name="terms_have_a_version"),
        )

    @override
    def __str__(self) -> str:
        return f"terms {self.version} by patron {self.patron_id}"


class GuardianPermission(models.Model):
    """What a guardian has said about a child; a new word ends the old one (OMA-2).

    No row in force: nobody has said anything. A row whose person has grown out of it
    counts no more (``rules.guardian_does_not_mind``), and is ended by night.
    """

    class Answer(models.TextChoices):
        YES = "yes", _("Yes")
        NO = "no", _("No")

    child = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="+")
    answer = models.CharField(max_length=3, choices=Answer.choices)
    guardian = models.ForeignKey(
        Patron, null=True, on_delete=models.SET_NULL, related_name="+"
    )  # whose word it is; None when staff has not written whose
    given_by = models.CharField(max_length=40)  # who wrote it down
    given_at = models.DateTimeField()
    channel = models.CharField(max_length=12)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=40, blank=True)

    SECRECY = secrecy(
        personal="id child answer guardian given_by given_at channel ended_at ended_by"
    )

    class Meta:
        db_table = "entry_guardian_permission"
        constraints = (
            UniqueConstraint(
                fields=["child"],
                condition=Q(ended_at__isnull=True),
                name="one_word_of_a_guardian_is_in_force",
            ),
            CheckConstraint(
                condition=Q(answer__in=["yes", "no"]),
                name="a_guardian_says_yes_or_no",
            ),
            CheckConstraint(
                condition=~Q(guardian=F("child")),
                name="nobody_permits_themselves",
            ),
            CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by="")
                | (Q(ended_at__isnull=False) & ~Q(ended_by="")),
                name="a_word_of_a_guardian_is_ended_by_somebody",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.answer} for patron {self.child_id}"


class Ban(models.Model):
    """A patron may not use open libraries for some days (OMA-3). In force at once."""

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()  # the last day in force
    everywhere = models.BooleanField(default=False)
    libraries = models.ManyToManyField(
        Unit, related_name="+", db_table="entry_ban_library"
    )
    reason = models.CharField(max_length=1000)  # for staff
    hearing = models.CharField(max_length=1000)  # how the patron was heard, or why not
    public_note = models.CharField(max_length=1000, blank=True)  # the patron reads it
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=40, blank=True)

    SECRECY = secrecy(
        personal=(
            "id patron starts_on ends_on everywhere libraries reason hearing "
            "public_note made_by made_at lifted_at lifted_by"
        )
    )

    class Meta:
        db_table = "entry_ban"
        constraints = (
            CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="a_ban_ends_after_it_starts",
            ),
            CheckConstraint(condition=~Q(reason=""), name="a_ban_has_a_reason"),
            CheckConstraint(
                condition=~Q(hearing=""), name="a_ban_tells_how_the_patron_was_heard"
            ),
            CheckConstraint(
                condition=Q(lifted_at__isnull=True, lifted_by="")
                | (Q(lifted_at__isnull=False) & ~Q(lifted_by="")),
                name="a_ban_is_lifted_by_somebody",
            ),
        )
        indexes = (
            models.Index(
                fields=["patron"],
                condition=Q(lifted_at__isnull=True),
                name="ban_not_lifted",
            ),
            models.Index(fields=["ends_on"], name="ban_end"),
        )

    @override
    def __str__(self) -> str:
        return f"ban {self.pk}"


class EntryAttempt(models.Model):
    """Somebody wanted to enter. The person is forgotten after some days (OMA-4).

    ``key`` makes an attempt that a machine delivers twice be kept once.
    """

    key = models.CharField(max_length=40)
    at = models.DateTimeField()
    library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    device = models.CharField(max_length=60)  # the label of the door
    patron = models.ForeignKey(
        Patron, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    code = models.CharField(max_length=20)  # granted, or why not
    offline = models.BooleanField(default=False)  # decided without the database

    SECRECY = secrecy(personal="id key at library device patron code offline")

    class Meta:
        db_table = "entry_attempt"
        constraints = (
            UniqueConstraint(fields=["key"], name="an_attempt_to_enter_is_kept_once"),
            CheckConstraint(
                condition=~Q(code=""), name="an_attempt_to_enter_has_an_outcome"
            ),
        )
        indexes = (
            models.Index(fields=["library", "-at", "-id"], name="entry_at_library"),
            models.Index(
                fields=["at"],
                condition=Q(patron__isnull=False),
                name="entry_remembered",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"attempt {self.pk}: {self.code}"


class DoorDevice(models.Model):
    """A door that may ask. Its secret is shown once; only a digest is kept."""

    library = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+")
    label = models.CharField(max_length=60)
    token_digest = models.CharField(max_length=64)  # SHA-256 of the secret, hex
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField(db_default=Now())
    last_seen_at = models.DateTimeField(null=True, blank=True)  # to the minute
    removed_at = models.DateTimeField(null=True, blank=True)
    removed_by = models.CharField(max_length=40, blank=True)

    SECRECY = secrecy(
        staff="id library label made_by made_at last_seen_at removed_at removed_by",
        sealed="token_digest",
    )

    class Meta:
        db_table = "door_device"
        constraints = (
            UniqueConstraint(
                fields=["library", "label"],
                condition=Q(removed_at__isnull=True),
                name="doors_of_a_library_have_different_names",
            ),
            CheckConstraint(condition=~Q(label=""), name="a_door_has_a_name"),
            CheckConstraint(
                condition=Q(removed_at__isnull=True, removed_by="")
                | (Q(removed_at__isnull=False) & ~Q(removed_by="")),
                name="a_door_is_removed_by_somebody",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"door {self.pk}"

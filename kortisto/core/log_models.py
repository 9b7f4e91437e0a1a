"""How the event log is sealed, what it has forgotten, and its archive."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Now
from typing_extensions import override

from kortisto.core.secrecy import secrecy


class Seal(models.Model):
    """One link of the audit chain: a digest over a batch of events and the link before.

    ``digest`` is SHA-256 in hex over the previous digest and, of every event of the
    batch in reading order, what stays for ever and the digests of what may be taken
    out (``sealed_content.py``). Changing or removing any event, or a link, breaks
    every digest after it.
    """

    first_txid = models.BigIntegerField()
    first_event_id = models.BigIntegerField()
    last_txid = models.BigIntegerField()
    last_event_id = models.BigIntegerField()
    events = models.PositiveIntegerField()
    previous_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)
    sealed_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "audit_seal"
        constraints = (
            UniqueConstraint(
                fields=["previous_digest"], name="the_audit_chain_never_forks"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"seal {self.pk}"


class SealedContent(models.Model):
    """What ties the content of one event to its seal.

    While the content is there, only a random salt. When some has been taken out its
    digest is kept instead, with when, why and the number of the event that tells it.
    """

    class Why(models.TextChoices):
        FORGOTTEN = "forgotten"  # a loan or a hold was
        ERASED = "erased"  # a patron was
        ARCHIVED = "archived"  # the month was

    event_id = models.BigIntegerField(primary_key=True)
    salt = models.BinaryField(null=True)  # None: something has been taken out
    who_salt = models.BinaryField(null=True)  # while only the body has been
    what_digest = models.BinaryField(null=True)
    who_digest = models.BinaryField(null=True)
    taken_out_at = models.DateTimeField(null=True)
    why = models.CharField(max_length=20, choices=Why.choices, blank=True)
    told_by = models.BigIntegerField(null=True)

    SECRECY = secrecy(
        sealed="salt who_salt what_digest who_digest",
        staff="event_id taken_out_at why told_by",
    )

    class Meta:
        db_table = "sealed_content"
        constraints = (
            CheckConstraint(
                condition=Q(salt__isnull=False)
                ^ Q(what_digest__isnull=False, taken_out_at__isnull=False),
                name="content_that_is_taken_out_leaves_its_digest",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"content of event {self.pk}"


class ArchivedLog(models.Model):
    """A part of the log that has left the table: whole seals, events and their marks.

    ``data`` is compressed JSON (``archive_form.py``); the chain goes through it. The
    other columns only find it: what it holds is what ``audit.verify`` believes.
    """

    month_begins_on = models.DateField()  # of its last event
    first_event_id = models.BigIntegerField()
    last_event_id = models.BigIntegerField()
    events = models.PositiveIntegerField()
    digest = models.CharField(max_length=64, unique=True)  # of its last seal
    data = models.BinaryField()
    archived_at = models.DateTimeField()

    SECRECY = secrecy(
        personal="data",
        staff="month_begins_on first_event_id last_event_id events digest archived_at",
    )

    class Meta:
        db_table = "archived_log"
        indexes = (
            models.Index(fields=["month_begins_on", "id"], name="archived_log_month"),
        )

    @override
    def __str__(self) -> str:
        return f"{self.month_begins_on:%Y-%m} to event {self.last_event_id}"


class ArchivedPatron(models.Model):
    """A patron of whom a part of the archived log tells, so that it can be found."""

    part = models.ForeignKey(
        ArchivedLog, on_delete=models.CASCADE, related_name="patrons"
    )
    patron_id = models.BigIntegerField()
    active_at = models.DateTimeField(null=True)  # the last time in this part

    SECRECY = secrecy(personal="part patron_id active_at")

    class Meta:
        db_table = "archived_patron"
        constraints = (
            UniqueConstraint(
                fields=["patron_id", "part"],
                name="a_part_of_the_archive_names_a_patron_once",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"patron {self.patron_id} in {self.part_id}"

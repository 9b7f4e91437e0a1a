"""What every domain app leans on: events, jobs, keys, versions. No library words."""

from typing import Final

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.db.models.functions import Now
from typing_extensions import override

from kortisto.core.database import TransactionId
from kortisto.core.log_models import ArchivedLog, ArchivedPatron, Seal, SealedContent
from kortisto.core.secrecy import secrecy

__all__ = [
    "CONFIGURATION",
    "ArchivedLog",
    "ArchivedPatron",
    "Errand",
    "FollowerPosition",
    "IdempotencyKey",
    "Job",
    "LoggedEvent",
    "Schedule",
    "Seal",
    "SealedContent",
    "Throttle",
    "UndoStep",
    "Version",
]


class LoggedEvent(models.Model):
    """A fact, written in the same transaction as the change that made it true.

    The rows are at once the outbox that followers read and the audit log: nothing
    deletes one, and nothing changes one but ``taking_out.py``, which empties those that
    must not lead to a person any more. ``(txid, id)`` is the order of reading.
    """

    id = models.BigAutoField(primary_key=True)
    txid = models.BigIntegerField(db_default=TransactionId(), editable=False)
    kind = models.CharField(max_length=60)
    body = models.JSONField()
    actor = models.CharField(max_length=40)
    unit_id = models.BigIntegerField(null=True)  # where it happened
    channel = models.CharField(max_length=12)
    patron_id = models.BigIntegerField(null=True)  # whose data was read or changed
    happened_at = models.DateTimeField(db_default=Now())

    SECRECY = secrecy(
        personal="id kind body actor unit_id channel patron_id happened_at",
        staff="txid",
    )

    class Meta:
        db_table = "event"
        indexes = (
            models.Index(fields=["txid", "id"], name="event_reading_order"),
            models.Index(
                fields=["patron_id", "happened_at", "id"],
                name="event_about_patron",
                condition=Q(patron_id__isnull=False),
            ),
            models.Index(fields=["kind", "happened_at", "id"], name="event_kind"),
            models.Index(fields=["actor", "happened_at", "id"], name="event_actor"),
            models.Index(fields=["unit_id", "happened_at", "id"], name="event_unit"),
            models.Index(fields=["happened_at", "id"], name="event_time"),
        )

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class FollowerPosition(models.Model):
    """How far one follower of the event log has come."""

    follower = models.CharField(max_length=60, primary_key=True)
    txid = models.BigIntegerField(default=-1)
    event_id = models.BigIntegerField(default=0)
    moved_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)  # in a row
    retry_at = models.DateTimeField(null=True)  # not before, after a failure
    last_error = models.TextField(blank=True)

    class Meta:
        db_table = "follower_position"

    @override
    def __str__(self) -> str:
        return self.follower


class Job(models.Model):
    """Work to be done later, enqueued in the transaction that asked for it."""

    class State(models.TextChoices):
        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    kind = models.CharField(max_length=80)
    arguments = models.JSONField(default=dict)
    queue = models.CharField(max_length=32, default="default")
    priority = models.SmallIntegerField(default=0)  # higher first
    state = models.CharField(
        max_length=10, choices=State.choices, default=State.WAITING
    )
    unique_key = models.CharField(  # noqa: DJ001 -- absent keys never collide
        max_length=200, null=True, blank=True
    )
    run_after = models.DateTimeField(db_default=Now())
    attempts = models.PositiveSmallIntegerField(default=0)
    max_attempts = models.PositiveSmallIntegerField(default=5)
    lease_until = models.DateTimeField(null=True)
    worker = models.CharField(max_length=80, blank=True)
    steps_done = models.PositiveIntegerField(default=0)
    steps_total = models.PositiveIntegerField(null=True)
    progress_note = models.CharField(max_length=200, blank=True)
    result = models.JSONField(null=True)
    last_error = models.TextField(blank=True)
    asked_by = models.CharField(max_length=40, blank=True)
    cancel_asked_at = models.DateTimeField(null=True)  # while it runs
    created_at = models.DateTimeField(db_default=Now())
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    SECRECY = secrecy(
        staff=(
            "kind arguments queue priority state unique_key run_after attempts "
            "max_attempts lease_until worker steps_done steps_total progress_note "
            "result last_error asked_by cancel_asked_at created_at started_at "
            "finished_at"
        )
    )

    class Meta:
        db_table = "job"
        constraints = (
            UniqueConstraint(
                fields=["unique_key"],
                condition=Q(state__in=["waiting", "running"]),
                name="one_unfinished_job_for_each_key",
            ),
            CheckConstraint(
                condition=~Q(state="running") | Q(lease_until__isnull=False),
                name="a_running_job_has_a_lease",
            ),
        )
        indexes = (
            models.Index(
                fields=["queue", "-priority", "run_after", "id"],
                condition=Q(state="waiting"),
                name="job_waiting",
            ),
            models.Index(fields=["-created_at"], name="job_newest"),
        )

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class Schedule(models.Model):
    """When a recurring job runs; local time of Europe/Helsinki."""

    name = models.CharField(max_length=80, primary_key=True)
    kind = models.CharField(max_length=80)
    arguments = models.JSONField(default=dict)
    cron = models.CharField(max_length=60)  # minute hour day month weekday
    enabled = models.BooleanField(default=True)
    next_run_at = models.DateTimeField(null=True)
    last_run_at = models.DateTimeField(null=True)
    last_job = models.ForeignKey(
        Job, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        db_table = "job_schedule"

    @override
    def __str__(self) -> str:
        return self.name


class IdempotencyKey(models.Model):
    """An outside request that may come again, and the answer it got the first time."""

    scope = models.CharField(max_length=60)  # the actor or provider it came from
    key = models.CharField(max_length=120)
    fingerprint = models.CharField(max_length=64)  # of the request, SHA-256 hex
    answer = models.JSONField()
    created_at = models.DateTimeField(db_default=Now())

    SECRECY = secrecy(personal="scope key fingerprint answer created_at")

    class Meta:
        db_table = "idempotency_key"
        constraints = (
            UniqueConstraint(
                fields=["scope", "key"], name="a_key_is_used_once_in_its_scope"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.scope}/{self.key}"


class UndoStep(models.Model):
    """What is needed to take one action back within its window."""

    kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    data = models.JSONField(default=dict)
    actor = models.CharField(max_length=40)
    unit_id = models.BigIntegerField(null=True)
    done_at = models.DateTimeField()
    until = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=40, blank=True)

    SECRECY = secrecy(
        personal="kind subject_id data actor unit_id done_at until undone_at undone_by"
    )

    class Meta:
        db_table = "undo_step"
        indexes = (
            models.Index(fields=["kind", "subject_id", "-id"], name="undo_subject"),
            models.Index(fields=["until"], name="undo_until"),
        )

    @override
    def __str__(self) -> str:
        return f"undo {self.kind} {self.subject_id}"


CONFIGURATION: Final = "configuration"


class Version(models.Model):
    """A number that grows when something kept in every process's memory changes."""

    name = models.CharField(max_length=40, primary_key=True)
    number = models.BigIntegerField(default=1)

    class Meta:
        db_table = "version"

    @override
    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Throttle(models.Model):
    """How often one source has failed lately; ``key`` is a digest, never an address."""

    key = models.CharField(max_length=100, primary_key=True)
    failures = models.PositiveIntegerField(default=0)
    since = models.DateTimeField()  # the first failure of those counted

    class Meta:
        db_table = "throttle"

    @override
    def __str__(self) -> str:
        return self.key


class Errand(models.Model):
    """Something that a person must see to: what, about whom or what, where, by when.

    ``kind`` says what ``subject_id`` is the id of, and who may see to it
    (``errands.py``). ``facts`` fill the places of the kind's sentence: plain words,
    never a person's data. While one is open, the same is not asked for twice.
    """

    class State(models.TextChoices):
        OPEN = "open"
        DONE = "done"
        DROPPED = "dropped"

    kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    unit_id = models.BigIntegerField(null=True)  # where; None: anywhere
    facts = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField(db_default=Now())
    due_on = models.DateField(null=True)
    ended_by = models.CharField(max_length=40, blank=True)
    ended_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)  # by who ended it

    SECRECY = secrecy(
        staff=(
            "kind subject_id unit_id facts state made_by made_at due_on ended_by "
            "ended_at note"
        )
    )

    class Meta:
        db_table = "errand"
        constraints = (
            UniqueConstraint(
                fields=["kind", "subject_id"],
                condition=Q(state="open"),
                name="one_open_errand_of_a_kind_for_each_subject",
            ),
            CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="an_errand_ends_when_it_is_done_or_dropped",
            ),
        )
        indexes = (
            models.Index(
                fields=["unit_id", "id"],
                condition=Q(state="open"),
                name="errand_open_at",
            ),
            models.Index(fields=["state", "id"], name="errand_state"),
            models.Index(fields=["kind", "subject_id"], name="errand_subject"),
        )

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

"""Messages to patrons as they were sent (S36), and the versions of their texts."""

from django.db import models
from django.db.models import CheckConstraint, Q, UniqueConstraint
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models import Patron


class Transport(models.TextChoices):
    """How a message goes. What each promises is told in ``actions/sending.py``."""

    EMAIL = "email", _("E-mail")
    WEB = "web", _("Web account")


class Notice(models.Model):
    """One message to one patron.

    ``about`` names what it tells of (``event:81``, ``card``); with the patron, the
    kind, the level (first reminder, second...) and the day it makes a second sending
    impossible. What is sent is written when it is sent: until then a message that no
    person wrote has no text. A secret is never in the text.
    """

    class State(models.TextChoices):
        QUEUED = "queued", _("Waits to be sent")
        SENDING = "sending", _("Is being sent")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Not sent yet, is tried again")
        GIVEN_UP = "given-up", _("Not sent")

    class Trouble(models.TextChoices):
        NO_ADDRESS = "no-address", _("There was no e-mail address.")
        NOT_NEEDED = (
            "not-needed",
            _("It was no longer true or of use when it was to be sent."),
        )
        ADDRESS_REFUSED = (
            "address-refused",
            _("The mail server does not know the address. Ask the patron for it."),
        )
        REFUSED = "refused", _("The mail server refused the message.")
        UNREACHABLE = "unreachable", _("The mail server could not be used.")
        NO_SERVICE = "no-service", _("No mail server has been set up.")
        BROKEN = (
            "broken",
            _("The program could not write the message; its log says why."),
        )
        INTERRUPTED = (
            "interrupted",
            _(
                "The program was stopped while it was sending. Perhaps the message "
                "arrived, so it is not sent again."
            ),
        )

    patron = models.ForeignKey(Patron, on_delete=models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=40)
    about = models.CharField(max_length=60)
    level = models.PositiveSmallIntegerField(default=0)
    day = models.DateField()
    facts = models.JSONField(default=dict)  # what the text will need; no names

    transport = models.CharField(max_length=8, choices=Transport.choices)
    address = models.CharField(max_length=254, blank=True)
    language = models.CharField(max_length=2, blank=True)
    template_version = models.PositiveIntegerField(default=0)  # 0: as shipped
    subject = models.CharField(max_length=400, blank=True)
    text = models.TextField(blank=True)

    state = models.CharField(max_length=8, choices=State.choices, default=State.QUEUED)
    trouble = models.CharField(max_length=16, choices=Trouble.choices, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)  # in the web account

    author = models.CharField(max_length=40, blank=True)  # only of what staff wrote
    library = models.ForeignKey(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    SECRECY = secrecy(
        personal=(
            "patron kind day transport address language subject text state trouble "
            "created_at sent_at read_at author library"
        ),
        staff="about level facts template_version attempts next_try_at claimed_at",
    )

    class Meta:
        db_table = "notice"
        constraints = (
            UniqueConstraint(
                fields=["patron", "kind", "about", "level", "day"],
                name="a_message_is_sent_once",
            ),
            CheckConstraint(
                condition=~Q(state="sent") | Q(sent_at__isnull=False),
                name="a_sent_message_has_its_time",
            ),
            CheckConstraint(
                condition=~Q(state__in=["failed", "given-up"]) | ~Q(trouble=""),
                name="what_is_not_sent_has_a_reason",
            ),
            CheckConstraint(
                condition=~Q(state__in=["sending", "sent"])
                | (~Q(subject="") & ~Q(text="")),
                name="what_is_sent_says_something",
            ),
            CheckConstraint(
                condition=~Q(state__in=["queued", "failed"])
                | Q(next_try_at__isnull=False),
                name="what_waits_knows_when",
            ),
        )
        indexes = (
            models.Index(
                fields=["next_try_at", "id"],
                condition=Q(state__in=["queued", "failed"]),
                name="notice_due",
            ),
            models.Index(
                fields=["claimed_at"],
                condition=Q(state="sending"),
                name="notice_sending",
            ),
            models.Index(fields=["patron", "-id"], name="notice_of_patron"),
            models.Index(fields=["created_at"], name="notice_age"),
        )

    @override
    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def is_unread(self) -> bool:
        """Whether it is in the web account only, and nobody has opened it."""
        return self.transport == Transport.WEB and self.read_at is None


class NoticeText(models.Model):
    """A version of the text of a kind of message in one language.

    Versions are only added. One with nothing in it means the shipped text again.
    """

    kind = models.CharField(max_length=40)
    language = models.CharField(max_length=2)
    version = models.PositiveIntegerField()
    subject = models.CharField(max_length=150, blank=True)
    text = models.TextField(blank=True)
    written_by = models.CharField(max_length=40)
    written_at = models.DateTimeField()

    SECRECY = secrecy(
        public="kind language version subject text",
        staff="written_by written_at",
    )

    class Meta:
        db_table = "notice_text"
        constraints = (
            UniqueConstraint(
                fields=["kind", "language", "version"],
                name="a_version_of_a_text_is_written_once",
            ),
            CheckConstraint(condition=Q(version__gte=1), name="a_text_counts_from_one"),
            CheckConstraint(
                condition=(Q(subject="") & Q(text="")) | (~Q(subject="") & ~Q(text="")),
                name="a_text_is_whole_or_the_shipped_one",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"{self.kind} {self.language} {self.version}"

    @property
    def is_shipped(self) -> bool:
        """Whether this version says: the shipped text again."""
        return not self.text

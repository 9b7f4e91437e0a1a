"""What patrons suggest that the libraries buy."""

from typing import Final

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.secrecy import secrecy
from kortisto.core.text import fold
from kortisto.domain.org.models import Unit
from kortisto.domain.patrons.models import Patron

LONGEST_TEXT: Final = 200  # characters of a title, an author, a note
LONGEST_LINK: Final = 500
LONGEST_WHY: Final = 500
LONGEST_KEY: Final = 400  # folding may make a text longer


def title_key(title: str) -> str:
    """What two titles have in common that people write in two ways."""
    return fold(title)[:LONGEST_KEY]


class Suggestion(models.Model):
    """A title that one patron would like to find in the libraries (S33).

    Several patrons suggest the same: staff merge them, and each row of a merged one
    leads by ``same_as`` to the first, and is answered with it. ``answer`` is the code
    of a ready text (``answers``), so that each patron reads it in their own language.
    """

    class State(models.TextChoices):
        NEW = "new", _("New")
        CONSIDERED = "considered", _("Being considered")
        ORDERED = "ordered", _("Ordered")
        BOUGHT = "bought", _("Bought")
        DECLINED = "declined", _("Not bought")

    patron = models.ForeignKey(
        Patron, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    title = models.CharField(max_length=LONGEST_TEXT)
    title_key = models.CharField(max_length=LONGEST_KEY)  # folded, to find alike
    author = models.CharField(max_length=LONGEST_TEXT, blank=True)
    isbn = models.CharField(max_length=13, blank=True)  # ISBN-13, digits only
    link = models.CharField(max_length=LONGEST_LINK, blank=True)
    material = models.CharField(max_length=20)  # code of catalogue's Material
    why = models.CharField(max_length=LONGEST_WHY, blank=True)
    library = models.ForeignKey(
        Unit, on_delete=models.PROTECT, related_name="+", db_index=False
    )  # where the patron would fetch it
    made_at = models.DateTimeField()
    same_as = models.ForeignKey(
        "self", null=True, on_delete=models.SET_NULL, related_name="same"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.NEW)
    answer = models.CharField(max_length=20, blank=True)
    note = models.CharField(max_length=LONGEST_TEXT, blank=True)  # the patron reads it
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.CharField(max_length=40, blank=True)

    SECRECY = secrecy(
        personal=(
            "id patron title title_key author isbn link material why library made_at "
            "same_as state answer note answered_at answered_by"
        )
    )

    class Meta:
        db_table = "purchase_suggestion"
        constraints = (
            CheckConstraint(
                condition=~Q(same_as=F("id")), name="no_suggestion_is_like_itself"
            ),
            CheckConstraint(
                condition=Q(state="new", answered_at__isnull=True)
                | (~Q(state="new") & Q(answered_at__isnull=False)),
                name="an_answered_suggestion_has_a_time",
            ),
        )
        indexes = (
            models.Index(fields=["patron", "-id"], name="suggestion_of_patron"),
            models.Index(fields=["library", "state", "id"], name="suggestion_queue"),
            models.Index(fields=["title_key"], name="suggestion_title"),
            models.Index(
                fields=["isbn"], condition=~Q(isbn=""), name="suggestion_isbn"
            ),
        )

    @override
    def __str__(self) -> str:
        return f"purchase suggestion {self.pk}"

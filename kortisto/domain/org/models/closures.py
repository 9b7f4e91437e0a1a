"""Libraries that are closed for a time, and what happens meanwhile."""

from django.db import models
from django.db.models import CheckConstraint, F, Q
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core.names import in_language
from kortisto.core.secrecy import secrecy
from kortisto.domain.org.models.units import Unit


class Closure(models.Model):
    """Some libraries are closed from a day to a day, both included (TOL-11).

    While it is in force it is part of the calendars of its libraries, before every
    other decision about those days. The text is for the public and stands nowhere
    else: a library keeps its name (pain 15).
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Planned, not in force yet")
        IN_FORCE = "in-force", _("In force")
        CANCELLED = "cancelled", _("Taken back")

    class Returns(models.TextChoices):
        HERE = "here", _("Also here, in the return box")
        ELSEWHERE = "elsewhere", _("At other libraries only")

    libraries = models.ManyToManyField(Unit, related_name="closures")
    starts_on = models.DateField()
    ends_on = models.DateField()  # included
    text_fi = models.CharField(max_length=200)
    text_sv = models.CharField(max_length=200, blank=True)
    text_en = models.CharField(max_length=200, blank=True)
    pickup = models.ForeignKey(  # None: holds wait until the library opens
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    returns = models.CharField(
        max_length=9, choices=Returns.choices, default=Returns.ELSEWHERE
    )
    state = models.CharField(max_length=9, choices=State.choices, default=State.DRAFT)
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    SECRECY = secrecy(
        public="libraries starts_on ends_on text_fi text_sv text_en pickup returns",
        staff="state made_by made_at",
    )

    class Meta:
        db_table = "closure"
        constraints = (
            CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="a_closure_ends_after_it_starts",
            ),
        )

    @override
    def __str__(self) -> str:
        return f"closure {self.pk}: {self.starts_on}-{self.ends_on}"

    @property
    def texts(self) -> dict[str, str]:
        return {"fi": self.text_fi, "sv": self.text_sv, "en": self.text_en}

    @property
    def text(self) -> str:
        """In the reader's language."""
        return in_language(self.texts)

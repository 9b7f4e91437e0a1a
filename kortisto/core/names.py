"""Names that are data: in Finnish, Swedish and English (design, section 8)."""

from django.db import models
from django.utils.translation import get_language


def in_language(names: dict[str, str], language: str | None = None) -> str:
    """The name in the reader's language, or in the first language that has one."""
    wanted = (language or get_language() or "fi")[:2]
    for code in (wanted, "fi", "sv", "en"):
        if names.get(code):
            return names[code]
    return ""


class Named(models.Model):
    """A row with a name in three languages; Finnish is the one it cannot lack."""

    name_fi = models.CharField(max_length=200)
    name_sv = models.CharField(max_length=200, blank=True)
    name_en = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True

    @property
    def names(self) -> dict[str, str]:
        return {"fi": self.name_fi, "sv": self.name_sv, "en": self.name_en}

    @property
    def name(self) -> str:
        return in_language(self.names)

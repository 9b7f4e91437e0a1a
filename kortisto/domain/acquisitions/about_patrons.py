"""What acquisitions hold on a patron; ``patrons.personal_data`` says how."""

from django.utils.translation import gettext_lazy as _

from kortisto.domain.acquisitions.answers import answer_text
from kortisto.domain.acquisitions.models import Suggestion
from kortisto.domain.patrons.gathered import value_of
from kortisto.domain.patrons.personal_data import (
    About,
    Erasing,
    Row,
    declare,
    personal_fields,
)


def _suggestions(patron_id: int) -> list[Row]:
    """With the sentence of the answer, not its code; never who else suggested it."""
    rows = Suggestion.objects.filter(patron_id=patron_id).select_related("library")
    names = [one for one in personal_fields(Suggestion) if one in WORDS]
    return [
        {
            **{name: value_of(row, name, patron_id) for name in names},
            "answer": answer_text(row.state, row.answer),
        }
        for row in rows.order_by("-pk")
    ]


WORDS = {
    "title": _("Title"),
    "author": _("Author"),
    "isbn": _("ISBN"),
    "link": _("Link"),
    "material": _("Material"),
    "why": _("Why"),
    "library": _("Pick-up library"),
    "made_at": _("Suggested at"),
    "state": _("State"),
    "answer": _("Answer of the library"),
    "note": _("Note to you"),
    "answered_at": _("Answered at"),
    "answered_by": _("Answered by"),
}

declare(
    About(
        model=Suggestion,
        owner="patron",
        title=_("Purchase suggestions that you have made"),
        words={
            **WORDS,
            "title_key": _("The title as it is compared"),
            "same_as": _("Merged with another suggestion"),
        },
        columns=("made_at", "title", "author", "state", "answer", "note"),
        rows=_suggestions,
        erasing=Erasing.DELETE,
    )
)

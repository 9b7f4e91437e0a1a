"""The form in which patrons suggest a title, and their own suggestions as a list."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.refusals import Refusal
from kortisto.domain.acquisitions.actions.suggesting import SUGGESTED, NewSuggestion
from kortisto.domain.acquisitions.answers import answer_text
from kortisto.domain.acquisitions.models import (
    LONGEST_LINK,
    LONGEST_TEXT,
    LONGEST_WHY,
    Suggestion,
)
from kortisto.domain.acquisitions.reasons import Reason
from kortisto.domain.catalogue.description.identifiers import isbn13
from kortisto.interfaces.opac.contact_form import line
from kortisto.interfaces.opac.words import Names

KIND_OF_STATE: Final[Mapping[str, str]] = {
    Suggestion.State.NEW: "info",
    Suggestion.State.CONSIDERED: "info",
    Suggestion.State.ORDERED: "hold",
    Suggestion.State.BOUGHT: "ok",
    Suggestion.State.DECLINED: "neutral",
}


class SuggestionForm(forms.Form):
    """What each field may hold is decided by the action."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        error_messages={"required": Reason.NEEDS_TITLE.label},
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "maxlength": LONGEST_TEXT}
        ),
    )
    author = line(gettext_lazy("Author or performer"), "off")
    material = forms.ChoiceField(label=gettext_lazy("What it is"))
    isbn = line(
        gettext_lazy("ISBN"),
        "off",
        help_text=gettext_lazy("10 or 13 digits, if you know it."),
    )
    link = forms.CharField(
        label=gettext_lazy("Link"),
        required=False,
        help_text=gettext_lazy("A page that tells about it, if you know one."),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "inputmode": "url",
                "maxlength": LONGEST_LINK,
            }
        ),
    )
    why = forms.CharField(
        label=gettext_lazy("Why should we have it?"),
        required=False,
        help_text=gettext_lazy("You may leave this empty. Write nothing private."),
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": LONGEST_WHY}),
    )
    library = forms.TypedChoiceField(
        label=gettext_lazy("Where would you fetch it?"), coerce=int
    )

    def __init__(
        self, names: Names, data: Any = None, *, initial: Mapping[str, Any]
    ) -> None:
        super().__init__(data, initial=dict(initial))
        materials = [(one.value, names.material(one.value)) for one in SUGGESTED]
        self.fields["material"].choices = materials  # type: ignore[attr-defined]
        libraries = sorted(
            (node.name, node.id) for node in names.tree.libraries(on=localdate())
        )
        self.fields["library"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a library")),
            *((str(number), name) for name, number in libraries),
        ]

    def new(self, *, anyway: bool) -> NewSuggestion:
        """What was typed, once the form is valid."""
        told = self.cleaned_data
        texts = {n: told[n] for n in ("title", "author", "isbn", "link", "why")}
        return NewSuggestion(
            library_id=told["library"],
            material=told["material"],
            anyway=anyway,
            **texts,
        )

    def tell(self, refusals: Iterable[Refusal]) -> None:
        """Each reason beside its field; others above the form."""
        for refusal in refusals:
            field = refusal.facts.get("field")
            self.add_error(str(field) if field else None, refusal.message)


def looked_for(text: str) -> dict[str, str]:
    """What somebody searched for in vain: an ISBN, or a title."""
    number = isbn13(text)
    return {"isbn": number} if number else {"title": text[:LONGEST_TEXT]}


def records_in(refusals: Iterable[Refusal]) -> list[int]:
    """Titles that the libraries have already, when that alone is the matter."""
    told = list(refusals)
    if [one.reason for one in told] != [Reason.IN_THE_COLLECTION]:
        return []
    records = told[0].facts["records"]
    return list(records) if isinstance(records, tuple) else []


@dataclass(frozen=True, slots=True)
class SuggestionRow:
    """One of my suggestions; ``answer`` is a sentence in the language of the page."""

    id: int
    title: str
    by: str
    material: str
    made_on: date
    library: str
    state: str
    kind: str
    answer: str
    note: str
    answered_on: date | None
    can_be_withdrawn: bool


def rows_of(suggestions: Iterable[Suggestion], names: Names) -> list[SuggestionRow]:
    return [
        SuggestionRow(
            id=row.pk,
            title=row.title,
            by=row.author,
            material=names.material(row.material),
            made_on=localdate(row.made_at),
            library=row.library.name,
            state=str(row.get_state_display()),
            kind=KIND_OF_STATE[row.state],
            answer=answer_text(row.state, row.answer),
            note=row.note,
            answered_on=localdate(row.answered_at) if row.answered_at else None,
            can_be_withdrawn=row.state == Suggestion.State.NEW,
        )
        for row in suggestions
    ]

"""Purchase suggestions and their ready answers, as the staff's pages show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kortisto.domain.acquisitions.answers import NO_TEXT, READY, answer_text
from kortisto.domain.acquisitions.models import Suggestion
from kortisto.interfaces.staff.catalogue_words import CodeNames

KIND_OF_STATE: Final = {
    Suggestion.State.NEW.value: "attention",
    Suggestion.State.CONSIDERED.value: "info",
    Suggestion.State.ORDERED.value: "hold",
    Suggestion.State.BOUGHT.value: "ok",
    Suggestion.State.DECLINED.value: "neutral",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionRow:
    """Without the patron. ``patrons``: how many have suggested it."""

    id: int
    title: str
    author: str
    material: str
    isbn: str
    link: str
    why: str
    library: str
    made_on: date
    state: str
    kind: str
    answer: str
    note: str
    patrons: int


def rows_of(suggestions: Iterable[Suggestion], names: CodeNames) -> list[SuggestionRow]:
    return [
        SuggestionRow(
            id=row.pk,
            title=row.title,
            author=row.author,
            material=names.material(row.material),
            isbn=row.isbn,
            link=row.link,
            why=row.why,
            library=row.library.name,
            made_on=localdate(row.made_at),
            state=str(row.get_state_display()),
            kind=KIND_OF_STATE[row.state],
            answer=answer_text(row.state, row.answer),
            note=row.note,
            patrons=1 + getattr(row, "others", 0),
        )
        for row in suggestions
    ]


def answer_groups() -> list[tuple[str, Sequence[tuple[str, str]]]]:
    """Every state with its ready texts; each value is read by ``chosen_answer``."""
    return [
        (
            str(Suggestion.State(state).label),
            [
                (f"{state}:{NO_TEXT}", _("without a text")),
                *((f"{state}:{code}", str(text)) for code, text in texts.items()),
            ],
        )
        for state, texts in READY.items()
    ]


def chosen_answer(value: str) -> tuple[str, str]:
    """The state and the code of the text."""
    state, _colon, answer = value.partition(":")
    return state, answer

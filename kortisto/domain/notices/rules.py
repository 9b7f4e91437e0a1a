"""What is wrong with a text that somebody wants to save (pure)."""

from collections.abc import Collection, Iterator
from typing import Final

from kortisto.core.refusals import Refusal
from kortisto.domain.notices.reasons import Reason
from kortisto.domain.notices.variables import (
    Variable,
    Wording,
    has_stray_brace,
    places_in,
)

LONGEST_SUBJECT: Final = 150  # characters, with the variables not filled yet
LONGEST_TEXT: Final = 8000


def faults_in(wording: Wording, variables: Collection[Variable]) -> list[Refusal]:
    """Every reason why a template cannot be saved; each names its field."""
    return [
        *said_wrongly(wording),
        *_places(wording.subject, "subject", variables),
        *_places(wording.text, "text", variables),
        *_secrets_in_subject(wording.subject, variables),
        *_missing(wording.text, variables),
    ]


def said_wrongly(wording: Wording) -> Iterator[Refusal]:
    """What is wrong with any message, template or not."""
    if not wording.subject:
        yield Refusal(Reason.SUBJECT_IS_EMPTY, facts={"field": "subject"})
    if not wording.text.strip():
        yield Refusal(Reason.TEXT_IS_EMPTY, facts={"field": "text"})
    for field, text, most in (
        ("subject", wording.subject, LONGEST_SUBJECT),
        ("text", wording.text, LONGEST_TEXT),
    ):
        if len(text) > most:
            yield Refusal(Reason.TOO_LONG, facts={"field": field, "most": most})


def _places(
    text: str, field: str, variables: Collection[Variable]
) -> Iterator[Refusal]:
    known = {one.name for one in variables}
    listed = ", ".join(one.place for one in variables)
    for name in dict.fromkeys(places_in(text)):
        if name not in known:
            facts = {"field": field, "name": f"{{{name}}}", "known": listed}
            yield Refusal(Reason.UNKNOWN_VARIABLE, facts=facts)
    if has_stray_brace(text):
        facts = {"field": field, "example": next(iter(variables)).place}
        yield Refusal(Reason.STRAY_BRACE, facts=facts)


def _secrets_in_subject(
    subject: str, variables: Collection[Variable]
) -> Iterator[Refusal]:
    there = set(places_in(subject))
    for one in variables:
        if one.secret and one.name in there:
            facts = {"field": "subject", "name": one.place}
            yield Refusal(Reason.SECRET_IN_SUBJECT, facts=facts)


def _missing(text: str, variables: Collection[Variable]) -> Iterator[Refusal]:
    there = set(places_in(text))
    for one in variables:
        if one.required and one.name not in there:
            facts = {"field": "text", "name": one.place}
            yield Refusal(Reason.VARIABLE_IS_MISSING, facts=facts)

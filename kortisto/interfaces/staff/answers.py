"""Answers to scans: parts of a page, drawn without the frame, and ways elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.template.loader import render_to_string

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refusal
from kortisto.interfaces.staff.scan_state import ScanState
from kortisto.ui.parts import RefusalLine

REFUSED: Final = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The large answer: ``kind`` is ok, attention or stop, in colour and sound."""

    kind: str
    word: str
    title: str = ""
    detail: str = ""
    icon: str = ""
    reasons: Sequence[Refusal | RefusalLine] = ()  # told below it


def part(
    outcome: Outcome,
    *,
    state: ScanState,
    template: str = "staff/_answer.html",
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The answer with the hidden fields that the next scan carries."""
    told: Mapping[str, Any] = {"outcome": outcome, "fields": state.fields, **more}
    return HttpResponse(render_to_string(template, dict(told)), status=status)


def refused_part(
    reasons: Sequence[Refusal],
    *,
    state: ScanState,
    actor: Actor,
    word: str,
    title: str = "",
) -> HttpResponse:
    """Every reason against it; nothing was done."""
    outcome = Outcome(kind="stop", word=word, title=title, reasons=reasons)
    return part(outcome, state=state, status=REFUSED, actor=actor)


def go_to(url: str) -> HttpResponse:
    """Another page, for scripts that have asked for a part."""
    return HttpResponse(headers={"HX-Redirect": url})


def show_page(url: str) -> HttpResponse:
    """Another page in this one's place: the scan box stays, no key gets lost."""
    return HttpResponse(headers={"HX-Location": url})

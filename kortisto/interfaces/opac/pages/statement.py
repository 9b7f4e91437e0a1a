"""The description of the register (S5): a page for everybody, and the same as PDF."""

from datetime import date
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kortisto.core.versions import Compiled
from kortisto.interfaces.opac.register_text import sections, title
from kortisto.ui.formats import day
from kortisto.ui.pdf import Document, pdf

Made = dict[tuple[str, date], bytes]  # by language and day


def _none_yet() -> Made:
    return {}


_made: Final[Compiled[Made]] = Compiled(_none_yet)
"""PDFs of the configuration in force: making one is work, and anybody may ask."""


@require_safe
def statement(request: HttpRequest) -> HttpResponse:
    told = {"name": title(), "sections": sections(), "today": timezone.localdate()}
    return render(request, "opac/statement.html", told)


@require_safe
def statement_pdf(request: HttpRequest) -> HttpResponse:
    """In the language of the page; made once a day, and again after a change."""
    del request
    made, key = _made.get(), (get_language() or "fi", timezone.localdate())
    if key not in made:
        made[key] = _pdf(*key)
    answer = HttpResponse(made[key], content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="privacy-statement.pdf"'
    return answer


def _pdf(language: str, today: date) -> bytes:
    return pdf(
        Document(
            title=title(),
            language=language,
            made=_("As of {day}").format(day=day(today)),
            sections=sections(),
        )
    )

"""The description of the register (S5): a page for everybody, and the same as PDF."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from kortisto.interfaces.opac.register_text import sections, title
from kortisto.ui.formats import day
from kortisto.ui.pdf import Document, pdf


@require_safe
def statement(request: HttpRequest) -> HttpResponse:
    told = {"name": title(), "sections": sections(), "today": timezone.localdate()}
    return render(request, "opac/statement.html", told)


@require_safe
def statement_pdf(request: HttpRequest) -> HttpResponse:
    """In the language of the page."""
    del request
    document = Document(
        title=title(),
        language=get_language() or "fi",
        made=_("As of {day}").format(day=day(timezone.localdate())),
        sections=sections(),
    )
    answer = HttpResponse(pdf(document), content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="privacy-statement.pdf"'
    return answer

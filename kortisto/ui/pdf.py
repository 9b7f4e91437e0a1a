"""A readable document as PDF: tagged (PDF/UA), so that screen readers can read it.

Fonts of the system are embedded. Nothing is fetched from anywhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from kortisto.core import refusals
from kortisto.core.refusals import Refusal, Refused
from kortisto.ui.formats import day, moment

STYLE: Final = Path(__file__).parent / "static" / "ui" / "css" / "document.css"
VARIANT: Final = "pdf/ua-1"
NOTHING: Final = "–"


class Reason(refusals.Reason):
    NO_PDF = (
        "no-pdf",
        gettext_lazy(
            "PDF files cannot be made here now: the server lacks Pango, which its "
            "administrator can install. Everything else works."
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of a document: sentences, then a table. A row begins with its head."""

    title: str
    text: Sequence[str] = ()
    heads: Sequence[str] = ()
    rows: Iterable[Sequence[object]] = ()
    empty: str = ""  # said instead of a table without rows

    @property
    def labelled(self) -> list[list[tuple[str, str]]]:
        """Each row as heads with their values, for a page on a phone."""
        return [list(zip(self.heads, row, strict=True)) for row in self.cells]

    @property
    def cells(self) -> list[list[str]]:
        return [[cell(value) for value in row] for row in self.rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is printed. ``made`` stands at the foot of each page, with its number."""

    title: str
    language: str
    made: str = ""
    lead: Sequence[str] = ()
    sections: Sequence[Section] = field(default_factory=tuple)


def cell(value: object) -> str:
    """A value as people read it."""
    if value is None or value == "":
        return NOTHING
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return day(value)
    if isinstance(value, list | tuple):
        return ", ".join(str(one) for one in value) or NOTHING
    return str(value)


def pdf(document: Document) -> bytes:
    """The document as a tagged PDF. Raises Refused where the machine lacks Pango."""
    try:
        from weasyprint import CSS, HTML  # slow to import, and rarely needed
    except OSError as missing:  # libraries that are not Python's
        raise Refused([Refusal(Reason.NO_PDF)]) from missing
    with override(document.language):
        html = render_to_string("ui/document.html", {"document": document})
    made = HTML(string=html, url_fetcher=_fetch_nothing)
    style = CSS(filename=str(STYLE))
    written: bytes = made.write_pdf(stylesheets=[style], pdf_variant=VARIANT)
    return written


def _fetch_nothing(url: str, *_arguments: Any, **_named: Any) -> dict[str, Any]:
    message = f"a document asked for {url}"
    raise ValueError(message)

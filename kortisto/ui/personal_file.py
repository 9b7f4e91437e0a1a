"""A person's own data as a file to take home: PDF to read, JSON for machines (GDP-2).

Both sites give it, so it lies here; what it shows comes from whoever gathered it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, Protocol

import orjson
from django.http import HttpResponse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import override

from kortisto.ui.formats import moment
from kortisto.ui.pdf import Document, Section, pdf

TYPES: Final = {"pdf": "application/pdf", "json": "application/json"}


class Group(Protocol):
    """One kind of data, with the columns that people read."""

    @property
    def title(self) -> str: ...
    @property
    def heads(self) -> Sequence[str]: ...
    @property
    def cells(self) -> Iterable[Sequence[object]]: ...


class Gathered(Protocol):
    """Everything about one person; ``plain`` is the same for machines."""

    @property
    def name(self) -> str: ...
    @property
    def language(self) -> str: ...
    @property
    def made_at(self) -> datetime: ...
    @property
    def groups(self) -> Sequence[Group]: ...
    @property
    def remarks(self) -> Sequence[str]: ...
    @property
    def plain(self) -> dict[str, Any]: ...


def file_of(gathered: Gathered, form: str) -> HttpResponse:
    """The file as an answer. Its name tells the day and no person."""
    made = as_pdf(gathered) if form == "pdf" else as_json(gathered)
    answer = HttpResponse(made, content_type=TYPES[form])
    name = f"kortisto-{localdate(gathered.made_at).isoformat()}.{form}"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "no-store"
    return answer


def as_json(gathered: Gathered) -> bytes:
    return orjson.dumps(gathered.plain, option=orjson.OPT_INDENT_2)


def as_pdf(gathered: Gathered) -> bytes:
    """In the language of the person, not of who reads the page."""
    with override(gathered.language):
        return pdf(_document(gathered))


def _document(gathered: Gathered) -> Document:
    nothing = _("Nothing is held.")
    sections = [
        Section(title=each.title, heads=each.heads, rows=each.cells, empty=nothing)
        for each in gathered.groups
    ]
    missing = Section(title=_("What is not in this file"), text=gathered.remarks)
    return Document(
        title=_("Everything that the library holds on {name}").format(
            name=gathered.name
        ),
        language=gathered.language,
        made=_("Gathered {moment}").format(moment=moment(gathered.made_at)),
        lead=[
            _(
                "The file for machines (JSON) has the same data with every detail. If "
                "something is wrong, tell any library, and it is put right."
            )
        ],
        sections=[*sections, missing],
    )

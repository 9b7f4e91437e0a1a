"""The groups of values that narrow a search, drawn as lists of links.

There are up to three hundred links on a page, so they are put together here rather
than by a template: it is the same markup as the component ``facet``.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Final
from urllib.parse import quote_plus
from zlib import crc32

from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.domain.search.documents import Facet
from kortisto.domain.search.ports import FacetCount
from kortisto.interfaces.opac.narrowing import FACETS, Asked
from kortisto.interfaces.opac.words import Names, language_name
from kortisto.ui.formats import count
from kortisto.ui.templatetags.ui import icon

SHOWN: Final = 8  # values of a group before "Show more"
MOST: Final = 40  # libraries; other groups stop earlier
MOST_OTHERS: Final = 20
THOUSAND: Final = 1000
OPEN: Final = frozenset({Facet.AVAILABLE_AT, Facet.MATERIAL, Facet.LANGUAGE})
LIBRARIES: Final = frozenset({Facet.AVAILABLE_AT, Facet.LIBRARY})

LABELS: Final[Mapping[Facet, Promise]] = {
    Facet.AVAILABLE_AT: gettext_lazy("On the shelf now"),
    Facet.LIBRARY: gettext_lazy("Library"),
    Facet.MATERIAL: gettext_lazy("Material"),
    Facet.LANGUAGE: gettext_lazy("Language"),
    Facet.AUDIENCE: gettext_lazy("For whom"),
    Facet.FICTION: gettext_lazy("Fiction or facts"),
    Facet.GENRE: gettext_lazy("Genre"),
    Facet.SUBJECT: gettext_lazy("Subject"),
    Facet.AUTHOR: gettext_lazy("Author"),
    Facet.SERIES: gettext_lazy("Series"),
    Facet.DECADE: gettext_lazy("Decade"),
}
WORDS: Final[Mapping[str, Promise]] = {
    "juvenile": gettext_lazy("Children and young people"),
    "adult": gettext_lazy("Adults"),
    "fiction": gettext_lazy("Fiction"),
    "fact": gettext_lazy("Facts"),
}


def value_label(facet: Facet, value: str, names: Names) -> str:
    """A value in words."""
    match facet:
        case Facet.AVAILABLE_AT | Facet.LIBRARY:
            return names.library(value)
        case Facet.MATERIAL:
            return names.material(value)
        case Facet.LANGUAGE:
            return language_name(value)
        case Facet.AUDIENCE | Facet.FICTION:
            return str(WORDS.get(value, value))
        case Facet.DECADE:
            return _decade(value)
        case _:
            return value


def _decade(value: str) -> str:
    if not value.isdigit():
        return value
    first = int(value)
    return f"{first}–{first + 9}"


def drawn(
    counts: Mapping[Facet, Sequence[FacetCount]], asked: Asked, names: Names
) -> list[SafeString]:
    """The groups that have something to choose, in their order."""
    marks = _Marks(asked)
    return [
        _group(facet, values, asked, names=names, marks=marks)
        for facet in FACETS
        if (values := counts.get(facet, ()))
    ]


class _Marks:
    """The parts that are the same for every link of a page: drawn once."""

    def __init__(self, asked: Asked) -> None:
        address = asked.address()
        self.base = escape(address if address == "?" else f"{address}&")
        self.check = icon("check")
        self.chosen = escape(_("(chosen, take away)"))
        self.more = escape(_("Show more"))


def _group(
    facet: Facet,
    values: Sequence[FacetCount],
    asked: Asked,
    *,
    names: Names,
    marks: _Marks,
) -> SafeString:
    most = MOST if facet in LIBRARIES else MOST_OTHERS
    first = [value for value in values if value.is_chosen]
    ordered = first + [value for value in values if not value.is_chosen]
    links = [
        _link(facet, value, asked, names=names, marks=marks)
        for value in ordered[: max(most, len(first))]
    ]
    opened = " open" if facet in OPEN or first else ""
    label = escape(str(LABELS[facet]))
    rest = links[SHOWN:]
    more = (
        f'<details class="facet-more"><summary>{marks.more}'
        f'<span class="visually-hidden"> {label}</span></summary>'
        f'<ul class="facet-values">{"".join(rest)}</ul></details>'
        if rest
        else ""
    )
    return mark_safe(  # noqa: S308 - every value is escaped where it goes in
        f'<details class="facet" id="facet-{facet.value}"{opened}>'
        f'<summary>{label}</summary><ul class="facet-values">'
        f"{''.join(links[:SHOWN])}</ul>{more}</details>"
    )


def _link(
    facet: Facet,
    value: FacetCount,
    asked: Asked,
    *,
    names: Names,
    marks: _Marks,
) -> str:
    label = escape(value_label(facet, value.value, names))
    number = value.count if value.count < THOUSAND else count(value.count)
    # The same link keeps its id from page to page: so the focus stays on it.
    known_as = f"{facet.value}-{crc32(value.value.encode()):x}"
    if value.is_chosen:
        url = escape(asked.without_value(facet, value.value))
        return (
            f'<li><a id="{known_as}" href="{url}" rel="nofollow" aria-current="true">'
            f"{marks.check}<span>{label}</span>"
            f'<span class="visually-hidden">{marks.chosen}</span>'
            f'<span class="count">{number}</span></a></li>'
        )
    url = f"{marks.base}{facet.value}={quote_plus(value.value)}"
    return (
        f'<li><a id="{known_as}" href="{url}" rel="nofollow"><span>{label}</span>'
        f'<span class="count">{number}</span></a></li>'
    )

"""What a search page was asked: words, limits, order, page. And the way back to it.

Addresses are for sharing: everything that was asked is in them, and nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urlencode

from django.http import QueryDict

from kortisto.domain.search.documents import Facet
from kortisto.domain.search.nodes import Years
from kortisto.domain.search.ports import Components, Sort
from kortisto.domain.search.queries import PUBLIC_FACETS

LONGEST_QUERY: Final = 1_000  # characters; the parser has its own, smaller bound
MOST_VALUES: Final = 20  # of one facet at once
LONGEST_VALUE: Final = 200
FACETS: Final = PUBLIC_FACETS
SORTS: Final = {each.value: each for each in Sort}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A search as a visitor asked for it, cleaned of what no search can mean."""

    text: str = ""
    filters: Mapping[Facet, tuple[str, ...]]
    first_year: int | None = None
    last_year: int | None = None
    sort: Sort = Sort.RELEVANCE
    page: int = 1
    whole_only: bool = False

    @property
    def years(self) -> Years | None:
        if self.first_year is None and self.last_year is None:
            return None
        return Years(self.first_year, self.last_year)

    @property
    def components(self) -> Components:
        return Components.HIDDEN if self.whole_only else Components.SHOWN

    @property
    def is_narrowed(self) -> bool:
        return bool(self.filters) or self.years is not None or self.whole_only

    def pairs(self) -> list[tuple[str, str]]:
        """Everything but the page, as the address has it."""
        found = [("q", self.text)] if self.text else []
        found += [
            (facet.value, value)
            for facet, values in self.filters.items()
            for value in values
        ]
        if self.first_year is not None:
            found.append(("from", str(self.first_year)))
        if self.last_year is not None:
            found.append(("to", str(self.last_year)))
        if self.whole_only:
            found.append(("whole", "1"))
        if self.sort is not Sort.RELEVANCE:
            found.append(("sort", self.sort.value))
        return found

    def address(self, *, page: int = 1) -> str:
        pairs = self.pairs()
        if page > 1:
            pairs.append(("page", str(page)))
        return f"?{urlencode(pairs)}"

    def without_value(self, facet: Facet, value: str) -> str:
        """The address with one value less."""
        rest = tuple(each for each in self.filters[facet] if each != value)
        filters = {**self.filters, facet: rest}
        return replace(self, filters={k: v for k, v in filters.items() if v}).address()

    def without_years(self) -> str:
        return replace(self, first_year=None, last_year=None).address()

    def with_other_parts(self) -> str:
        """The same search with parts of titles shown, or hidden if they are shown."""
        return replace(self, whole_only=not self.whole_only).address()

    def with_text(self, text: str) -> str:
        return replace(self, text=text).address()

    def everything(self) -> str:
        """The same words without any limit."""
        return Asked(text=self.text, filters={}, sort=self.sort).address()


def asked(given: QueryDict) -> Asked:
    """Never raises: what cannot be meant is left out."""
    filters = {facet: _values(given.getlist(facet.value)) for facet in FACETS}
    first, last = _number(given.get("from")), _number(given.get("to"))
    if first is not None and last is not None and first > last:
        first, last = last, first
    return Asked(
        text=" ".join(_printable(given.get("q", ""))[:LONGEST_QUERY].split()),
        filters={facet: values for facet, values in filters.items() if values},
        first_year=first,
        last_year=last,
        sort=SORTS.get(given.get("sort", ""), Sort.RELEVANCE),
        page=max(1, _number(given.get("page")) or 1),
        whole_only=given.get("whole") == "1",
    )


def _values(texts: list[str]) -> tuple[str, ...]:
    cleaned = (_printable(text)[:LONGEST_VALUE].strip() for text in texts)
    return tuple(dict.fromkeys(text for text in cleaned if text))[:MOST_VALUES]


def _printable(text: str) -> str:
    """Without what nobody can have meant: control characters, halves of letters."""
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else " " for each in text)


def _number(text: str | None) -> int | None:
    """A number of at most five digits; None for anything else."""
    cleaned = (text or "").strip()
    if cleaned.isascii() and cleaned.isdigit() and len(cleaned) <= len("99999"):
        return int(cleaned)
    return None

"""What the index keeps of a record: plain values, no engine and no database."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from itertools import accumulate

import msgspec
from msgspec import Struct

from kortisto.domain.catalogue.description.kinds import Description, Material, TermKind
from kortisto.domain.search import identifiers
from kortisto.domain.search.analysis import ALL_LANGUAGES, Language, fold, key, sort_key
from kortisto.domain.search.nodes import Code, Field

LONGEST_VALUE = 200  # characters of a value that is compared or shown whole
MOST_TITLE_STARTS = 6  # words
MOST_BARCODES = 5_000  # a magazine may have thousands of issues
_NEEDS_NO_ITEMS = frozenset(
    {Material.EBOOK, Material.E_AUDIOBOOK, Material.ONLINE, Material.ARTICLE}
)


class Facet(StrEnum):
    """What results can be narrowed by (REQUIREMENTS SRC-3)."""

    AVAILABLE_AT = "available_at"  # library codes with a copy on the shelf
    LIBRARY = "library"  # library codes with a copy
    MATERIAL = "material"
    LOCATION = "location"
    COLLECTION = "collection"
    LANGUAGE = "language"
    ORIGINAL_LANGUAGE = "original_language"
    SUBTITLE_LANGUAGE = "subtitle_language"
    SPOKEN_LANGUAGE = "spoken_language"
    AUTHOR = "author"
    SUBJECT = "subject"
    GENRE = "genre"
    FICTION = "fiction"  # "fiction" or "fact"
    AUDIENCE = "audience"  # "juvenile" or "adult"
    SERIES = "series"
    DECADE = "decade"  # its first year
    CLASS = "class"  # YKL, what stands before the point
    AGE_LIMIT = "age_limit"


class ItemFacts(Struct, frozen=True, kw_only=True, gc=False):
    """What the index wants to know of one item. Libraries by their codes."""

    barcode: str
    home_library: str
    library: str
    is_available: bool
    location: str = ""
    collection: str = ""
    loans: int = 0


class SearchDocument(Struct, frozen=True, kw_only=True, gc=False):
    """One title. Texts are tidy, codes are as the database has them."""

    record_id: int
    control_number: str = ""
    title: str
    short_title: str = ""  # without the rest of the title
    title_sort: str = ""  # without its article
    other_titles: tuple[str, ...] = ()
    main_author: str = ""
    authors: tuple[str, ...] = ()  # who made the work
    contributors: tuple[str, ...] = ()  # everybody else, and other spellings
    series: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    genres: tuple[str, ...] = ()
    publisher: str = ""
    rest: tuple[str, ...] = ()  # responsibility, summary, contents, notes
    identifiers: tuple[str, ...] = ()
    barcodes: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    ykl: str = ""
    material: str = ""
    languages: tuple[str, ...] = ()
    original_languages: tuple[str, ...] = ()
    subtitle_languages: tuple[str, ...] = ()
    spoken_languages: tuple[str, ...] = ()
    year: int | None = None
    is_juvenile: bool = False
    is_fiction: bool | None = None
    age_limit: int | None = None  # years
    libraries: tuple[str, ...] = ()
    available_at: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    loans: int = 0  # of all its items, ever
    first_public_at: datetime | None = None
    is_component: bool = False
    is_public: bool = True  # shown in the web library

    @property
    def fingerprint(self) -> int:
        """A number that changes when anything here does: 63 bits."""
        digest = blake2b(msgspec.json.encode(self), digest_size=8)
        return int.from_bytes(digest.digest(), "big") >> 1


class RecordFacts(Struct, frozen=True, kw_only=True, gc=False):
    """What is known of a record beside its description."""

    record_id: int
    suppressed: bool = False
    first_public_at: datetime | None = None
    items: tuple[ItemFacts, ...] = ()


def document(description: Description, facts: RecordFacts) -> SearchDocument:
    """Make what the index keeps of a record.

    The public sees a title that is not suppressed and that has items, is online, or
    is a part of something (REQUIREMENTS SRC-6).
    """
    authors = description.authors
    others = [each.name for each in description.contributors] + [
        each.original_script for each in description.contributors
    ]
    items = facts.items
    main = description.main_author
    needs_no_items = description.material in _NEEDS_NO_ITEMS or description.is_component
    return SearchDocument(
        record_id=facts.record_id,
        control_number=description.control_number,
        title=description.title,
        short_title=description.short_title,
        title_sort=description.title_sort,
        other_titles=_once(
            [
                description.uniform_title,
                description.title_original_script,
                *description.other_titles,
            ]
        ),
        main_author=main.name if main else "",
        authors=authors,
        contributors=tuple(name for name in _once(others) if name not in authors),
        series=_once(each.title for each in description.series),
        subjects=_once(each.text for each in description.subjects),
        genres=_once(each.text for each in description.genres),
        publisher=description.publisher,
        rest=_rest(description),
        identifiers=_once(
            identifiers.normalised(each.value) for each in description.identifiers
        ),
        barcodes=tuple(item.barcode for item in items[:MOST_BARCODES]),
        classes=_once([description.ykl, *(each.value for each in description.classes)]),
        ykl=description.ykl,
        material=description.material.value,
        languages=description.languages,
        original_languages=description.original_languages,
        subtitle_languages=description.subtitle_languages,
        spoken_languages=description.spoken_languages,
        year=description.year,
        is_juvenile=description.is_juvenile,
        is_fiction=description.is_fiction,
        age_limit=description.age_limit,
        libraries=_sorted(item.home_library for item in items),
        available_at=_sorted(item.library for item in items if item.is_available),
        locations=_sorted(item.location for item in items),
        collections=_sorted(item.collection for item in items),
        loans=sum(item.loans for item in items),
        first_public_at=facts.first_public_at,
        is_component=description.is_component,
        is_public=not facts.suppressed and (bool(items) or needs_no_items),
    )


def _rest(description: Description) -> tuple[str, ...]:
    host = description.host
    return _once(
        [
            description.responsibility,
            description.summary,
            *description.contents,
            *(note.text for note in description.notes),
            host.title if host else "",
            *(term.text for term in description.subjects if term.kind is TermKind.WORK),
        ]
    )


def _once(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([text for text in texts if text]))


def _sorted(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({code for code in codes if code}))


def facet_values(document: SearchDocument) -> Mapping[Facet, tuple[str, ...]]:
    """The values by which a title is counted and narrowed."""
    fiction = {True: ("fiction",), False: ("fact",), None: ()}[document.is_fiction]
    year, limit = document.year, document.age_limit
    values = {
        Facet.AVAILABLE_AT: document.available_at,
        Facet.LIBRARY: document.libraries,
        Facet.MATERIAL: (document.material,),
        Facet.LOCATION: document.locations,
        Facet.COLLECTION: document.collections,
        Facet.LANGUAGE: document.languages,
        Facet.ORIGINAL_LANGUAGE: document.original_languages,
        Facet.SUBTITLE_LANGUAGE: document.subtitle_languages,
        Facet.SPOKEN_LANGUAGE: document.spoken_languages,
        Facet.AUTHOR: document.authors,
        Facet.SUBJECT: document.subjects,
        Facet.GENRE: document.genres,
        Facet.FICTION: fiction,
        Facet.AUDIENCE: ("juvenile" if document.is_juvenile else "adult",),
        Facet.SERIES: document.series,
        Facet.DECADE: () if year is None else (str(year // 10 * 10),),
        Facet.CLASS: (document.ykl.partition(".")[0],),
        Facet.AGE_LIMIT: () if limit is None else (str(limit),),
    }
    return {
        facet: tuple([value[:LONGEST_VALUE] for value in found if value])
        for facet, found in values.items()
    }


def coded_values(document: SearchDocument) -> Iterator[tuple[Code, str]]:
    """The values that a query can name, as the parser writes them."""
    for number in document.identifiers:
        yield Code.IDENTIFIER, number[:LONGEST_VALUE]
    for barcode in document.barcodes:
        yield Code.BARCODE, identifiers.bare(barcode)
    yield Code.RECORD, str(document.record_id)
    if document.control_number:
        yield Code.RECORD, document.control_number.upper()[:LONGEST_VALUE]
    for value in document.classes:
        for length in range(1, len(value[:LONGEST_VALUE]) + 1):
            yield Code.CLASS, value[:length].casefold()
    for language in document.languages:
        yield Code.LANGUAGE, language.casefold()
    yield Code.MATERIAL, document.material.casefold()
    for library in document.libraries:
        yield Code.LIBRARY, library.casefold()
    for genre in document.genres:
        yield Code.GENRE, fold(genre)[:LONGEST_VALUE]


def languages_of(document: SearchDocument) -> frozenset[Language]:
    """The languages of its texts whose inflection is known.

    A title whose language the record does not say may be in any of them.
    """
    known = [_LANGUAGES[code] for code in document.languages if code in _LANGUAGES]
    said = any(code not in ("und", "zxx", "mul") for code in document.languages)
    return frozenset(known) if said else ALL_LANGUAGES


_LANGUAGES = {language.value: language for language in Language}
_FINNISH = frozenset({Language.FINNISH})


def texts(
    document: SearchDocument,
) -> Iterator[tuple[Field, str, frozenset[Language]]]:
    """Every text that can be searched, with its field and likely languages.

    Names are inflected in Finnish queries only; subjects may be in any language, and
    notes are in the title's language or in Finnish.
    """
    own = languages_of(document)
    for title in _once([document.title, document.title_sort, *document.other_titles]):
        yield Field.TITLE, title, own
    for name in (*document.authors, *document.contributors):
        yield Field.AUTHOR, name, _FINNISH
    for series in document.series:
        yield Field.SERIES, series, own | _FINNISH
    for subject in (*document.subjects, *document.genres):
        yield Field.SUBJECT, subject, ALL_LANGUAGES
    if document.publisher:
        yield Field.PUBLISHER, document.publisher, _FINNISH
    for text in document.rest:
        yield Field.REST, text, own | _FINNISH


def title_keys(document: SearchDocument) -> tuple[str, ...]:
    """The whole titles that somebody may type: these come first when they match."""
    return _once(
        key(title)[:LONGEST_VALUE]
        for title in (
            document.title,
            document.short_title,
            document.title_sort,
            without_article(document),
            *document.other_titles,
        )
    )


def without_article(document: SearchDocument) -> str:
    """The short title without the article that the sorting title lacks."""
    article = document.title.removesuffix(document.title_sort)
    return document.short_title.removeprefix(article)


def title_starts(document: SearchDocument) -> tuple[str, ...]:
    """The first word, the first two words and so on of its titles."""
    starts: list[str] = []
    for title in title_keys(document):
        words = title.split(" ", MOST_TITLE_STARTS)[:MOST_TITLE_STARTS]
        starts += accumulate(words, "{} {}".format)
    return _once(starts)


def sort_keys(document: SearchDocument) -> tuple[str, str]:
    """By title and by main author, in Finnish order; without author comes last."""
    title = sort_key(document.title_sort or document.title)[:LONGEST_VALUE]
    author = sort_key(document.main_author)[:LONGEST_VALUE]
    return title, f"{author or '~'} {title}"[:LONGEST_VALUE]

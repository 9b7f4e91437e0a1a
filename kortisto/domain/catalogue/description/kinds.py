"""What a description is made of. All values are tidied text, numbers and codes."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from msgspec import Struct


class Material(StrEnum):
    """What kind of thing a title is; codes as Finnish libraries write them."""

    BOOK = "KIRJA"
    EASY_READING = "SELKO"
    EBOOK = "EKIRJA"
    AUDIOBOOK = "AANIKIRJA"
    E_AUDIOBOOK = "EAANIKIRJA"
    ARTICLE = "ARTIKKELI"
    MAGAZINE = "LEHTI"
    NEWSPAPER = "SANOMALEHTI"
    SCORE = "NUOTTI"
    CD = "CD"
    LP = "LP"
    DVD = "DVD"
    BLURAY = "BLURAY"
    GAME = "PELI"
    BOARD_GAME = "LAUTAPELI"
    MAP = "KARTTA"
    PICTURE = "KUVA"
    THING = "ESINE"
    ONLINE = "VERKKO"
    OTHER = "MUU"


class NameKind(StrEnum):
    PERSON = "person"
    CORPORATE = "corporate"
    MEETING = "meeting"


class TermKind(StrEnum):
    TOPIC = "topic"
    PLACE = "place"
    TIME = "time"
    PERSON = "person"
    CORPORATE = "corporate"
    MEETING = "meeting"
    WORK = "work"
    GENRE = "genre"
    FREE = "free"


class IdentifierKind(StrEnum):
    ISBN = "isbn"
    ISSN = "issn"
    EAN = "ean"
    ISMN = "ismn"
    ISRC = "isrc"
    PUBLISHER_NUMBER = "publisher"
    SYSTEM_NUMBER = "system"
    OTHER = "other"


class Contributor(Struct, frozen=True, kw_only=True, gc=False):
    """A person or body with a part in the work."""

    name: str
    kind: NameKind
    dates: str = ""
    roles: tuple[str, ...] = ()  # as written in $e
    role_codes: tuple[str, ...] = ()  # MARC relator codes, from $4 or known words
    original_script: str = ""  # the same name in its own script, from 880
    authority: str = ""  # $0
    is_main: bool = False  # from 100, 110 or 111


class Identifier(Struct, frozen=True, kw_only=True, gc=False):
    """A number under which the publication is known.

    `value` is normalised: ISBN to 13 digits, ISSN and EAN to digits only, publisher
    number with its source in `qualifier`. A number that fails its check digit or is
    said to be cancelled is kept with `is_valid` false and never used to match.
    """

    kind: IdentifierKind
    value: str
    qualifier: str = ""
    is_valid: bool = True


class Classification(Struct, frozen=True, kw_only=True, gc=False):
    """A class in a scheme: ykl, udk, ddc, lcc or what 084 $2 says."""

    scheme: str
    value: str


class Term(Struct, frozen=True, kw_only=True, gc=False):
    """A subject or genre term and the vocabulary it is from, such as yso/fin."""

    text: str
    kind: TermKind
    source: str = ""
    uri: str = ""


class Series(Struct, frozen=True, kw_only=True, gc=False):
    title: str
    number: str = ""
    issn: str = ""


class Host(Struct, frozen=True, kw_only=True, gc=False):
    """What this is a part of (773)."""

    control_number: str = ""
    control_source: str = ""
    title: str = ""
    part: str = ""  # where in the host: volume, pages, track
    identifiers: tuple[str, ...] = ()  # ISSN and ISBN as written


class Link(Struct, frozen=True, kw_only=True, gc=False):
    """An address (856). `relation` is the second indicator: 0 is the thing itself."""

    url: str
    text: str = ""
    relation: str = ""


class NoteText(Struct, frozen=True, kw_only=True, gc=False):
    """A public note and the field it is from."""

    tag: str
    text: str


class Description(Struct, frozen=True, kw_only=True, gc=False):
    """What a record says about a title, ready for columns, search and display.

    Texts are "" and tuples empty where the record says nothing.
    """

    control_number: str
    control_source: str
    entered_on: date | None  # 008/00-05
    changed: str  # 005 as written, yyyymmddhhmmss.f without a zone

    title: str
    short_title: str  # 245 $a with $n and $p, without the rest of the title
    title_sort: str  # title without its article; see sort_key for the key
    title_original_script: str
    other_titles: tuple[str, ...]
    uniform_title: str
    responsibility: str
    edition: str

    main_author: Contributor | None
    contributors: tuple[Contributor, ...]  # the main author first

    identifiers: tuple[Identifier, ...]

    languages: tuple[str, ...]  # MARC codes, three letters
    original_languages: tuple[str, ...]
    subtitle_languages: tuple[str, ...]
    spoken_languages: tuple[str, ...]
    country: str  # MARC country code

    material: Material
    local_material: str  # 942 $c as written

    year: int | None
    end_year: int | None  # last year of a run; None while it goes on
    publisher: str
    place: str
    publication: str  # place, publisher and date in one line
    extent: str
    series: tuple[Series, ...]

    ykl: str
    classes: tuple[Classification, ...]
    subjects: tuple[Term, ...]
    genres: tuple[Term, ...]

    audience: str  # 008/22, "" when not coded
    audience_notes: tuple[str, ...]
    is_juvenile: bool
    age_limit: int | None  # years; 0 is "for everybody"
    is_fiction: bool | None  # None when the record does not say

    summary: str
    contents: tuple[str, ...]
    notes: tuple[NoteText, ...]
    host: Host | None
    is_component: bool
    links: tuple[Link, ...]

    def values_of(self, kind: IdentifierKind) -> tuple[str, ...]:
        """The valid numbers of one kind."""
        return tuple(
            [
                each.value
                for each in self.identifiers
                if each.kind is kind and each.is_valid
            ]
        )

    @property
    def isbns(self) -> tuple[str, ...]:
        """Valid ISBNs as 13 digits."""
        return self.values_of(IdentifierKind.ISBN)

    @property
    def authors(self) -> tuple[str, ...]:
        """Names of those who made the work; the main author first."""
        return tuple(
            [
                each.name
                for each in self.contributors
                if each.is_main or not CREATOR_CODES.isdisjoint(each.role_codes)
            ]
        )


CREATOR_CODES = frozenset({"aut", "cre", "cmp", "art", "cng", "aus", "lyr", "lbt"})
"""Relators that make a work: author, creator, composer, artist, writer of words."""

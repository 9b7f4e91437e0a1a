"""Find patrons. Only what is needed to choose comes back (PAT-2)."""

from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BinaryField, F, Func, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Upper
from django.db.models.lookups import GreaterThan
from django.db.models.sql.compiler import SQLCompiler

from kortisto.core.text import ControlCharacters, card_code, fold
from kortisto.domain.patrons.models import Card, Patron, PatronWord
from kortisto.domain.patrons.name_keys import marks_of, range_of

MOST = 20
SHORTEST_WORD = 2
MOST_WORDS = 8
WORDS_ALIKE = 5  # hardly a name has more words that begin alike


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patron in a list to choose from: no address, no phone, no whole birth date."""

    id: int
    name: str
    born_year: int | None
    home_library_id: int
    category: str


def patron_by_card(number: str) -> int | None:
    """The id of the patron whose active card this is."""
    found = cards_numbered(number).filter(active=True)
    return found.values_list("patron_id", flat=True).first()


def cards_numbered(number: str) -> QuerySet[Card]:
    """The card with a number, old or active, whatever the letter case (S21).

    None has a number with characters that cannot be seen.
    """
    try:
        code = card_code(number)
    except ControlCharacters:
        return Card.objects.none()
    return Card.objects.alias(code=Upper("number")).filter(code=code)


def active_card(patron_id: int) -> Card | None:
    return Card.objects.filter(patron_id=patron_id, active=True).first()


def find_patrons(text: str) -> list[Candidate]:
    """Patrons by words of the name in any order, each a beginning of a word.

    An empty search finds nothing. At most ``MOST`` come back: those who are called
    exactly what the longest word says first, else in the order of names.
    """
    words = [word for word in fold(text).split() if len(word) >= SHORTEST_WORD]
    if not words:
        return []
    leading, *others = sorted(set(words), key=len, reverse=True)[:MOST_WORDS]
    first, last = range_of(leading)
    found = PatronWord.objects.filter(
        *(_has_word(word) for word in others), key__gte=first, key__lt=last
    )
    keys = found.order_by("key", "patron_id").values_list("patron_id", flat=True)
    ids = list(dict.fromkeys(keys[: MOST * WORDS_ALIKE]))[:MOST]
    patrons = Patron.objects.in_bulk(ids)
    return [_candidate(patrons[id_]) for id_ in ids if id_ in patrons]


def _candidate(patron: Patron) -> Candidate:
    return Candidate(
        id=patron.pk,
        name=patron.full_name,
        born_year=None if patron.born_on is None else patron.born_on.year,
        home_library_id=patron.home_library_id,
        category=str(patron.category_id),
    )


def _has_word(beginning: str) -> Q:
    """Whether a word of the name begins so: the index has the name, no row is read."""
    one, other = marks_of(beginning)
    return Q(GreaterThan(_PlaceInKey(one), 0)) | Q(GreaterThan(_PlaceInKey(other), 0))


class _PlaceInKey(Func):
    """Where some bytes stand in the key; 0 when they do not."""

    function = "INSTR"
    output_field = IntegerField()

    def __init__(self, wanted: bytes) -> None:
        super().__init__(F("key"), Value(wanted, output_field=BinaryField()))

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper
    ) -> tuple[str, Any]:
        return self.as_sql(compiler, connection, function='"position"')

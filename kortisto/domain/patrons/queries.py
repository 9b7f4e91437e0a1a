"""Find patrons. Only what is needed to choose comes back (PAT-2)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Upper

from kortisto.core.text import card_code, fold
from kortisto.domain.patrons.models import Card, PatronWord
from kortisto.domain.patrons.name_keys import range_of

MOST = 20
SHORTEST_WORD = 2
MOST_WORDS = 8


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
    """The card with a number, old or active, whatever the letter case (S21)."""
    return Card.objects.alias(code=Upper("number")).filter(code=card_code(number))


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
        ~Exists(_other_words(leading).filter(key__lt=OuterRef("key"))),
        *(Exists(_other_words(word)) for word in others),
        key__gte=first,
        key__lt=last,
    )
    rows = found.order_by("key", "patron_id").values_list(
        "patron_id",
        "patron__surname",
        "patron__first_names",
        "patron__born_on",
        "patron__home_library_id",
        "patron__category",
    )[:MOST]
    return [
        Candidate(
            id=id_,
            name=", ".join(part for part in (surname, first) if part),
            born_year=born.year if isinstance(born, date) else None,
            home_library_id=home,
            category=str(category),
        )
        for id_, surname, first, born, home, category in rows
    ]


def _other_words(beginning: str) -> QuerySet[PatronWord]:
    """Words of the same patron as the row outside that begin so."""
    first, last = range_of(beginning)
    return PatronWord.objects.filter(
        patron_id=OuterRef("patron_id"), key__gte=first, key__lt=last
    )

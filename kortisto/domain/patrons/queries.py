"""Find patrons. Only what is needed to choose comes back (PAT-2)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.db.models.functions import Upper

from kortisto.core.text import card_code, fold
from kortisto.domain.patrons.models import Card, Patron

MOST = 20
SHORTEST_WORD = 2


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

    An empty search finds nothing. At most ``MOST`` come back, in the order of names.
    """
    words = [word for word in fold(text).split() if len(word) >= SHORTEST_WORD]
    if not words:
        return []
    wanted = Q()
    for word in words:
        wanted &= Q(name_words__contains=f" {word}")
    rows = (
        Patron.objects.filter(wanted)
        .order_by("surname", "first_names", "pk")
        .values_list(
            "id", "surname", "first_names", "born_on", "home_library_id", "category"
        )[:MOST]
    )
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

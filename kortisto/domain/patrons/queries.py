"""Find patrons. Only what is needed to choose comes back (PAT-2)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BinaryField, F, Func, IntegerField, Q, QuerySet, Value
from django.db.models.functions import Upper
from django.db.models.lookups import GreaterThan
from django.db.models.sql.compiler import SQLCompiler

from kortisto.core.text import ControlCharacters, card_code, fold
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.settings import LOAN_BAN_CENTS, VALIDITY_MONTHS
from kortisto.domain.patrons.category_terms import ChargeTerms, charge_limits
from kortisto.domain.patrons.hold_identifiers import hold_key
from kortisto.domain.patrons.models import (
    Card,
    CardValidity,
    Patron,
    PatronCategory,
    PatronWord,
)
from kortisto.domain.patrons.name_keys import (
    INSIDE,
    NAME,
    marks_of,
    range_of,
    range_of_word,
)
from kortisto.domain.patrons.personal_data import ERASED
from kortisto.domain.patrons.rules import CategoryTerms, validity
from kortisto.domain.patrons.sql import HoldKey

MOST = 20
SHORTEST_WORD = 2
MOST_WORDS = 8
MERGED = "merged into "  # why one of two records of a person was deleted
WORDS_ALIKE = 5  # hardly a name has more words that begin alike


class Match(StrEnum):
    """How much of a word of a name or an address was typed (PAT-1)."""

    EXACT = "exact"
    STARTS = "starts"
    CONTAINS = "contains"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A patron in a list to choose from: no address, no phone, no whole birth date."""

    id: int
    name: str
    born_year: int | None
    home_library_id: int | None  # None: not to be told (GDP-5)
    category: str


def patron_by_card(number: str) -> int | None:
    """The id of the patron whose active card this is."""
    found = cards_numbered(number).filter(active=True, patron__binned_at=None)
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


def patrons_holding(identifier: str) -> QuerySet[Patron]:
    """Whoever has a hold identifier, however it is spaced and capitalised (S23)."""
    key = hold_key(identifier)
    return Patron.objects.alias(key=HoldKey("hold_identifier")).filter(key=key)


def queued_at(units: Collection[int], *, of: str = "") -> Q:
    """Patrons whose affairs wait at these home libraries; ``of`` leads to the patron.

    Protected ones wait everywhere: a queue of one library must not tell where they
    are at home (GDP-5).
    """
    at_home = Q(**{f"{of}home_library__in": units})
    return at_home | Q(**{f"{of}is_protected": True})


def active_card(patron_id: int) -> Card | None:
    return Card.objects.filter(patron_id=patron_id, active=True).first()


def terms_of(category: PatronCategory) -> CategoryTerms:
    """What the rules look at of a category."""
    return CategoryTerms(
        kind=category.kind,
        min_age=category.min_age,
        max_age=category.max_age,
        may_have_guardian=category.may_have_guardian,
        needs_guardian=category.needs_guardian,
        needs_identity=category.needs_identity,
        card_required=category.card_required,
    )


def own_charges_that_bar(
    category: PatronCategory, library_id: int | None
) -> int | None:
    """The largest sum of a patron's own charges with which they borrow; None: any."""
    terms = ChargeTerms(bar=category.charges_bar, own=category.loan_ban_cents)
    setting = organisation().setting(LOAN_BAN_CENTS, library_id).value
    return charge_limits(terms, setting=setting).own.cents


def months_of_validity(category: PatronCategory, library_id: int) -> int:
    """For how many months a card of the category is good at a home library (S14)."""
    own = CardValidity.objects.filter(category=category, group__libraries=library_id)
    setting = organisation().setting(VALIDITY_MONTHS, library_id).value
    months = own.values_list("months", flat=True)
    return validity(list(months), category.validity_months, setting)


def in_bin() -> QuerySet[Patron]:
    """Patrons who have been deleted and can still be taken back, the latest first.

    One of two records that were merged is taken back by undoing that.
    """
    return bin_and_merged().exclude(bin_reason__startswith=MERGED)


def bin_and_merged() -> QuerySet[Patron]:
    """Everybody who goes for good after a month; not a row kept for the law."""
    binned = Patron.objects.exclude(binned_at=None).order_by("-binned_at", "-pk")
    return binned.exclude(bin_reason=ERASED, surname=ERASED)


def find_patrons(text: str) -> list[Candidate]:
    """Patrons by words of the name in any order, each a beginning of a word.

    An empty search finds nothing. At most ``MOST`` come back: those who are called
    exactly what the longest word says first, else in the order of names.
    """
    return candidates(ids_by_words(text)[:MOST])


def ids_by_words(
    text: str, *, of: str = NAME, match: Match = Match.STARTS
) -> list[int]:
    """Ids of patrons by words of the ``NAME`` or the ``ADDRESS``.

    One more than ``MOST`` may come back, so that it can be told that there are more.
    """
    words = [word for word in fold(text).split() if len(word) >= SHORTEST_WORD]
    if not words:
        return []
    leading, *others = sorted(set(words), key=_telling)[:MOST_WORDS]
    ways = {
        Match.STARTS: _starting,
        Match.EXACT: _equal,
        Match.CONTAINS: _containing,
    }
    found: dict[int, None] = {}
    for rows in ways[match](of, leading, others):
        keys = rows.order_by("key", "patron_id").values_list("patron_id", flat=True)
        found |= dict.fromkeys(keys[: MOST * WORDS_ALIKE])
        if len(found) > MOST:
            break
    return list(found)[: MOST + 1]


def _telling(word: str) -> tuple[bool, int, str]:
    """The word that tells most comes first: names and streets before numbers."""
    return word[0].isdigit(), -len(word), word


def _starting(
    of: str, leading: str, others: list[str]
) -> Iterator[QuerySet[PatronWord]]:
    yield _beginning(of + leading).filter(*(_has_word(word) for word in others))


def _equal(of: str, leading: str, others: list[str]) -> Iterator[QuerySet[PatronWord]]:
    found = _being(of + leading)
    for word in others:
        having = _being(of + word).values("patron_id")
        found = found.filter(patron_id__in=having)
    yield found


def _containing(
    of: str, leading: str, others: list[str]
) -> Iterator[QuerySet[PatronWord]]:
    """Those with a word that begins so, then those with a word that goes on so."""
    having = [Q(GreaterThan(_PlaceInKey(word.encode()), 0)) for word in others]
    yield _beginning(of + leading).filter(*having)
    yield _beginning(INSIDE + of + leading).filter(*having)


def _beginning(word: str) -> QuerySet[PatronWord]:
    first, last = range_of(word)
    return PatronWord.objects.filter(key__gte=first, key__lt=last)


def _being(word: str) -> QuerySet[PatronWord]:
    first, last = range_of_word(word)
    return PatronWord.objects.filter(key__gte=first, key__lt=last)


def candidates(ids: Collection[int]) -> list[Candidate]:
    """Those of the patrons who are in the register, in the order of the ids."""
    patrons = Patron.objects.filter(binned_at=None).in_bulk(list(ids))
    return [_candidate(patrons[id_]) for id_ in ids if id_ in patrons]


def _candidate(patron: Patron) -> Candidate:
    return Candidate(
        id=patron.pk,
        name=patron.full_name,
        born_year=None if patron.born_on is None else patron.born_on.year,
        home_library_id=None if patron.is_protected else patron.home_library_id,
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

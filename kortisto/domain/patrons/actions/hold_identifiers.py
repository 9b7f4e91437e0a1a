"""Find a free hold identifier, and refuse one that is not (S23)."""

from secrets import randbelow
from typing import Final

from django.db.models import Count
from django.db.models.functions import Upper

from kortisto.core.refusals import Refusal
from kortisto.domain.org.models import Staff
from kortisto.domain.patrons.hold_identifiers import (
    Below,
    hold_key,
    rarest,
    tries,
)
from kortisto.domain.patrons.models import Card, Patron
from kortisto.domain.patrons.queries import patrons_holding
from kortisto.domain.patrons.reasons import Reason, about
from kortisto.domain.patrons.sql import LastFour

FIELD: Final = "hold_identifier"
AT_ONCE: Final = 24  # among so many the rarest ending is looked for


def why_not(identifier: str, *, patron_id: int | None) -> list[Refusal]:
    """Why a patron cannot have an identifier; ``patron_id`` None: a new patron.

    Whose the card or the log-in is, is not told: only that it is one.
    """
    others = patrons_holding(identifier).values_list("pk", flat=True)
    if any(other != patron_id for other in others):
        return [about(FIELD, Reason.HOLD_IDENTIFIER_TAKEN)]
    if _is_a_number([hold_key(identifier)]):
        return [about(FIELD, Reason.HOLD_IDENTIFIER_IS_A_NUMBER)]
    return []


def _is_a_number(keys: list[str]) -> set[str]:
    """Those of the keys that are card numbers or log-in names of staff."""
    cards = Card.objects.alias(key=Upper("number")).filter(key__in=keys)
    staff = Staff.objects.alias(key=Upper("username")).filter(key__in=keys)
    return {
        *cards.values_list(Upper("number"), flat=True),
        *staff.values_list(Upper("username"), flat=True),
    }


def new_hold_identifier(library_id: int, *, below: Below = randbelow) -> str:
    """Eight digits that nobody has, with an ending that is rare at the library.

    Somebody may take it before it is written: the database has the last word.
    """
    while True:
        candidates = tries(AT_ONCE, below=below)
        taken = _is_a_number(candidates) | set(
            Patron.objects.filter(hold_identifier__in=candidates).values_list(
                "hold_identifier", flat=True
            )
        )
        endings = (
            Patron.objects.filter(home_library_id=library_id)
            .alias(ending=LastFour("hold_identifier"))
            .filter(ending__in=[one[-4:] for one in candidates])
            .values_list(LastFour("hold_identifier"))
            .annotate(patrons=Count("pk"))
        )
        for one in rarest(candidates, dict(endings)):
            if one not in taken:
                return one

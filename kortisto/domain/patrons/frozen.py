"""Patrons whose data may be kept and not used: its processing is restricted (GDP-2).

Somebody who contests what is held on them, or needs it kept for a claim, can demand
it (GDPR, article 18). It is a restriction of a type of its own, so nobody borrows or
opens a door meanwhile; besides, nothing is erased, merged, changed or forgotten until
it is lifted.

Every action about a patron either asks ``refuse_if_frozen`` (most of them by
``writing.to_change``), or is named with its reason in tests/test_frozen_patrons.py.
What goes on in spite of it only ever closes something, or is the patron's own: a card
is reported lost, patrons change their PIN, a guardian sees nothing any more, a wish to
be erased is taken back, somebody is banned from open libraries. Waiting with such a
thing could do harm, to the patron or to others, and the law lets both be protected.
What the population register says is written too: an order of protection must never
wait (GDP-5). So is it lifted itself, and everybody may read what is held on them.
"""

from typing import Any, Final

from django.db.models import QuerySet

from kortisto.core.refusals import Refusal
from kortisto.domain.patrons.models import Restriction
from kortisto.domain.patrons.reasons import Reason, unfit

FROZEN: Final = "processing"  # the code of the type


def frozen_patrons() -> "QuerySet[Restriction, Any]":
    """Ids of those patrons, for use inside another query."""
    return _standing().values("patron_id")


def is_frozen(*patron_ids: int) -> bool:
    """Whether the data of one of the patrons may not be used."""
    return _standing().filter(patron_id__in=patron_ids).exists()


def refuse_if_frozen(*patron_ids: int) -> None:
    """Raises Unfit when the data of one of the patrons, who are locked, is kept so."""
    if is_frozen(*patron_ids):
        raise unfit(Refusal(Reason.PROCESSING_RESTRICTED))


def _standing() -> "QuerySet[Restriction]":
    """It has no last day: only a person lifts it, after telling the patron."""
    return Restriction.objects.filter(type__code=FROZEN, lifted_at=None)

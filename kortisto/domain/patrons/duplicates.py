"""Who may be registered already (PAT-6)."""

from datetime import date

from kortisto.core.text import fold
from kortisto.domain.patrons.models import Patron


def same_people(
    surname: str, first_names: str, born_on: date | None, *, but: int | None = None
) -> list[int]:
    """Ids of patrons with the same name and date of birth, the oldest record first.

    Capitals, accents and spaces make no difference. ``but`` is left out.
    """
    if born_on is None:
        return []
    born_then = Patron.objects.filter(born_on=born_on, binned_at=None)
    rows = born_then.order_by("pk").values_list("pk", "surname", "first_names")
    name = fold(f"{surname} {first_names}")
    same = [pk for pk, last, first in rows if fold(f"{last} {first}") == name]
    return [pk for pk in same if pk != but]

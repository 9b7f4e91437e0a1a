"""What counts as acquired, and when (S13, REP-4). Statistics ask here and nowhere else.

An item is an acquisition of the day on which the library got it, whenever somebody
wrote it into the register: that is what the yearly statistics of the Ministry ask for.
An item whose day nobody knows is one of no year; neither is *old stock*, which had
been on the shelf for long when it came into the register. That is a mark of its own,
beside the day. A day alone would not do: made up, it falsifies the statistics of some
year, and left empty, it is no different from one that was forgotten.
"""

from datetime import date

from django.db.models import QuerySet

from kortisto.domain.catalogue.models import Item


def acquired_between(first: date, last: date) -> QuerySet[Item]:
    """Items acquired on these days, both included; withdrawn ones too."""
    return Item.objects.filter(acquired_on__range=(first, last), old_stock=False)


def acquired_in(year: int) -> QuerySet[Item]:
    return acquired_between(date(year, 1, 1), date(year, 12, 31))


def year_acquired(item: Item) -> int | None:
    """The year that counts the item; None when none does."""
    if item.old_stock or item.acquired_on is None:
        return None
    return item.acquired_on.year

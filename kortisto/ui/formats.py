"""How values are written for people: money, days, moments, numbers."""

from datetime import date, datetime
from typing import Final

from django.utils.formats import number_format
from django.utils.timezone import localtime

from kortisto.core.days import written

NARROW: Final = "\N{NO-BREAK SPACE}"
MINUS: Final = "\N{MINUS SIGN}"


def money(cents: int) -> str:
    """``123450`` → ``1 234,50 €`` in every language (DESIGN 8: a comma)."""
    whole, rest = divmod(abs(cents), 100)
    sign = MINUS if cents < 0 else ""
    grouped = f"{whole:,}".replace(",", NARROW)
    return f"{sign}{grouped},{rest:02d}{NARROW}€"


def day(value: date) -> str:
    """``d.m.yyyy``; a moment is told as the day it falls on in Helsinki."""
    if isinstance(value, datetime):
        value = localtime(value).date()
    return written(value)


def moment(value: datetime) -> str:
    """``d.m.yyyy h.mm`` on the clock of Helsinki."""
    local = localtime(value)
    return f"{day(local.date())}{NARROW}{local.hour}.{local.minute:02d}"


def count(value: int) -> str:
    """A number with its thousands set apart, as the active language does."""
    return number_format(value, use_l10n=True, force_grouping=True)

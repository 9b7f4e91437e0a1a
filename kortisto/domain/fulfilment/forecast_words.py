"""Say a forecast and what it follows from in words, in the reader's language. Pure."""

from collections.abc import Iterator
from math import ceil
from statistics import median
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kortisto.domain.fulfilment.forecasting import (
    Forecast,
    ForecastFacts,
    forecast,
)

WEEK, MONTH = 7, 30
DAYS_UNTIL: Final = 13  # the longest wait that is told in days
WEEKS_UNTIL: Final = 26 * 7


def wait_words(facts: ForecastFacts | None) -> str:
    """The range as one would say it; empty where nothing can be said."""
    told = None if facts is None else forecast(facts)
    return "" if told is None else in_words(told)


def in_words(told: Forecast) -> str:
    """``3–5 weeks``: rounded outwards, in the unit that one would say."""
    if told.last <= DAYS_UNTIL:
        first, last = told.first, max(told.last, 1)
        return _range(
            first, last, ngettext("{range} day", "{range} days", _many(first, last))
        )
    unit = WEEK if told.last <= WEEKS_UNTIL else MONTH
    first, last = told.first // unit, ceil(told.last / unit)
    if unit == WEEK:
        return _range(
            first, last, ngettext("{range} week", "{range} weeks", _many(first, last))
        )
    return _range(
        first, last, ngettext("{range} month", "{range} months", _many(first, last))
    )


def _many(first: int, last: int) -> int:
    """What the word agrees with: a range is many."""
    return last if first >= last else last + 1


def _range(first: int, last: int, sentence: str) -> str:
    return sentence.format(range=f"{first}–{last}" if first < last else f"{last}")


def why_so_long(facts: ForecastFacts) -> Iterator[str]:
    """Each fact of the forecast, for staff who are asked about it."""
    yield ngettext(
        "{number} hold stands before it.",
        "{number} holds stand before it.",
        facts.before,
    ).format(number=facts.before)
    if facts.resting:
        yield ngettext(
            "{number} more before it is suspended or waits for its turn.",
            "{number} more before it are suspended or wait for their turn.",
            facts.resting,
        ).format(number=facts.resting)
    yield ngettext(
        "{number} copy can be lent, {free} of them free now, {overdue} overdue.",
        "{number} copies can be lent, {free} of them free now, {overdue} overdue.",
        facts.copies,
    ).format(number=facts.copies, free=facts.free, overdue=facts.overdue)
    if facts.loans:
        yield ngettext(
            "{number} loan has been looked at: {median} days.",
            "{number} loans have been looked at: half of them lasted {median} days at "
            "the most.",
            len(facts.loans),
        ).format(number=len(facts.loans), median=round(median(facts.loans)))
    else:
        yield _("No loan has ended yet that would tell how long loans last.")
    first, last = facts.journey
    sentence = ngettext(
        "The journey to the pick-up library takes {range} day.",
        "The journey to the pick-up library takes {range} days.",
        _many(first, last),
    )
    yield _range(first, last, sentence)
    if facts.passes:
        yield ngettext(
            "{number} hold behind it may be served before it.",
            "{number} holds behind it may be served before it.",
            facts.passes,
        ).format(number=facts.passes)

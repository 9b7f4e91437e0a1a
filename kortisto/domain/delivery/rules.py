"""On which days a round goes. Pure."""

from datetime import date, timedelta
from typing import Final

WEEK: Final = timedelta(days=7)
MOST_WEEKS: Final = 12
MOST_ITEMS: Final = 50


def next_day(first_on: date, every_weeks: int, today: date) -> date:
    """The next day on which a round goes, today included."""
    if today <= first_on:
        return first_on
    step = every_weeks * WEEK
    gone = (today - first_on + step - timedelta(days=1)) // step
    return first_on + gone * step

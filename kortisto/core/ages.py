"""How old somebody is."""

from datetime import date


def completed_years(born_on: date, today: date) -> int:
    """Age in completed years.

    Somebody born on 29 February is a year older on 1 March of a common year.
    """
    before_birthday = (today.month, today.day) < (born_on.month, born_on.day)
    return today.year - born_on.year - before_birthday

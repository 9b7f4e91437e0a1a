"""How a day is written for people."""

from datetime import date


def written(day: date) -> str:
    """``24.12.2026``: the same in every language of ours."""
    return f"{day.day}.{day.month}.{day.year}"

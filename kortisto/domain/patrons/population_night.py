"""A night of the population register: every municipality that follows it, in turn."""

from collections import Counter
from dataclasses import asdict
from typing import Final

from kortisto.core.actors import job_actor
from kortisto.core.failures import AdapterError
from kortisto.core.jobs import JobContext
from kortisto.domain.patrons.actions.population_feed import (
    Followed,
    Manner,
    Records,
    follow,
)
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.population_query import followers, population_register

MOST_NAMED: Final = 20  # unknown groups in the result
COUNTS: Final = ("pages", "changes", "patrons", "changed", "errands", "not_found")


def follow_all(context: JobContext, records: Records) -> dict[str, object]:
    """Bring all up to date; what it came to, by count.

    A municipality in trouble stops none of the others; at the end AdapterError tells
    of all that were. Run again, those who are up to date cost one question.
    """
    by = job_actor(PatronPermission.EDIT, PatronPermission.RESTRICT)
    total = Followed()
    troubles: list[tuple[str, AdapterError]] = []
    for node in followers():
        if context.cancelled:
            break
        seen = total.changes

        def progress(
            changes: int, *, before: int = seen, code: str = node.code
        ) -> None:
            context.progress(before + changes, note=code)

        manner = Manner(progress=progress, stopped=lambda: context.cancelled)
        try:
            register = population_register(node.id)
            told = follow(
                node.id, register, records, by=by, now=context.now, manner=manner
            )
        except AdapterError as error:
            troubles.append((node.code, error))
        else:
            _add(total, told)
    if troubles:
        words = "; ".join(f"{code}: {error}" for code, error in troubles)
        raise AdapterError(words, permanent=all(one.permanent for _, one in troubles))
    return result(total)


def _add(total: Followed, told: Followed) -> None:
    for name in COUNTS:
        setattr(total, name, getattr(total, name) + getattr(told, name))
    total.unknown.update(told.unknown)


def result(told: Followed) -> dict[str, object]:
    """Counts for the page of jobs; unknown groups by name, the most frequent first."""
    counted: dict[str, object] = {
        name: count for name, count in asdict(told).items() if name in COUNTS
    }
    named = Counter(told.unknown).most_common(MOST_NAMED)
    counted["unknown"] = ", ".join(f"{name} ({count})" for name, count in named)
    return counted

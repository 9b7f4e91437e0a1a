"""What each library has decided, from the organisation in memory. No queries."""

from collections.abc import Iterable
from datetime import date
from typing import TypeVar

from kortisto.domain.entry import settings as declared
from kortisto.domain.entry.rules import Conditions
from kortisto.domain.org.settings import Setting, Sourced
from kortisto.domain.org.tree import Organisation

T = TypeVar("T")


def conditions_of(
    tree: Organisation, library_id: int, days: Iterable[date]
) -> Conditions:
    """The conditions of a library, with its openings on the days given.

    It is set up when it is marked as open without staff and has such hours.
    """

    def value(setting: Setting[T]) -> Sourced[T]:
        return tree.setting(setting, library_id)

    calendar = tree.calendar(library_id)
    return Conditions(
        library_id=library_id,
        set_up=tree.unit(library_id).self_service
        and any(one.opening.self_service for one in calendar.weekly),
        terms_version=value(declared.TERMS_VERSION),
        guardian_age=value(declared.GUARDIAN_AGE),
        guardian_must_permit=value(declared.GUARDIAN_MUST_PERMIT),
        categories=value(declared.CATEGORIES),
        min_age=value(declared.MIN_AGE),
        expired_denies=value(declared.EXPIRED_DENIES),
        restriction_denies=value(declared.RESTRICTION_DENIES),
        debt_limit_cents=value(declared.DEBT_LIMIT_CENTS),
        days={day: calendar.hours(day) for day in days},
    )

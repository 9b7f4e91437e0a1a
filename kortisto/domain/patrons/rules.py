"""What is decided about patrons: ages, forms, families, messages. Pure functions.

The only place that knows when a year of life is complete (PAT-5): the form, the
nightly job, age limits of lending and what a guardian may see all ask here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from dateutil.relativedelta import relativedelta

from kortisto.core.ages import completed_years
from kortisto.core.refusals import Refusal
from kortisto.domain.patrons.category_kinds import (
    ACCOUNTS,
    NAMED_AS_PEOPLE,
    PRIVATE_PEOPLE,
)
from kortisto.domain.patrons.reasons import Reason, about

GROWN_UP: Final = 18  # completed years; the age at which guardianship ends by law


def is_minor(born_on: date | None, today: date) -> bool:
    return born_on is not None and completed_years(born_on, today) < GROWN_UP


def expiry(day: date, months: int) -> date:
    """The last good day: the same day so many months on, or that month's last."""
    later: date = day + relativedelta(months=months)
    return later


# --- what a category asks for ---------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryTerms:
    """What the rules look at of a category. Ages include both ends."""

    kind: str = "person"
    min_age: int | None = None
    max_age: int | None = None
    may_have_guardian: bool = False
    needs_guardian: bool = False
    needs_identity: bool = False
    card_required: bool = True


class Part(StrEnum):
    """A part of the form about a patron (PAT-4)."""

    NAME = "name"
    WHOLE_NAME = "whole-name"  # one field: an organisation, a device
    BIRTH = "birth"
    IDENTITY = "identity"
    BUSINESS = "business"
    GUARDIANS = "guardians"
    CONTACT = "contact"
    CARD = "card"
    LOG_IN = "log-in"  # PIN and hold identifier
    MESSAGES = "messages"


def parts_of_form(terms: CategoryTerms) -> frozenset[Part]:
    """Which parts of the form a category needs, to show and hide on an open form.

    What was typed into a part that a change of category hides is not lost: it is not
    sent, and comes back with the part.
    """
    parts = {Part.CARD, Part.CONTACT}
    parts |= (
        {Part.NAME, Part.BIRTH} if terms.kind in NAMED_AS_PEOPLE else {Part.WHOLE_NAME}
    )
    if terms.kind == "organisation":
        parts.add(Part.BUSINESS)
    if terms.kind in PRIVATE_PEOPLE:
        parts.add(Part.IDENTITY)
    if terms.may_have_guardian:
        parts.add(Part.GUARDIANS)
    if terms.kind not in ACCOUNTS:
        parts |= {Part.MESSAGES, Part.LOG_IN}
    return frozenset(parts)


def category_fits(
    terms: CategoryTerms, *, born_on: date | None, guardians: int, today: date
) -> list[Refusal]:
    """Why a person cannot be in a category: age, guardians.

    The date of birth must be known of a person (S22), and elsewhere where the
    category has an oldest age.
    """
    return [
        *_age_fits(terms, born_on, today),
        *_guardians_fit(terms, guardians),
    ]


def _age_fits(terms: CategoryTerms, born_on: date | None, today: date) -> list[Refusal]:
    least, most = terms.min_age, terms.max_age
    if born_on is not None and born_on > today:
        return [about("born_on", Reason.BORN_LATER)]
    if terms.kind not in NAMED_AS_PEOPLE:
        return []
    if born_on is None:
        asked = most is not None or terms.kind in PRIVATE_PEOPLE
        return [about("born_on", Reason.NEEDS_BIRTH_DATE)] if asked else []
    age = completed_years(born_on, today)
    if (least is None or age >= least) and (most is None or age <= most):
        return []
    ages = f"{least or 0}–{'' if most is None else most}"
    return [about("category", Reason.AGE_DOES_NOT_FIT, ages=ages, age=age)]


def _guardians_fit(terms: CategoryTerms, guardians: int) -> list[Refusal]:
    if terms.needs_guardian and guardians == 0:
        return [about("guardians", Reason.NEEDS_GUARDIAN)]
    if guardians and not terms.may_have_guardian:
        return [about("guardians", Reason.HAS_NO_GUARDIANS)]
    return []


def dates_fit(
    *,
    registered_on: date | None,
    expires_on: date,
    second_from_on: date | None,
    second_until_on: date | None,
) -> list[Refusal]:
    """Dates of a record that cannot stand together."""
    wrong = []
    if registered_on is not None and expires_on < registered_on:
        wrong.append(about("expires_on", Reason.EXPIRES_TOO_EARLY))
    if second_from_on and second_until_on and second_until_on < second_from_on:
        wrong.append(about("second_until_on", Reason.STAY_ENDS_FIRST))
    return wrong


def has_outgrown(terms: CategoryTerms, born_on: date | None, today: date) -> bool:
    """Whether somebody is older than the category's last age (PAT-12)."""
    if terms.max_age is None or born_on is None:
        return False
    return completed_years(born_on, today) > terms.max_age


def validity(own: Collection[int], category: int | None, setting: int) -> int:
    """Months that a card is good (S14).

    The longest of the library's groups, else the category's, else the setting's.
    """
    return max(own, default=category or setting)


# --- families -----------------------------------------------------------------


def guardians_may_be(
    terms: CategoryTerms,
    *,
    born_on: date | None,
    last_days: Collection[date | None],
    today: date,
) -> Refusal | None:
    """Whether links can end so: ``last_days`` of all of them, None where none is set.

    Where the category demands a guardian, a minor keeps one until they come of age.
    """
    if not terms.needs_guardian or not is_minor(born_on, today):
        return None
    after = (None if day is None else day + timedelta(days=1) for day in last_days)
    if any(day is None or not is_minor(born_on, day) for day in after):
        return None
    return about("guardians", Reason.LAST_GUARDIAN)


def guardian_sees(
    *, consent: bool, sees_until_age: int | None, age: int | None
) -> bool:
    """Whether a guardian may see a dependant's loans, or charges (PAT-18).

    Up to and including the category's age the link alone is enough; after it, and
    where no age is set or known, the dependant has to have agreed.
    """
    if consent:
        return True
    return sees_until_age is not None and age is not None and age <= sees_until_age


# --- messages -----------------------------------------------------------------

EMAIL, SMS, PAPER, SUOMIFI, NONE = "email", "sms", "paper", "suomifi", "none"
DAYS: Final = {"advance": 7, "pickup-reminder": 7}  # kinds with days, and the most
FALLS_BACK: Final = frozenset({"hold-ready", "overdue"})
CHAIN: Final = (EMAIL, SMS, PAPER)


@dataclass(frozen=True, slots=True, order=True)
class Tick:
    """A kind of message comes by a transport; ``days`` before, where it has days."""

    kind: str
    transport: str
    days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How a patron can be reached at all."""

    sms: bool = False
    email: bool = False
    paper: bool = False  # a whole address, and no protection (GDP-5)

    def by(self, transport: str) -> bool:
        ways = {SMS: self.sms, EMAIL: self.email, PAPER: self.paper}
        return ways.get(transport, True)


UNREACHABLE: Final = {
    SMS: Reason.NO_NUMBER_FOR_SMS,
    EMAIL: Reason.NO_ADDRESS_FOR_EMAIL,
    PAPER: Reason.NO_ADDRESS_FOR_PAPER,
}


def ticks_are_possible(
    ticks: Collection[Tick], reach: Reach, *, names: Mapping[str, object]
) -> list[Refusal]:
    """Everything that is wrong with a table of ticks (S31).

    ``names`` has the name of each kind of message for the sentences.
    """
    wrong: list[Refusal] = []
    for tick in sorted(ticks, key=lambda one: (one.kind, one.transport)):
        field, name = f"{tick.kind}:{tick.transport}", names.get(tick.kind, tick.kind)
        if not reach.by(tick.transport):
            wrong.append(about(field, UNREACHABLE[tick.transport], message=name))
        wrong += _days_are_right(tick, field, name)
        others = {one.transport for one in ticks if one.kind == tick.kind}
        if tick.transport == NONE and others != {NONE}:
            wrong.append(about(field, Reason.NOT_AND_YET, message=name))
    return wrong


def _days_are_right(tick: Tick, field: str, name: object) -> list[Refusal]:
    most = None if tick.transport == NONE else DAYS.get(tick.kind)
    if most is None:
        refusal = about(field, Reason.NO_DAYS_HERE, message=name)
        return [] if tick.days is None else [refusal]
    if tick.days is not None and 1 <= tick.days <= most:
        return []
    return [about(field, Reason.DAYS_OUT_OF_RANGE, message=name, most=most)]


def transports_for(
    kind: str, chosen: Sequence[Tick], reach: Reach, *, is_protected: bool = False
) -> tuple[str, ...]:
    """How a message really goes: as chosen, as far as each way can work.

    When nothing of the kind has been chosen, holds that are ready and overdue notices
    take the first way that works of e-mail, text message, letter; other kinds do not
    go at all. No paper goes to a protected person (GDP-5).
    """
    wanted = [tick.transport for tick in chosen if tick.kind == kind]
    if NONE in wanted:
        return ()
    ways = [each for each in wanted if reach.by(each)]
    if not wanted and kind in FALLS_BACK:
        ways = [each for each in CHAIN if reach.by(each) and _goes(each, is_protected)]
        ways = ways[:1]
    return tuple(each for each in ways if _goes(each, is_protected))


def _goes(transport: str, is_protected: bool) -> bool:  # noqa: FBT001
    return transport != PAPER or not is_protected


def ticks_that_need(
    transport: str, ticks: Collection[Tick], names: Mapping[str, object]
) -> str:
    """The names of the messages that come by a transport, for a sentence."""
    needing = sorted(tick.kind for tick in ticks if tick.transport == transport)
    return ", ".join(f"“{names.get(kind, kind)}”" for kind in needing)


# --- changes by two people at once ----------------------------------------------


@dataclass(frozen=True, slots=True)
class Merge:
    """``write``: what is to be written; ``clashes``: fields that both have changed."""

    write: Mapping[str, object]
    clashes: tuple[str, ...]


def three_way(
    mine: Mapping[str, object],
    *,
    base: Mapping[str, object],
    theirs: Mapping[str, object],
) -> Merge:
    """What to do with a form that was opened before somebody else saved.

    ``base``: what the fields held when it was opened, of those that have changed
    since; ``theirs``: what they hold now. A field that I left alone stays theirs.
    """
    write: dict[str, object] = {}
    clashes: list[str] = []
    for field, value in mine.items():
        if field not in base or value == theirs[field]:
            write[field] = value
        elif value != base[field]:
            clashes.append(field)
    return Merge(write, tuple(clashes))

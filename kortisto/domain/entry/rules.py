"""Decide whether somebody may enter a library without staff. Pure.

The order of the checks is that of S27, after those who can never enter. Every check is
made: a decision carries every refusal, and a trace that says what each check looked at
and which unit had decided it.
A new check is a function, its line in ``CHECKS``, and one test.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

from kortisto.core.ages import completed_years
from kortisto.core.days import written
from kortisto.core.refusals import Refusal
from kortisto.domain.entry.reasons import GRANTED, Reason
from kortisto.domain.org.rules import Opening
from kortisto.domain.org.settings import Sourced

LAST_MINUTE: Final = time(23, 59)  # hours that end then end at midnight


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from the first to the last, both included; no last day: until further."""

    starts_on: date
    ends_on: date | None = None

    def covers(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class BanFacts:
    """A ban that nobody has lifted. ``libraries`` None: every library."""

    starts_on: date
    ends_on: date  # the last day in force
    libraries: tuple[int, ...] | None = None

    def holds(self, day: date, library_id: int) -> bool:
        here = self.libraries is None or library_id in self.libraries
        return here and self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """All that the decision looks at of who stands before the door.

    Facts with dates stay dated, so that they can be kept and asked again later.
    """

    patron_id: int
    category: str  # code
    expires_on: date
    is_account: bool = False  # of staff or of a device: nobody's card
    has_age: bool = True  # an organisation and a work card have none
    born_on: date | None = None
    card_lost: bool = False
    died: bool = False
    terms: int = 0  # the newest version accepted, 0 none
    permission: str = ""  # a guardian's word: yes, no, or nothing
    bans: tuple[BanFacts, ...] = ()
    restrictions: tuple[Period, ...] = ()
    owed_public_cents: int = 0
    language: str = "fi"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """What a library has decided, each value with the unit that decided it.

    ``days`` holds the openings of each day that may be asked about.
    """

    library_id: int
    set_up: bool
    terms_version: Sourced[int]
    guardian_age: Sourced[int]
    guardian_must_permit: Sourced[bool]
    categories: Sourced[tuple[str, ...] | None]
    min_age: Sourced[int | None]
    expired_denies: Sourced[bool]
    restriction_denies: Sourced[bool]
    debt_limit_cents: Sourced[int | None]
    days: Mapping[date, tuple[Opening, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question: this person, this library, this moment of its local time."""

    person: PersonFacts
    library: Conditions
    now: datetime

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def age(self) -> int | None:
        born_on = self.person.born_on
        return None if born_on is None else completed_years(born_on, self.today)


@dataclass(frozen=True, slots=True)
class Step:
    """One check: what it looked at, who had decided that, and how it ended.

    ``unit_id`` None: the default of the system. ``parameter`` is the key of a
    setting; empty for what is no setting.
    """

    check: str
    parameter: str
    value: Any
    unit_id: int | None
    refused: str = ""  # the code


@dataclass(frozen=True, slots=True)
class Decision:
    """May they enter; if not, every reason, in the order of the checks."""

    refusals: tuple[Refusal, ...]
    trace: tuple[Step, ...] = ()

    @property
    def granted(self) -> bool:
        return not self.refusals

    @property
    def code(self) -> str:
        return self.refusals[0].reason.value if self.refusals else GRANTED

    @property
    def personal(self) -> bool:
        """Whether the person may enter when the library is open."""
        return all(refusal.reason is Reason.CLOSED for refusal in self.refusals)


def library_is_set_up(asked: Asked) -> Refusal | None:
    """Without hours of its own and the mark on the unit a door stays shut."""
    return None if asked.library.set_up else Refusal(Reason.MISCONFIGURED)


def it_is_a_patrons_card(asked: Asked) -> Refusal | None:
    """An account of staff or of a device opens nothing anywhere, whatever is set."""
    return Refusal(Reason.NEVER_ENTERS) if asked.person.is_account else None


def terms_are_accepted(asked: Asked) -> Refusal | None:
    if asked.person.terms >= asked.library.terms_version.value:
        return None
    return Refusal(Reason.MISSING_TERMS)


def nobody_has_banned_them(asked: Asked) -> Refusal | None:
    """The longest ban of those in force here is told."""
    here = [
        ban.ends_on
        for ban in asked.person.bans
        if ban.holds(asked.today, asked.library.library_id)
    ]
    if not here:
        return None
    return Refusal(Reason.REVOKED, facts={"until": written(max(here))})


def guardian_does_not_mind(asked: Asked) -> Refusal | None:
    """A guardian's word counts until the birthday of the age limit (OMA-2).

    A refusal also holds when the age is not known; a missing permission does only
    where the library asks for one.
    """
    person, age = asked.person, asked.age
    if not person.has_age:
        return None
    if age is not None and age >= asked.library.guardian_age.value:
        return None
    if person.permission == "no":
        return Refusal(Reason.GUARDIAN_REFUSED)
    asks = asked.library.guardian_must_permit.value
    if asks and age is not None and person.permission != "yes":
        return Refusal(Reason.GUARDIAN_NOT_ASKED)
    return None


def category_may_enter(asked: Asked) -> Refusal | None:
    allowed = asked.library.categories.value
    if allowed is None or asked.person.category in allowed:
        return None
    return Refusal(Reason.CATEGORY)


def they_are_old_enough(asked: Asked) -> Refusal | None:
    """On the birthday itself the limit is reached."""
    least = asked.library.min_age.value
    if least is None or not asked.person.has_age:
        return None
    if asked.age is None:
        return Refusal(Reason.AGE_UNKNOWN)
    if asked.age >= least:
        return None
    return Refusal(Reason.UNDERAGE, facts={"age": least})


def card_is_not_lost(asked: Asked) -> Refusal | None:
    """A lost card opens nothing anywhere, whatever is set (S25)."""
    return Refusal(Reason.CARD_LOST) if asked.person.card_lost else None


def they_are_alive(asked: Asked) -> Refusal | None:
    """The card of the dead opens nothing anywhere; the door does not say why."""
    return Refusal(Reason.NOT_IN_USE) if asked.person.died else None


def card_has_not_expired(asked: Asked) -> Refusal | None:
    """A card is good through its last day."""
    day = asked.person.expires_on
    if not asked.library.expired_denies.value or asked.today <= day:
        return None
    return Refusal(Reason.CARD_EXPIRED, facts={"expired_on": written(day)})


def they_are_not_restricted(asked: Asked) -> Refusal | None:
    in_force = any(one.covers(asked.today) for one in asked.person.restrictions)
    if not asked.library.restriction_denies.value or not in_force:
        return None
    return Refusal(Reason.RESTRICTED)


def charges_are_within_limit(asked: Asked) -> Refusal | None:
    """Only public-law charges count, and only a sum over the limit (FEE-4)."""
    limit = asked.library.debt_limit_cents.value
    if limit is None or asked.person.owed_public_cents <= limit:
        return None
    return Refusal(Reason.OWES_TOO_MUCH)


def library_is_open(asked: Asked) -> Refusal | None:
    """Without staff or with: when staff is there the library is open to all.

    The minute of closing is closed already; hours until 23.59 end at midnight.
    """
    clock = asked.now.time()
    for opening in asked.library.days.get(asked.today, ()):
        to_midnight = opening.closes >= LAST_MINUTE
        if opening.opens <= clock and (to_midnight or clock < opening.closes):
            return None
    return Refusal(Reason.CLOSED)


Rule = Callable[[Asked], "Refusal | None"]

CHECKS: Final[tuple[tuple[Rule, str], ...]] = (
    (library_is_set_up, ""),
    (it_is_a_patrons_card, ""),
    (terms_are_accepted, "terms_version"),
    (nobody_has_banned_them, ""),
    (guardian_does_not_mind, "guardian_age"),
    (guardian_does_not_mind, "guardian_must_permit"),
    (category_may_enter, "categories"),
    (they_are_old_enough, "min_age"),
    (card_is_not_lost, ""),
    (they_are_alive, ""),
    (card_has_not_expired, "expired_denies"),
    (they_are_not_restricted, "restriction_denies"),
    (charges_are_within_limit, "debt_limit_cents"),
    (library_is_open, ""),
)
"""Each check and the field of ``Conditions`` that it looks at.

A check with two fields has two lines; it is made once.
"""


def decide(person: PersonFacts, library: Conditions, now: datetime) -> Decision:
    """The decision of every door. ``now`` is in the local time of the library."""
    asked = Asked(person=person, library=library, now=now)
    answers: dict[Rule, Refusal | None] = {}
    trace = []
    for rule, name in CHECKS:
        if rule not in answers:
            answers[rule] = rule(asked)
        trace.append(_step(rule, name, answers[rule], asked))
    refusals = tuple(refusal for refusal in answers.values() if refusal is not None)
    return Decision(refusals, tuple(trace))


def denied(reason: Reason) -> Decision:
    """Nobody is known to stand there: nothing about anybody is told."""
    return Decision((Refusal(reason),))


def _step(rule: Rule, name: str, refusal: Refusal | None, asked: Asked) -> Step:
    code = "" if refusal is None else refusal.reason.value
    if not name:
        return Step(rule.__name__, "", None, asked.library.library_id, code)
    looked_at: Sourced[Any] = getattr(asked.library, name)
    return Step(
        rule.__name__, f"entry.{name}", looked_at.value, looked_at.unit_id, code
    )


CLASSES: Final[Mapping[str, str]] = {
    "HENKILO": "HEOMATOIMI",
    "LAPSI": "LAOMATOIMI",
    "YHTEISO": "YHOMATOIMI",
    "KOTIPALVEL": "KPOMATOIMI",
}


def patron_class(category: str, decision: Decision) -> str:
    """The class for doors that can read nothing else (OMA-5).

    Who may enter when the library is open gets the doubled class of the category,
    everybody else the category itself.
    """
    if not decision.personal:
        return category
    return CLASSES.get(category, f"{category[:2]}OMATOIMI")

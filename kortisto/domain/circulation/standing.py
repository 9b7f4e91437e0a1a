"""What lending, renewing and holding ask of the patron alike. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from kortisto.core.ages import completed_years
from kortisto.core.days import written
from kortisto.core.names import in_language
from kortisto.core.refusals import Refusal
from kortisto.domain.circulation.limits import within
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.patrons.category_terms import (
    NO_LIMITS,
    ChargeLimits,
    ChargeTerms,
)


@dataclass(frozen=True, slots=True)
class RestrictionFacts:
    """A restriction in force. What staff wrote of it is for their eyes only."""

    names: Mapping[str, str]  # of its type, by language
    note: str = ""
    binding: bool = False  # no permission sets it aside

    def told(self, *, with_note: bool) -> str:
        """The type in the reader's language, and the note for whoever may see it."""
        name = in_language(dict(self.names))
        return f"{name} – {self.note}" if with_note and self.note else name


@dataclass(frozen=True, slots=True, kw_only=True)
class PatronFacts:
    """All that a lending decision looks at of the patron."""

    id: int
    version: int
    category_id: int
    home_library_id: int
    expires_on: date
    card_active: bool = True
    card_lost: bool = False
    died_on: date | None = None
    check_address: bool = False
    checks_earlier_loans: bool = False
    born_on: date | None = None
    history: str = "default"
    restrictions: tuple[RestrictionFacts, ...] = ()  # in force today, the oldest first
    loans_by_type: Mapping[int, int] = field(default_factory=dict)  # open ones
    owed_public_cents: int = 0
    owed_by_dependants_cents: int = 0
    owed_by_guardians_cents: int = 0  # 0 where the category does not weigh it
    charge_terms: ChargeTerms = field(default_factory=ChargeTerms)
    borrows: bool = True  # False for the account of staff or of a device
    expired_effect: str = ""  # of the category: none, warn, block; empty: the setting
    expired_renewal_effect: str = ""  # the same; empty: as when lending
    expired_hold_effect: str = ""  # the same; empty: as when lending


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What any decision about a patron looks at: lending, renewing, a hold."""

    today: date
    patron: PatronFacts
    limits: ChargeLimits = NO_LIMITS  # barred when a sum is over its own (FEE-4, FEE-5)
    sees_notes: bool = False  # who asks may read what staff write of patrons


def card_is_good(facts: Standing) -> Refusal | None:
    """A lost card blocks everything everywhere until it is cleared (S25)."""
    return Refusal(Reason.CARD_LOST) if facts.patron.card_lost else None


def patron_is_alive(facts: Standing) -> Refusal | None:
    """Whoever has told of the death: a card of the dead borrows nothing (S25)."""
    if facts.patron.died_on is None:
        return None
    return Refusal(Reason.DECEASED, facts={"died_on": written(facts.patron.died_on)})


def card_has_not_expired(facts: Standing) -> Refusal | None:
    """A card is good through its last day."""
    if facts.today <= facts.patron.expires_on:
        return None
    expired_on = written(facts.patron.expires_on)
    return Refusal(Reason.CARD_EXPIRED, facts={"expired_on": expired_on})


def address_is_known(facts: Standing) -> Refusal | None:
    return Refusal(Reason.CHECK_ADDRESS) if facts.patron.check_address else None


def patron_is_not_restricted(facts: Standing) -> Refusal | None:
    """Every restriction is told: patrons and machines hear its type only."""
    standing = facts.patron.restrictions
    if not standing:
        return None
    told = "; ".join(one.told(with_note=facts.sees_notes) for one in standing)
    barred = any(one.binding for one in standing)
    reason = Reason.BARRED if barred else Reason.RESTRICTED
    return Refusal(reason, facts={"restrictions": told})


def patron_borrows(facts: Standing) -> Refusal | None:
    """An account of staff or of a device is for logging in only (PAT-20)."""
    return None if facts.patron.borrows else Refusal(Reason.NEVER_BORROWS)


def charges_are_within_limit(facts: Standing) -> Refusal | None:
    """Only public-law charges count, and only a sum over the limit bars (FEE-4)."""
    owed, limit = facts.patron.owed_public_cents, facts.limits.own
    return within(Reason.OWES_TOO_MUCH, owed, limit)


def dependants_charges_are_within_limit(facts: Standing) -> Refusal | None:
    owed, limit = facts.patron.owed_by_dependants_cents, facts.limits.dependants
    return within(Reason.DEPENDANTS_OWE, owed, limit)


def guardians_charges_are_within_limit(facts: Standing) -> Refusal | None:
    """Weighed only where the category has a limit for it."""
    owed, limit = facts.patron.owed_by_guardians_cents, facts.limits.guardians
    return within(Reason.GUARDIANS_OWE, owed, limit)


def old_enough(facts: Standing, limit: int | None) -> Refusal | None:
    """The age limit of films and games binds by law: nobody can set it aside.

    Age is in completed years; on the birthday itself the limit is reached.
    """
    if not limit:
        return None
    if facts.patron.born_on is None:
        return Refusal(Reason.AGE_UNKNOWN, facts={"age_limit": limit})
    if completed_years(facts.patron.born_on, facts.today) >= limit:
        return None
    return Refusal(Reason.AGE_LIMIT, facts={"age_limit": limit})

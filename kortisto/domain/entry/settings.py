"""What libraries decide about being open without staff (OMA-1 to OMA-4).

Those that the rule looks at are called as the fields of ``rules.Conditions``.
"""

from dataclasses import dataclass
from typing import ClassVar, Final

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core import counted
from kortisto.core.values import Cents, Kind, Maybe, WholeNumber, YesNo
from kortisto.domain.org.settings import declare


@dataclass(frozen=True)
class Codes(Kind[tuple[str, ...]]):
    """Codes in any order, at least one; typed with commas between them."""

    widget: ClassVar[str] = "text"

    @override
    def read(self, stored: object) -> tuple[str, ...]:
        if not isinstance(stored, list | tuple) or not stored:
            message = f"not a list of codes: {stored!r}"
            raise ValueError(message)
        return tuple(str(one) for one in stored)

    @override
    def write(self, value: tuple[str, ...]) -> list[str]:
        return list(value)

    @override
    def parse(self, text: str) -> tuple[str, ...]:
        codes = tuple(dict.fromkeys(text.replace(",", " ").upper().split()))
        if not codes:
            raise ValueError(_now("Give at least one code."))
        return codes

    @override
    def show(self, value: tuple[str, ...]) -> str:
        return ", ".join(value)

    @override
    def typed(self, value: tuple[str, ...]) -> str:
        return self.show(value)


TERMS_VERSION: Final = declare(
    "entry.terms_version",
    WholeNumber(least=1, most=9999),
    default=1,
    title=_("Terms of open libraries, version"),
    help=_("A higher number asks everybody to accept the terms again."),
)
GUARDIAN_AGE: Final = declare(
    "entry.guardian_age",
    WholeNumber(least=0, most=18, counted=counted.YEARS),
    default=16,
    title=_("Age at which a guardian's word lapses"),
    help=_("From this birthday on nobody asks what a guardian has said."),
)
GUARDIAN_MUST_PERMIT: Final = declare(
    "entry.guardian_must_permit",
    YesNo(),
    default=False,
    title=_("A guardian must permit"),
    help=_("A child enters only when a guardian has said yes; silence is a no."),
)
CATEGORIES: Final = declare(
    "entry.categories",
    Maybe(Codes(), _("all")),
    default=None,
    title=_("Patron categories that may enter"),
    help=_("Codes of patron categories with commas between them."),
)
MIN_AGE: Final = declare(
    "entry.min_age",
    Maybe(WholeNumber(least=1, most=99, counted=counted.YEARS), _("no limit")),
    default=15,
    title=_("Youngest who may enter alone"),
    help=_("On the birthday itself the door opens."),
)
EXPIRED_DENIES: Final = declare(
    "entry.expired_denies",
    YesNo(),
    default=True,
    title=_("An expired card does not open the door"),
    help=_("A card is good through its last day."),
)
RESTRICTION_DENIES: Final = declare(
    "entry.restriction_denies",
    YesNo(),
    default=True,
    title=_("A restriction keeps the door shut"),
    help=_("Restrictions of borrowing that are in force on the day."),
)
DEBT_LIMIT_CENTS: Final = declare(
    "entry.debt_limit_cents",
    Maybe(Cents(), _("no limit")),
    default=None,
    title=_("Charges that keep the door shut"),
    help=_("Unpaid public-law charges over this sum; just as much does not."),
)
BAN_MAX_DAYS: Final = declare(
    "entry.ban_max_days",
    WholeNumber(least=1, most=366, counted=counted.DAYS),
    default=30,
    title=_("Longest ban"),
    help=_("Both its first and its last day are counted."),
)
BANS_KEPT_DAYS: Final = declare(
    "entry.bans_kept_days",
    WholeNumber(least=0, most=3650, counted=counted.DAYS),
    default=365,
    title=_("Bans are kept"),
    help=_("How long after its end a ban is remembered. One for the consortium."),
)
ATTEMPTS_KEPT_DAYS: Final = declare(
    "entry.attempts_kept_days",
    WholeNumber(least=1, most=365, counted=counted.DAYS),
    default=90,
    title=_("Who came is remembered"),
    help=_("After so many days an entry is counted only, without its person."),
)
SNAPSHOT_HOURS: Final = declare(
    "entry.snapshot_hours",
    WholeNumber(least=1, most=168, counted=counted.HOURS),
    default=24,
    title=_("Doors may decide without the database"),
    help=_("After so long without news a door lets nobody in."),
)

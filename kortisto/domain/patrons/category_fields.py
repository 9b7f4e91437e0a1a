"""What a category decides, field by field: kind, name and meaning (PAT-20).

A field that is empty is a column that holds nothing; its help says what holds then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from kortisto.core.values import Cents, Choice, Kind, WholeNumber, Words, YesNo
from kortisto.domain.patrons.models import History, PatronCategory

_YEARS: Final = ngettext_lazy("%(count)d year", "%(count)d years", "count")
_MONTHS: Final = ngettext_lazy("%(count)d month", "%(count)d months", "count")
_DIGITS: Final = ngettext_lazy("%(count)d digit", "%(count)d digits", "count")
MONTHS: Final = WholeNumber(least=1, most=240, counted=_MONTHS)
_AGE: Final = WholeNumber(least=0, most=150, counted=_YEARS)
_PIN: Final = WholeNumber(least=4, most=20, counted=_DIGITS)
_EFFECTS: Final = {
    value: label for value, label in PatronCategory.Effect.choices if value
}


@dataclass(frozen=True, slots=True)
class CategoryField:
    """One column that people decide. ``empty``: what an empty one means."""

    kind: Kind[Any]
    title: Words
    help: Words
    empty: Words = ""

    @property
    def may_be_empty(self) -> bool:
        return bool(self.empty)


_AS_SETTING: Final = _("as the library's setting says")

WHO: Final[Mapping[str, CategoryField]] = {
    "kind": CategoryField(
        Choice(dict(PatronCategory.Kind.choices)),
        _("Kind"),
        _(
            "Decides which parts a form has. Nothing is lent to the account of staff "
            "or of a device, and no door opens to it. No kind gives permissions: "
            "staff accounts have them."
        ),
    ),
    "min_age": CategoryField(
        _AGE, _("Youngest"), _("In completed years, this age included."), _("any age")
    ),
    "max_age": CategoryField(
        _AGE, _("Oldest"), _("In completed years, this age included."), _("any age")
    ),
    "may_have_guardian": CategoryField(
        YesNo(),
        _("May have a guardian"),
        _("The form of a patron has the part about guardians."),
    ),
    "needs_guardian": CategoryField(
        YesNo(),
        _("Needs a guardian"),
        _("Nobody is registered without one, and the last one of a minor stays."),
    ),
    "guardian_sees_until_age": CategoryField(
        _AGE,
        _("Guardians see loans and charges until the age"),
        _("In completed years, this age included. After it, by the patron's consent."),
        _("only by consent"),
    ),
    "needs_identity": CategoryField(
        YesNo(),
        _("Needs a personal identity code"),
        _("Saving without a code, with a reason, is not possible in this category."),
    ),
}
CARD: Final[Mapping[str, CategoryField]] = {
    "card_required": CategoryField(
        YesNo(), _("Needs a card"), _("Nobody is registered without a card number.")
    ),
    "validity_months": CategoryField(
        MONTHS,
        _("Validity in months"),
        _("How long the data is good before it is checked again."),
        _AS_SETTING,
    ),
}
LENDING: Final[Mapping[str, CategoryField]] = {
    "expired_effect": CategoryField(
        Choice(_EFFECTS),
        _("What an expired card does when lending"),
        _("By the Library Act blocking is for organisations and accounts."),
        _AS_SETTING,
    ),
    "expired_renewal_effect": CategoryField(
        Choice(_EFFECTS),
        _("What an expired card does when renewing"),
        _("A renewal is refused where lending would be, unless this says otherwise."),
        _("the same as when lending"),
    ),
    "expired_hold_effect": CategoryField(
        Choice(_EFFECTS),
        _("What an expired card does when placing a hold"),
        _("A hold is refused where lending would be, unless this says otherwise."),
        _("the same as when lending"),
    ),
    "checks_earlier_loans": CategoryField(
        YesNo(),
        _("Tell what has been borrowed before"),
        _("At a check-out: for home delivery, whose patrons do not choose themselves."),
    ),
    "history": CategoryField(
        Choice(dict(History.choices)),
        _("Loan history to begin with"),
        _("How long a new patron's loans are remembered. The patron may change it."),
    ),
}
CHARGES: Final[Mapping[str, CategoryField]] = {
    "charges_bar": CategoryField(
        YesNo(),
        _("Unpaid charges bar borrowing"),
        _("When not, no sum does: neither the patron's own nor those of others."),
    ),
    "loan_ban_cents": CategoryField(
        Cents(),
        _("The patron's own charges"),
        _("Borrowing stops when the unpaid public-law charges are over this sum."),
        _AS_SETTING,
    ),
    "loan_ban_dependants_cents": CategoryField(
        Cents(),
        _("Charges of those whom the patron answers for"),
        _("What they owe together. What it does is a setting: usually it is told."),
        _AS_SETTING,
    ),
    "loan_ban_guardians_cents": CategoryField(
        Cents(),
        _("Charges of those who answer for the patron"),
        _("What they owe together. What it does is a setting: usually it is told."),
        _("not weighed"),
    ),
}
PIN: Final[Mapping[str, CategoryField]] = {
    "pin_length_min": CategoryField(
        _PIN, _("Shortest PIN"), _("The fewest digits of a new PIN."), _AS_SETTING
    ),
    "pin_length_max": CategoryField(
        _PIN, _("Longest PIN"), _("The most digits of a new PIN."), _AS_SETTING
    ),
    "strong_pin": CategoryField(
        YesNo(),
        _("A strong PIN"),
        _(
            "No three digits alike or in a row, no part twice, nothing from the date "
            "of birth, a phone or the card. Who has another one is asked to change it."
        ),
    ),
    "changes_pin_online": CategoryField(
        YesNo(), _("Patrons change the PIN on the web"), _("When not, the desk does.")
    ),
    "resets_pin_online": CategoryField(
        YesNo(),
        _("A forgotten PIN is made anew by a link"),
        _("The link goes to the patron's e-mail. When not, the desk gives a new PIN."),
    ),
}
MESSAGES: Final[Mapping[str, CategoryField]] = {
    "overdue_notices": CategoryField(
        YesNo(), _("Overdue notices"), _("Work cards of the library need none.")
    ),
    "expiry_notice": CategoryField(
        YesNo(),
        _("Always tell that the card is about to expire"),
        _("Also those who have not asked for it."),
    ),
}
FIELDS: Final[Mapping[str, CategoryField]] = {
    **WHO,
    **CARD,
    **LENDING,
    **CHARGES,
    **PIN,
    **MESSAGES,
}
OTHER_PARTS: Final[Mapping[str, Words]] = {
    "name_fi": _("Name in Finnish"),
    "name_sv": _("Name in Swedish"),
    "name_en": _("Name in English"),
    "next_category": _("Next category"),
    "units": _("Only for patrons of these"),
    "validities": _("Validity by group of libraries"),
    "messages": _("Messages to begin with"),
}
"""What a category has beside its fields."""

"""Why something cannot be written about a patron, each with a public code."""

from collections.abc import Iterable, Sequence

from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core import refusals
from kortisto.core.permissions import Permission
from kortisto.core.refusals import Refusal, Refused


class Reason(refusals.Reason):
    BAD_VALUE = "bad-value", _("{why}")
    UNKNOWN_FIELD = "unknown-field", _("There is no such field.")
    NEEDS_NAME = "needs-name", _("A patron needs a name.")
    UNKNOWN_CATEGORY = "unknown-category", _("There is no such patron category.")
    UNKNOWN_LIBRARY = "unknown-library", _("There is no such library.")
    UNKNOWN_PATRON = "unknown-patron", _("There is no such patron.")
    NEEDS_BIRTH_DATE = (
        "needs-birth-date",
        _("The date of birth must be known in this category."),
    )
    BORN_LATER = "born-later", _("The date of birth is in the future.")
    AGE_DOES_NOT_FIT = (
        "age-does-not-fit",
        _("The category is for people aged {ages}; this person is {age}."),
    )
    NOT_USED_HERE = (
        "not-used-here",
        _(
            "The category “{category}” is only for patrons whose home library is one "
            "of these: {units}."
        ),
    )
    NEEDS_IDENTITY = (
        "needs-identity",
        _("This category asks for a personal identity code."),
    )
    CATEGORY_NEEDS_NAME = (
        "category-needs-name",
        _("A category needs a name in Finnish."),
    )
    BAD_CODE = (
        "bad-code",
        _("A code has 1 to 20 capital letters, digits, hyphens or underscores."),
    )
    CODE_TAKEN = "code-taken", _("Another category has this code.")
    LESS_THAN_LEAST = "less-than-least", _("This is less than the least.")
    GUARDIAN_NOT_POSSIBLE = (
        "guardian-not-possible",
        _("Who needs a guardian must be allowed to have one."),
    )
    NEXT_IS_ITSELF = "next-is-itself", _("The next category is another one.")
    NEXT_NEEDS_AGE = (
        "next-needs-age",
        _("A next category waits for an oldest age: give one."),
    )
    NEXT_NOT_EVERYWHERE = (
        "next-not-everywhere",
        _("“{category}” is not used at every library where this one is."),
    )
    NEEDS_CARD = "needs-card", _("A card needs a number.")
    CARD_IN_USE = "card-in-use", _("This card number is in use already.")
    SAME_PERSON = (
        "same-person",
        _("Somebody with the same name and date of birth is registered already."),
    )
    HOLD_IDENTIFIER_TAKEN = (
        "hold-identifier-taken",
        _("Somebody else has this hold identifier. Choose another one."),
    )
    HOLD_IDENTIFIER_IS_A_NUMBER = (
        "hold-identifier-is-a-number",
        _("A card number or a log-in name cannot be a hold identifier."),
    )
    NEEDS_GUARDIAN = "needs-guardian", _("A patron of this category needs a guardian.")
    HAS_NO_GUARDIANS = (
        "has-no-guardians",
        _("A patron of this category has no guardians."),
    )
    LAST_GUARDIAN = (
        "last-guardian",
        _("This is the last guardian: add another one before this one ends."),
    )
    GUARDED_ALREADY = "guarded-already", _("This person is a guardian already.")
    GUARDS_LATER = "guards-later", _("A guardian cannot begin in the future.")
    GUARD_ENDED_BEFORE = (
        "guard-ended-before",
        _("The last day of a guardian is today or later."),
    )
    GUARD_HAS_ENDED = (
        "guard-has-ended",
        _("This guardian has ended already. Add them anew."),
    )
    OWN_GUARDIAN = "own-guardian", _("Nobody can be their own guardian.")
    GUARDIAN_NEEDS_NAME = "guardian-needs-name", _("A guardian needs a name.")
    GUARDIAN_IS_NO_PERSON = (
        "guardian-is-no-person",
        _("A guardian is a person: choose another one."),
    )
    GUARDIAN_IS_MINOR = (
        "guardian-is-minor",
        _("A guardian has come of age: choose another one."),
    )
    NOT_THE_GUARDIANS = (
        "not-the-guardians",
        _("The order must name each guardian in force once."),
    )
    EXPIRES_TOO_EARLY = (
        "expires-too-early",
        _("The card cannot expire before the patron was registered."),
    )
    STAY_ENDS_FIRST = (
        "stay-ends-first",
        _("The stay at the second address ends before it begins."),
    )
    CHANGED_MEANWHILE = (
        "changed-meanwhile",
        _("Somebody else has changed this meanwhile: {label}."),
    )
    NO_NUMBER_FOR_SMS = (
        "no-number-for-sms",
        _("“{message}” cannot come as a text message: there is no number for it."),
    )
    NO_ADDRESS_FOR_EMAIL = (
        "no-address-for-email",
        _("“{message}” cannot come by e-mail: there is no address."),
    )
    NO_ADDRESS_FOR_PAPER = (
        "no-address-for-paper",
        _("“{message}” cannot come as a letter: there is no address for it."),
    )
    DAYS_OUT_OF_RANGE = (
        "days-out-of-range",
        _("“{message}” comes 1 to {most} days before."),
    )
    NO_DAYS_HERE = "no-days-here", _("“{message}” has no days to choose.")
    NOT_AND_YET = (
        "not-and-yet",
        _("“{message}” cannot come both not at all and in some way."),
    )
    NUMBER_IS_NEEDED = (
        "number-is-needed",
        _("The number is needed for text messages: {messages}. Untick them first."),
    )
    EMAIL_IS_NEEDED = (
        "email-is-needed",
        _("The address is needed for e-mail: {messages}. Untick them first."),
    )
    NOT_ONLINE = "not-online", _("This is changed at the library only.")
    ADDRESS_IS_PROTECTED = (
        "address-is-protected",
        _("A protected address is changed at the library only."),
    )
    ANSWERED_ALREADY = (
        "answered-already",
        _("Somebody has answered this already, or the patron wants something else."),
    )
    RESTRICTION_ENDS_FIRST = (
        "restriction-ends-first",
        _("A restriction cannot end before it begins."),
    )
    RESTRICTION_NEEDS_END = (
        "restriction-needs-end",
        _("A restriction of this type needs a last day."),
    )
    TYPE_NOT_IN_USE = (
        "type-not-in-use",
        _("This type of restrictions is not in use any more."),
    )
    TYPE_CODE_TAKEN = (
        "type-code-taken",
        _("Another type of restrictions has this code."),
    )
    TYPE_NEEDS_NAME = (
        "type-needs-name",
        _("A type of restrictions needs a name in Finnish."),
    )
    UNKNOWN_REMOVAL = "unknown-removal", _("Choose how it ends.")
    TYPE_DAYS_OUT_OF_RANGE = (
        "type-days-out-of-range",
        _("A restriction lasts from 1 to {most} days."),
    )
    TYPE_OF_THE_PROGRAM = (
        "type-of-the-program",
        _("The program relies on this type: only its names can be changed."),
    )
    NEEDS_WHY_DELETED = "needs-why-deleted", _("Say why the patron is deleted.")
    NOTE_IS_EMPTY = "note-is-empty", _("The note says nothing.")
    NEEDS_WHY_FROZEN = (
        "needs-why-frozen",
        _("Say why the processing of the data is restricted."),
    )
    FROZEN_UNTIL_LIFTED = (
        "frozen-until-lifted",
        _("This has no last day: somebody lifts it, after telling the patron."),
    )
    PROCESSING_RESTRICTED = (
        "processing-restricted",
        _(
            "The processing of the data is restricted: nothing is changed until the "
            "library lifts that."
        ),
    )
    NEEDS_REASON = "needs-reason", _("Say why the address is needed.")
    EMPTY_SEARCH = "empty-search", _("Type what to look for: a card, a name, a number.")


class Unfit(Refused, ValueError):
    """What was typed cannot be written. Nothing has been; the form can be kept.

    ``errors`` says beside which field each sentence belongs; None: to the whole form.
    """

    @property
    def errors(self) -> list[tuple[str | None, str]]:
        return [(field_of(each), each.message) for each in self.refusals]

    @override
    def __str__(self) -> str:
        return self.words


class CardInUse(Unfit):
    """Another patron has, or has had, the card number."""


def field_of(refusal: Refusal) -> str | None:
    """The field of the form that a refusal is about."""
    field = refusal.facts.get("field")
    return None if field is None else str(field)


def about(
    field: str | None,
    reason: Reason,
    *,
    override: Permission | None = None,
    **facts: object,
) -> Refusal:
    """A refusal that belongs beside a field."""
    named = {} if field is None else {"field": field}
    return Refusal(reason, override=override, facts={**named, **facts})


def unfit(refusals: Sequence[Refusal] | Refusal) -> Unfit:
    """The exception for these refusals."""
    every = (refusals,) if isinstance(refusals, Refusal) else tuple(refusals)
    only_the_card = {each.reason for each in every} == {Reason.CARD_IN_USE}
    return CardInUse(every) if only_the_card else Unfit(every)


def raise_if_unfit(refusals: Iterable[Refusal]) -> None:
    """Raises Unfit with every refusal, when there is one."""
    if every := tuple(refusals):
        raise unfit(every)

"""Why something was refused, said to the patron who asked: "you", not "the patron"."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core import refusals
from kortisto.core.refusals import Refusal
from kortisto.domain.circulation.reasons import Reason

YOURS: Final[Mapping[refusals.Reason, Promise]] = {
    Reason.DECEASED: gettext_lazy(
        "This card cannot be used. Please ask at any library."
    ),
    Reason.NEVER_BORROWS: gettext_lazy(
        "Your account is for logging in only: nothing is lent to it."
    ),
    Reason.CARD_LOST: gettext_lazy(
        "Your card has been reported lost. You get a new one at any library."
    ),
    Reason.CARD_EXPIRED: gettext_lazy(
        "Your card was good until {expired_on}. It is renewed at any library."
    ),
    Reason.RESTRICTED: gettext_lazy(
        "You cannot borrow now: {restrictions}. The library knows more."
    ),
    Reason.OWES_TOO_MUCH: gettext_lazy(
        "You owe {owed}; the limit is {limit}. You can pay at any library."
    ),
    Reason.DEPENDANTS_OWE: gettext_lazy(
        "Those whom you answer for owe {owed}; the limit is {limit}. You can pay at "
        "any library."
    ),
    Reason.GUARDIANS_OWE: gettext_lazy(
        "Something is unpaid in your family. Please ask at any library."
    ),
    Reason.AGE_LIMIT: gettext_lazy("This is forbidden under the age of {age_limit}."),
    Reason.AGE_UNKNOWN: gettext_lazy(
        "The age limit is {age_limit}, and the library does not know your date of "
        "birth. Please ask at any library."
    ),
    Reason.HAS_IT_ON_LOAN: gettext_lazy("You have this on loan already."),
    Reason.NOTHING_TO_HOLD: gettext_lazy(
        "There is no copy of this that could be reserved."
    ),
    Reason.NOT_HOLDABLE: gettext_lazy(
        "This is not reserved: you find it on the shelf of the library."
    ),
    Reason.TOO_MANY_HOLDS: gettext_lazy(
        "You have {holds} holds, and the limit is {limit}. Cancel one that you no "
        "longer need."
    ),
    Reason.TOO_MANY_HOLDS_TODAY: gettext_lazy(
        "You have placed {holds} holds today, and the limit is {limit}. Come back "
        "tomorrow."
    ),
    Reason.ON_THE_SHELF: gettext_lazy(
        "A copy is on the shelf now: you can fetch it without a hold."
    ),
    Reason.FOR_OTHERS_HOLDS: gettext_lazy(
        "The copies are kept for the customers of certain libraries."
    ),
    Reason.NOT_PICKED_UP_THERE: gettext_lazy(
        "This cannot be picked up at {library}. Choose another library."
    ),
}


def in_your_words(refusal: Refusal) -> str:
    """The reason in second person; as it is written where it names nobody."""
    if refusal.reason is Reason.HELD_ALREADY:
        return _held_already(refusal)
    yours = YOURS.get(refusal.reason)
    return refusal.message if yours is None else str(yours).format(**refusal.facts)


def _held_already(refusal: Refusal) -> str:
    if refusal.facts["limit"] == 1:
        return _("You have reserved this already.")
    return _("You have {holds} holds on this title; the limit is {limit}.").format(
        **refusal.facts
    )

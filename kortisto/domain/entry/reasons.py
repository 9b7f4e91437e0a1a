"""Why somebody may not enter. The codes are public: doors and their vendors read them.

Each sentence fits a door's screen and speaks to who stands before it.
"""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.core.refusals import Reason as BaseReason
from kortisto.core.refusals import Refusal, Refused

GRANTED: Final = "granted"


class Reason(BaseReason):
    DENIED = "denied", _("The card or the PIN is wrong.")
    LOCKED = "locked", _("Too many wrong PINs. Please try again later.")
    STALE = "stale", _("The door cannot check cards now. Please try again later.")
    MISCONFIGURED = (
        "misconfigured",
        _("This library is not used without staff. Please come when staff is here."),
    )
    NEVER_ENTERS = (
        "never-enters",
        _("This account is for logging in only: it opens no door."),
    )
    MISSING_TERMS = (
        "missing-terms",
        _("Please accept the terms of use first: in the web library or at the desk."),
    )
    REVOKED = "revoked", _("You may not use this library without staff until {until}.")
    GUARDIAN_REFUSED = (
        "guardian-refused",
        _("Your guardian does not let you use this library without staff."),
    )
    GUARDIAN_NOT_ASKED = (
        "guardian-not-asked",
        _("Your guardian must first give permission: in the web library or at a desk."),
    )
    CATEGORY = "category", _("This kind of card does not open the door.")
    UNDERAGE = "underage", _("The door opens to those who are {age} or older.")
    AGE_UNKNOWN = (
        "age-unknown",
        _("Your age is not known. Please come to the desk when staff is here."),
    )
    CARD_LOST = "card-lost", _("This card has been reported lost.")
    NOT_IN_USE = (
        "not-in-use",
        _("This card is no longer in use. Please ask at the desk."),
    )
    CARD_EXPIRED = (
        "card-expired",
        _("The card expired on {expired_on}. Please have it renewed at the desk."),
    )
    RESTRICTED = "restricted", _("The card is restricted. Please ask at the desk.")
    OWES_TOO_MUCH = (
        "owes-too-much",
        _("There are too many unpaid charges. Please ask at the desk."),
    )
    CLOSED = "closed", _("The library is closed now.")


class BanReason(BaseReason):
    """Why a ban, or a guardian's word, cannot be written down."""

    BACKWARDS = "ban-backwards", _("A ban cannot end before it begins.")
    IN_THE_PAST = "ban-in-the-past", _("A ban cannot begin in the past.")
    TOO_LONG = "ban-too-long", _("A ban is at most {days} days long.")
    NO_REASON = "ban-without-reason", _("Write down why the patron is banned.")
    NOT_HEARD = (
        "patron-not-heard",
        _("Write down how the patron was heard, or why that was not possible."),
    )
    NO_LIBRARY = "ban-without-library", _("Choose the libraries, or all of them.")
    NOT_A_GUARDIAN = "not-a-guardian", _("Only a guardian of today can decide this.")
    OLD_TERMS = "old-terms", _("The terms have changed. Please read the new ones.")
    NO_LABEL = "door-without-label", _("Give the door a name.")
    LABEL_IN_USE = "label-in-use", _("The library has a door of this name already.")
    NOT_A_LIBRARY = "not-a-library", _("A door belongs to a library.")


def refused(reason: BanReason, **facts: object) -> Refused:
    return Refused([Refusal(reason, facts=facts)])

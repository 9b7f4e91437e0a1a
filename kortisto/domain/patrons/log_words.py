"""What the event log says about a patron, in words for the patron.

Which library it was is told beside them, and never who worked there.
"""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PAGES: Final[Mapping[str, Promise]] = {
    "patron": gettext_lazy("Your record was opened."),
    "desk": gettext_lazy("You were served at the desk."),
    "renewal": gettext_lazy("Your loans were opened to be renewed."),
    "search": gettext_lazy("Your name was in a list that a search gave."),
    "entry": gettext_lazy("Your right to use open libraries was looked at."),
    "home-delivery": gettext_lazy("Your home delivery was opened."),
    "guardian": gettext_lazy("Your guardian looked at your loans or charges."),
    "erasing": gettext_lazy("It was looked into whether your data can be erased."),
    "edit": gettext_lazy("Your record was opened to be changed."),
    "guardians": gettext_lazy("Your guardians, or whom you answer for, were opened."),
    "messages": gettext_lazy("Your choice of messages was opened."),
    "bin": gettext_lazy("Your name was in a list of deleted patrons."),
    "change": gettext_lazy("A note, a card, a PIN or a restriction was to be given."),
    "delete": gettext_lazy("It was looked into whether your record can be deleted."),
    "door": gettext_lazy("Your name was in a list of who wanted to enter a library."),
    "sent-messages": gettext_lazy("The list of messages to you was opened."),
    "sent-message": gettext_lazy("A message to you was read."),
    "write": gettext_lazy("Your data was opened to write to you."),
    "data": gettext_lazy("Your data was opened to be gathered for you."),
    "online-registrations": gettext_lazy("Your registration on the web was opened."),
    "identity": gettext_lazy("You were found by your personal identity code."),
    "change-requests": gettext_lazy("Changes you asked for on the web were opened."),
    "merge": gettext_lazy("Your record was compared with another of the same person."),
    "registration": gettext_lazy(
        "Your data was copied for a new patron of your family."
    ),
    "hold": gettext_lazy("A hold of yours was placed, opened or changed."),
    "queue": gettext_lazy("Your name was in the queue for a title."),
    "loan": gettext_lazy("A loan of yours was opened."),
    "history": gettext_lazy("It was looked at what your record said earlier."),
}
KINDS: Final[Mapping[str, Promise]] = {
    "PatronViewed": gettext_lazy("Your data was looked at."),
    "ProtectedAddressViewed": gettext_lazy("Your protected address was opened."),
    "IdentityResolved": gettext_lazy(
        "Your personal identity code was opened for a bill."
    ),
    "EntryAsked": gettext_lazy("Your right to use open libraries was looked at."),
    "PatronLogRead": gettext_lazy("The log about you was read."),
    "PatronDataGathered": gettext_lazy(
        "Everything that is held on you was gathered for you."
    ),
    "StaffWordsGathered": gettext_lazy(
        "What staff have written about you was gathered for you."
    ),
    "PatronRegistered": gettext_lazy("You became a patron of the library."),
    "PatronChanged": gettext_lazy("Your data was changed."),
    "PatronBinned": gettext_lazy("Your record was deleted; it can be taken back."),
    "PatronTakenOut": gettext_lazy("Your deleted record was taken back."),
    "PinChanged": gettext_lazy("Your PIN was changed."),
    "PatronLoggedIn": gettext_lazy("You logged in."),
    "PinWasWrong": gettext_lazy("A wrong PIN was tried with your card."),
    "MembershipRenewed": gettext_lazy("Your data was checked and your card renewed."),
    "RestrictionAdded": gettext_lazy("Your borrowing was restricted."),
    "RestrictionLifted": gettext_lazy("A restriction of your borrowing was lifted."),
    "IdentityGiven": gettext_lazy("Your personal identity code was stored."),
    "IdentityRemoved": gettext_lazy("Your personal identity code was removed."),
    "NoteWritten": gettext_lazy("A note was written about you."),
    "NoteWithdrawn": gettext_lazy("A note about you was withdrawn."),
    "ChargeMade": gettext_lazy("You were charged."),
    "ChargeGrew": gettext_lazy("A charge of yours grew."),
    "ChargeForgiven": gettext_lazy("A charge of yours was forgiven."),
    "ChargeLapsed": gettext_lazy("A charge of yours lapsed."),
    "ChargeTakenBack": gettext_lazy("A charge of yours was taken off."),
    "PaymentTaken": gettext_lazy("You paid."),
    "MoneyGivenBack": gettext_lazy("You got money back."),
    "TermsAccepted": gettext_lazy("The terms of open libraries were accepted."),
    "GuardianAnswered": gettext_lazy(
        "A guardian said whether you may use open libraries."
    ),
    "EntryBanned": gettext_lazy("You were banned from open libraries."),
    "EntryBanLifted": gettext_lazy("Your ban from open libraries was lifted."),
    "EntryAttempted": gettext_lazy("You wanted to enter an open library."),
    "ChangesRequested": gettext_lazy("Changes of your data were asked for on the web."),
    "ChangesAnswered": gettext_lazy("The library answered to changes you asked for."),
    "PurchaseSuggested": gettext_lazy("You suggested a title to be bought."),
    "SuggestionWithdrawn": gettext_lazy("You took a purchase suggestion back."),
    "SuggestionAnswered": gettext_lazy("The library answered a purchase suggestion."),
    "EmailReplaced": gettext_lazy("You gave another e-mail address."),
    "MessageWritten": gettext_lazy("The library wrote to you."),
    "RegisteredOnline": gettext_lazy("You registered on the web."),
    "CardFetched": gettext_lazy("You fetched your card."),
    "ErasureAsked": gettext_lazy("Your data was asked to be erased."),
    "ErasureTakenBack": gettext_lazy("The wish to erase your data was taken back."),
}


def log_words(kind: str, page: str = "") -> str:
    """A sentence; a general one for what this version has no words for."""
    words = PAGES.get(page) if kind == "PatronViewed" else None
    return str(words or KINDS.get(kind) or _("Your data was handled."))

"""Why a title cannot be suggested, or a suggestion not be answered."""

from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals
from kortisto.core.refusals import Refusal, Refused


class Reason(refusals.Reason):
    NOT_OPEN = (
        "suggestions-closed",
        _("Suggestions are not taken on the web now. Please ask at any library."),
    )
    NEEDS_TITLE = "needs-title", _("Write the title.")
    BAD_ISBN = (
        "bad-isbn",
        _("This is not an ISBN. It has 10 or 13 digits; leave it empty if unsure."),
    )
    BAD_LINK = (
        "bad-link",
        _("This is not the address of a page. It begins with https:// or http://."),
    )
    BAD_TEXT = "bad-text", _("The text is too long, or has characters nobody can see.")
    NO_MATERIAL = "no-material", _("Choose what it is.")
    NO_LIBRARY = "no-library", _("Choose a library.")
    TOO_MANY = (
        "too-many-suggestions",
        _("{most} of your suggestions wait for the library. Try again later."),
    )
    SUGGESTED_BEFORE = (
        "suggested-before",
        _("You have suggested this already."),
    )
    IN_THE_COLLECTION = (
        "in-the-collection",
        _("The libraries have this already."),
    )
    NOT_NEW = (
        "suggestion-not-new",
        _("The library is looking at this suggestion already."),
    )
    CHANGED_MEANWHILE = (
        "suggestion-changed",
        _("Somebody else has answered this suggestion meanwhile."),
    )
    NO_SUCH_ANSWER = "no-such-answer", _("Choose an answer.")
    MERGED = (
        "suggestion-merged",
        _("This suggestion has been merged, and is answered with the other one."),
    )
    NOTHING_CHOSEN = "nothing-chosen", _("Choose the suggestions that are the same.")
    NOT_MERGED = "suggestion-not-merged", _("This suggestion has not been merged.")


def refused(reason: Reason, **facts: object) -> Refused:
    return Refused([Refusal(reason, facts=facts)])

"""Why something cannot be decided about where items stand."""

from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals


class Reason(refusals.Reason):
    """Values are public: API clients rely on them."""

    NOT_LIBRARY_UNIT = (
        "not-library-unit",
        _("Choose a library, a municipality or the whole consortium."),
    )
    NOTHING_TO_SEND = (
        "nothing-to-send",
        _("No such item stands there any more: look at the balance again."),
    )
    TOO_FEW_LIBRARIES = (
        "too-few-libraries",
        _("Choose at least two libraries that float together."),
    )
    TOO_FEW_STOPS = (
        "round-too-short",
        _("A collection rotates between two libraries at least."),
    )
    SAME_STOP_TWICE = (
        "round-stays",
        _("Two stops after one another are both at {library}."),
    )
    IS_THERE_NOW = (
        "is-there-now",
        _("The collection is at {library} now: send it on before that stop goes."),
    )
    GONE_ALREADY = (
        "gone-already",
        _("The collection has gone on to {library} already."),
    )
    NO_STOP_IN_USE = (
        "no-stop-in-use",
        _("No other library of the round is in use: change the round."),
    )
    DAY_BEFORE_TODAY = "day-before-today", _("The day has gone by.")
    DAY_FAR_AWAY = (
        "day-far-away",
        _("Choose a day that is at most two years away: check the year."),
    )
    COLLECTION_ENDED = "collection-ended", _("The collection has been ended.")
    NO_SUCH_ITEM = "no-such-item", _("No item has the barcode {barcode}.")
    ROTATES_ALREADY = (
        "rotates-already",
        _("{barcode} belongs to the collection {name} already."),
    )
    WITHDRAWN_ITEM = "withdrawn-item", _("{barcode} has been withdrawn.")
    ON_LOAN_NOW = "on-loan-now", _("It is on loan: check it in first.")
    KEPT_FOR_HOLD = (
        "kept-for-hold",
        _("It is kept for somebody who waits: check it in to see where it goes."),
    )
    SOMEBODY_WAITS = (
        "somebody-waits",
        _("Somebody waits for it: check it in to see where it goes."),
    )
    ROTATES_ELSEWHERE = (
        "rotates-elsewhere",
        _("It belongs to a rotating collection: take it out of that first."),
    )
    IS_HERE = "is-here", _("It is here: choose another library.")
    NOT_SENT_THERE = (
        "not-sent-there",
        _("Such items are not sent from here to {library}."),
    )
    SAME_WAY = "same-way", _("Choose two places that differ.")
    UNKNOWN_COLLECTION = "unknown-collection", _("There is no such collection.")

"""Why dates cannot be moved."""

from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals


class ClosureReason(refusals.Reason):
    """Values are public: API clients rely on them."""

    STILL_MOVING = (
        "still-moving",
        _("The change before this one is still being carried out."),
    )
    NOT_IN_FORCE = "not-in-force", _("The closure is not in force.")
    NOTHING_TO_CHANGE = "nothing-to-change", _("The closure lasts until that day now.")
    REOPENS_IN_PAST = (
        "reopens-in-past",
        _("A library opens today at the earliest."),
    )
    NOTHING_TO_PUT_BACK = (
        "nothing-to-put-back",
        _("These dates have been put back already, or are none that were moved."),
    )
    NOT_IN_USE = "not-in-use", _("Both libraries must be in use today.")
    SAME_LIBRARY = "same-library", _("A library is not merged into itself.")
    NO_SUCH_SHELF = "no-such-shelf", _("There is no such shelving location.")
    NO_SUCH_STATUS = "no-such-status", _("There is no such status of items.")
    PLACE_NOT_IN_USE = (
        "place-not-in-use",
        _("The place is not in use on that day."),
    )
    STANDS_THERE = "stands-there", _("It stands there already.")
    NOT_WITHDRAWN_NOW = (
        "not-withdrawn-now",
        _("It cannot be withdrawn any more: it has begun, or has been withdrawn."),
    )
    NOTHING_CHOSEN = (
        "nothing-chosen",
        _("Say which loans: those of a library, a category or an item type."),
    )
    NO_NEW_DAY = (
        "no-new-day",
        _("Say the new day, or by how many days: one of the two."),
    )
    DAY_HAS_GONE = "day-has-gone", _("The new day has gone by.")

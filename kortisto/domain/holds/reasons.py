"""Why a hold that stands cannot be changed, ended or brought back."""

from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals


class HoldReason(refusals.Reason):
    """Values are public: API clients rely on them."""

    NO_SUCH_STOP = "no-such-stop", _("The bookmobile does not stop there.")
    HOLD_HAS_ENDED = "hold-has-ended", _("The hold has ended already.")
    HOLD_IS_ON_ITS_WAY = (
        "hold-is-on-its-way",
        _("A copy is already on its way for this hold."),
    )
    HOLD_WAITS_ON_SHELF = (
        "hold-waits-on-shelf",
        _("A copy already waits on the hold shelf for this hold."),
    )
    HOLD_WAS_NOT_CANCELLED = (
        "hold-was-not-cancelled",
        _("Only a cancelled hold can be brought back."),
    )
    TOO_LATE_TO_RESTORE = (
        "too-late-to-restore",
        _("The hold could be brought back until {until}."),
    )
    NOT_ON_HOLD_SHELF = (
        "not-on-hold-shelf",
        _("No copy waits on the hold shelf for this hold."),
    )
    NO_MORE_TIME_THERE = (
        "no-more-time-there",
        _("The pick-up library gives no more time by itself. Ask the staff."),
    )
    MORE_TIME_WAS_GIVEN = (
        "more-time-was-given",
        _("More time was given once already."),
    )
    PICKUP_TIME_IS_OVER = "pickup-time-is-over", _("The pick-up time is over.")
    OTHERS_WAIT = "others-wait", _("Others wait for the same title.")
    NO_PICKUP_THERE = "no-pickup-there", _("Holds are not picked up at {library}.")
    DAYS_IN_WRONG_ORDER = (
        "days-in-wrong-order",
        _("The last day is before the first one, or has gone by."),
    )
    PATRON_HAS_ACTED = (
        "patron-has-acted",
        _("The patron has been told of it and has asked for more time."),
    )
    COPY_IS_ELSEWHERE = (
        "copy-is-elsewhere",
        _("The copy is not at your library any more: it was set aside at {library}."),
    )
    PLACE_NAME_IN_USE = (
        "place-name-in-use",
        _("The library has a place of this name already."),
    )
    PLACE_HAS_NO_ROOM = "place-has-no-room", _("The place {place} is full.")
    PLACE_IS_LOCKED = "place-is-locked", _("The place {place} is out of use.")
    PLACE_HAS_THE_TITLE = (
        "place-has-the-title",
        _("Another copy of the same title stands in {place}. Choose another place."),
    )
    PLACE_IS_ELSEWHERE = (
        "place-is-elsewhere",
        _("The place belongs to the hold shelf of another library."),
    )
    PLACE_IS_NOT_EMPTY = (
        "place-is-not-empty",
        _("Copies stand in the place {place}: {copies}. Move them first."),
    )
    PLACE_IS_RESERVED = (
        "place-is-reserved",
        _("Somebody else has reserved the place {place} for today."),
    )

"""Why a desk cannot be made ready, or what it did cannot be taken."""

from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals


class OfflineReason(refusals.Reason):
    """Values are public."""

    NO_WORKSTATION = (
        "no-workstation",
        _("Only a computer that has been added as a workstation can be made ready."),
    )
    WORKSTATION_IS_OUT = (
        "workstation-is-out",
        _("The workstation has been taken out of use: nothing is taken from it."),
    )
    TOO_MANY_KITS = (
        "too-many-kits",
        _(
            "This workstation has been made ready {kits} times within an hour. "
            "Try again later."
        ),
    )
    NOT_OURS = (
        "not-ours",
        _("What was sent does not come from a desk that was made ready here."),
    )
    SENT_TOO_LATE = (
        "sent-too-late",
        _("It could be sent until {until}. Nothing was recorded."),
    )
    TOO_MUCH = (
        "too-much",
        _("One desk can send {most} check-outs and check-ins at most."),
    )
    NOT_READABLE = "not-readable", _("The check-out or check-in cannot be read.")
    WRONG_TIME = (
        "wrong-time",
        _(
            "By the clock of the workstation it happened on {at}, when the desk was "
            "not at work without a connection."
        ),
    )
    CAME_BACK = (
        "came-back",
        _("The item has been in the library after that, on {seen}: nothing was lent."),
    )
    LENT_SINCE = (
        "lent-since",
        _("The item has been lent again after that: nothing was changed."),
    )
    SEEN_SINCE = (
        "seen-since",
        _("The item has been seen in a library after that: nothing was changed."),
    )
    ENDED_ALREADY = (
        "ended-already",
        _("Somebody has seen to this already."),
    )

"""Events about where items stand, in sentences of the audit log."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

STOCK_SENTENCES: Final[Mapping[str, Promise]] = {
    "FloatingTried": gettext_lazy(
        "Tried floating on past returns: {libraries} libraries"
    ),
    "FloatLimitSet": gettext_lazy(
        "Set the limit of floating items at {unit} to {most}"
    ),
    "DispatchesAsked": gettext_lazy(
        "Asked for {items} items to be sent from {library} to {destination}"
    ),
    "RotationChanged": gettext_lazy("Rotating collection {name}: {what}"),
    "RotationSentOn": gettext_lazy(
        "Sent the rotating collection {name} on from {library} to {destination}"
    ),
    "RotationItemAdded": gettext_lazy(
        "Added to the rotating collection {name}: {item}"
    ),
    "RotationItemRemoved": gettext_lazy(
        "Took out of the rotating collection {name}: {item}"
    ),
    "TransferLimitChanged": gettext_lazy(
        "Limit of what is sent from {library} to {destination}: {what}"
    ),
    "DispatchDropped": gettext_lazy("Left where it is: {item}"),
}

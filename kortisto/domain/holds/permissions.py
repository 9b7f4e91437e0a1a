"""What can be allowed about holds."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.actors import Actor, ActorKind, NotPermitted
from kortisto.core.permissions import Permission


class HoldPermission(Permission):
    PLACE = "holds.place", _("Place, change and cancel holds")
    PULL = "holds.pull", _("Fetch copies by the pull list")
    MOVE = "holds.move", _("Change the order of a queue")
    OVERRIDE = "holds.override", _("Place a hold against the rules")


def require_hold_of(patron_id: int, *, by: Actor) -> None:
    """Staff with the permission touch everybody's holds, a patron only their own.

    Raises NotPermitted.
    """
    if by.kind is not ActorKind.PATRON:
        by.require(HoldPermission.PLACE)
    elif not by.is_patron(patron_id):
        raise NotPermitted(HoldPermission.PLACE)

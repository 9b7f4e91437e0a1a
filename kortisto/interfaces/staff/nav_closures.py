"""Where the menu leads for closures, moved dates and home delivery."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.domain.closures.permissions import ClosurePermission
from kortisto.domain.delivery.permissions import DeliveryPermission
from kortisto.interfaces.staff.nav_entry import NavEntry

CLOSURES_AND_DELIVERY: Final = (
    NavEntry(
        page="closures",
        label=_("Closures"),
        icon="close",
        needs=ClosurePermission.CLOSE,
        somewhere=True,
        hidden=True,
        words=_("close library renovation reopen move due dates"),
    ),
    NavEntry(
        page="delivery",
        label=_("Home delivery"),
        icon="transit",
        needs=DeliveryPermission.SERVE,
        somewhere=True,
        hidden=True,
        words=_("home service round basket housebound"),
    ),
    NavEntry(
        page="due_dates_form",
        label=_("Move due dates"),
        icon="calendar",
        needs=ClosurePermission.CLOSE,
        somewhere=True,
        hidden=True,
        words=_("due date mover change many loans"),
    ),
)

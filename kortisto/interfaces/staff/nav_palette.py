"""Places of the staff site that only the command palette leads to."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.nav_entry import NavEntry

PALETTE_ONLY: Final = (
    NavEntry(
        page="stops",
        label=_("Stops of bookmobiles"),
        icon="bus",
        hidden=True,
        words=_("bookmobile stop timetable route"),
    ),
    NavEntry(
        page="stop_day",
        label=_("Holds of the day by stop"),
        icon="bus",
        needs=LendingPermission.LEND,
        hidden=True,
        words=_("bookmobile stop holds list today"),
    ),
    NavEntry(
        page="register",
        label=_("Register a patron"),
        icon="plus",
        needs=PatronPermission.EDIT,
        hidden=True,
        words=_("new patron card"),
    ),
    NavEntry(
        page="change_requests",
        label=_("Change requests"),
        icon="edit",
        needs=PatronPermission.EDIT,
        hidden=True,
        words=_("web requests accept deny patron"),
    ),
    NavEntry(
        page="online_registrations",
        label=_("Online registrations"),
        icon="card",
        needs=PatronPermission.EDIT,
        hidden=True,
        words=_("web provisional card identity"),
    ),
    NavEntry(
        page="patron_by_code",
        label=_("Find by personal identity code"),
        icon="search",
        needs=PatronPermission.SEE,
        hidden=True,
        words=_("patron identity vault"),
    ),
    NavEntry(
        page="return_box",
        label=_("Check in a box"),
        icon="box",
        needs=LendingPermission.LEND,
        hidden=True,
        words=_("batch many return"),
    ),
    NavEntry(
        page="lending_box",
        label=_("Check out a box"),
        icon="box",
        needs=LendingPermission.LEND,
        hidden=True,
        words=_("batch many lend"),
    ),
    NavEntry(
        page="workplace",
        label=_("Change the working library"),
        icon="library",
        hidden=True,
        words=_("workplace desk branch"),
    ),
    NavEntry(page="account", label=_("Own account"), icon="person", hidden=True),
)

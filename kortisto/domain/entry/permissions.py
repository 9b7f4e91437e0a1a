"""What can be allowed with open libraries."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.permissions import Permission


class EntryPermission(Permission):
    PERMIT = (
        "entry.permit",
        _("Note permissions of guardians and accepted terms of open libraries"),
    )
    BAN = "entry.ban", _("Ban from open libraries, and lift such bans")
    SEE_ENTRIES = "entry.see-entries", _("See who has tried to enter open libraries")
    MANAGE_DOORS = "entry.manage-doors", _("Add and remove doors of open libraries")
    OPEN_DOOR = "entry.open-door", _("Ask whether a card may enter an open library")

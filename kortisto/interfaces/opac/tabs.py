"""The pages of one's own account, side by side."""

from django.urls import reverse
from django.utils.translation import gettext as _

from kortisto.interfaces.opac.middleware import Visitor
from kortisto.ui.parts import Tab


def account_tabs(
    current: str,
    *,
    visitor: Visitor | None = None,
    loans: int | None = None,
    holds: int | None = None,
) -> list[Tab]:
    """``current`` is the name of the page; what is counted stands on its tab.

    The family has a tab for those who have one; messages that have not been read are
    counted on theirs.
    """
    unread = 0 if visitor is None else visitor.unread
    counts = {"loans": loans, "holds": holds, "inbox": unread or None}
    family = current == "family" or (visitor is not None and visitor.has_family)
    return [
        Tab(
            label=label,
            url=reverse(name),
            icon=icon,
            current=name == current,
            count=counts.get(name),
        )
        for name, label, icon in (
            ("loans", _("Loans"), "book"),
            ("holds", _("Holds"), "hold"),
            ("charges", _("Charges"), "charge"),
            ("history", _("Loan history"), "clock"),
            ("family", _("Family"), "people"),
            ("open_library", _("Open library"), "key"),
            ("suggested", _("Suggestions"), "plus"),
            ("inbox", _("Messages"), "mail"),
            ("details", _("My details"), "settings"),
            ("privacy", _("Privacy"), "lock"),
        )
        if name != "family" or family
    ]

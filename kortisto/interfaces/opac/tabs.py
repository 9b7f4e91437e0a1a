"""The pages of one's own account, side by side."""

from django.urls import reverse
from django.utils.translation import gettext as _

from kortisto.ui.parts import Tab


def account_tabs(current: str, *, loans: int | None = None) -> list[Tab]:
    """``current`` is the name of the page; ``loans`` is counted on its tab."""
    return [
        Tab(
            label=label,
            url=reverse(name),
            icon=icon,
            current=name == current,
            count=loans if name == "loans" else None,
        )
        for name, label, icon in (
            ("loans", _("Loans"), "book"),
            ("charges", _("Charges"), "charge"),
            ("history", _("Loan history"), "clock"),
            ("open_library", _("Open library"), "key"),
            ("details", _("My details"), "settings"),
        )
    ]

"""What every public template can use."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from kortisto.interfaces.opac import told
from kortisto.ui.shell import Account, NavItem, PublicShell


def public(request: HttpRequest) -> dict[str, object]:
    visitor = getattr(request, "visitor", None)
    here = request.path
    shell = PublicShell(
        nav=(
            _item(_("Search"), "search", "search", here),
            _item(_("Libraries"), "libraries", "library", here),
        ),
        account=None if visitor is None else _account(visitor.name, here),
        log_in_url=reverse("log_in"),
        search_url=reverse("search"),
        query=request.GET.get("q", "") if here == reverse("search") else "",
        language_url=reverse("language"),
        home_url=reverse("front"),
        footer=(
            _item(_("Libraries and opening hours"), "libraries", "library", here),
            _item(_("How to search"), "search_help", "info", here),
            _item(_("Accessibility and privacy"), "about", "info", here),
            _item(_("Privacy statement"), "statement", "lock", here),
        ),
    )
    return {**shell.context(), "messages": told.take(request)}


def _account(name: str, here: str) -> Account:
    return Account(
        name=name,
        log_out_url=reverse("log_out"),
        links=(
            _item(_("My loans"), "loans", "book", here),
            _item(_("My holds"), "holds", "hold", here),
            _item(_("My charges"), "charges", "charge", here),
            _item(_("Loan history"), "history", "clock", here),
            _item(_("My suggestions"), "suggested", "plus", here),
            _item(_("My messages"), "inbox", "mail", here),
            _item(_("My details"), "details", "settings", here),
            _item(_("Privacy"), "privacy", "lock", here),
        ),
    )


def _item(label: str, name: str, icon: str, here: str) -> NavItem:
    url = reverse(name)
    return NavItem(label=label, url=url, icon=icon, current=here == url)

"""The places of the staff site and who sees them: one line for each.

A line is shown to those who may open its page. ``key`` is pressed after ``g``.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kortisto.core.permissions import Permission


@dataclass(frozen=True, slots=True, kw_only=True)
class NavEntry:
    """``page`` is the name of the page's URL; ``needs`` None: everybody sees it.

    ``somewhere``: it is enough to have the permission at any unit. ``hidden``: the
    page is only in the command palette. ``words`` are found there but not shown.
    """

    page: str
    label: str | Promise
    icon: str
    needs: Permission | None = None
    key: str = ""
    somewhere: bool = False
    hidden: bool = False
    words: str | Promise = ""


NAV: Final = (
    NavEntry(
        page="front",
        label=_("Today"),
        icon="home",
        key="h",
        words=_("front page start home"),
    ),
    NavEntry(
        page="workplace",
        label=_("Change the working library"),
        icon="library",
        hidden=True,
        words=_("workplace desk branch"),
    ),
)

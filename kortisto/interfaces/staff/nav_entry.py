"""A place of the staff site, and who may go there."""

from dataclasses import dataclass

from django.utils.functional import Promise

from kortisto.core.actors import Actor
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


def may_open(entry: NavEntry, actor: Actor) -> bool:
    """Whether somebody may open the page of an entry where they work."""
    if entry.needs is None:
        return True
    if entry.somewhere:
        return actor.may_somewhere(entry.needs)
    return actor.may(entry.needs)

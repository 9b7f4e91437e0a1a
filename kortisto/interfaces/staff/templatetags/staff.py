"""Small helps of the staff templates: ``{% load staff %}``."""

from collections.abc import Mapping
from typing import Final

from django import template
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from kortisto.core.actors import Actor
from kortisto.core.permissions import permission
from kortisto.domain.circulation.queries import ItemStatus
from kortisto.domain.patrons import hold_identifiers
from kortisto.ui.templatetags import ui

register: Final = template.Library()

STATES: Final = {
    "available": ("ok", _("On the shelf"), "shelf"),
    "on-loan": ("attention", _("On loan"), "check-out"),
    "waiting": ("hold", _("On the hold shelf"), "hold"),
    "processing": ("hold", _("Returned for a hold"), "hold"),
    "travelling": ("hold", _("On its way to a hold"), "transit"),
    "uncleared": ("attention", _("To be taken off the hold shelf"), "hold"),
    "in-transit": ("info", _("On its way"), "transit"),
    "lost": ("stop", _("Lost"), "warn"),
    "withdrawn": ("stop", _("Withdrawn"), "trash"),
    "damaged": ("attention", _("Damaged"), "warn"),
    "not-for-loan": ("neutral", _("Not for loan"), "lock"),
}


@register.filter
def may(actor: Actor | None, value: str) -> bool:
    """``{% if actor|may:"lending.undo" %}``: at the working library."""
    return actor is not None and actor.may(permission(value))


@register.filter
def named(names: Mapping[str, str], label: str) -> str:
    """``{{ names|named:note.author }}``: who it was, or what the log calls them."""
    return names.get(label, label)


@register.filter
def grouped(identifier: str) -> str:
    """``{{ patron.hold_identifier|grouped }}``: in groups that are easy to read."""
    return hold_identifiers.grouped(identifier)


@register.simple_tag
def staff_link(page: str, *parts: object) -> str:
    """The address of a page; empty where no such page is installed."""
    try:
        return reverse(page, args=parts)
    except NoReverseMatch:
        return ""


@register.inclusion_tag("ui/components/badge.html")
def state_badge(status: ItemStatus) -> dict[str, object]:
    kind, word, icon = STATES[status.state]
    return ui.badge(kind, str(word), icon=icon)

"""The components of the pages as template tags: ``{% load ui %}``.

kortisto/ui/README.md shows how each is used, ``/patterns/`` how each looks.
"""

import json
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, Final

from django import template
from django.conf import settings
from django.forms import BaseForm, BoundField
from django.template import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refusal
from kortisto.ui import charts, formats, icons
from kortisto.ui.covers import Cover, cover_of
from kortisto.ui.fields import described, wrongs_of
from kortisto.ui.parts import (
    KIND_ICONS,
    MATERIAL_ICONS,
    Availability,
    Bar,
    Facet,
    Happening,
    Pages,
    Pair,
    RefusalLine,
    Tab,
    TraceLine,
    Wrong,
)
from kortisto.ui.refusals import as_lines

register: Final = template.Library()

THEMES: Final = ("light", "dark")
HTMX: Final = {
    "includeIndicatorStyles": False,
    "allowEval": False,
    "allowScriptTags": False,
    "selfRequestsOnly": True,
    "historyCacheSize": 0,
    "scrollBehavior": "auto",
    "responseHandling": [
        {"code": "204", "swap": False},
        {"code": "[23]..", "swap": True},
        {"code": "409|422", "swap": True},
        {"code": "[45]..", "swap": False, "error": True},
    ],
}

register.filter("money", formats.money)
register.filter("count", formats.count)


# The frame.


@register.simple_tag(takes_context=True)
def theme_attribute(context: Context) -> str:
    """The visitor's choice of theme, told before the first paint by a cookie."""
    request = context.get("request")
    theme = request.COOKIES.get("theme", "") if request else ""
    return format_html(' data-theme="{}"', theme) if theme in THEMES else ""


@register.simple_tag
def htmx_config() -> str:
    """Keeps htmx under a strict policy: nothing evaluated, nothing from outside."""
    return json.dumps(HTMX, separators=(",", ":"))


@register.simple_tag
def site_languages() -> Sequence[tuple[str, str]]:
    return settings.LANGUAGES


@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """An icon beside a word is silent; one that stands alone has a ``label``."""
    spoken = (
        format_html('role="img" aria-label="{}"', label)
        if label
        else mark_safe('aria-hidden="true"')
    )
    return format_html(
        '<svg class="{}" viewBox="0 0 24 24" focusable="false" {}>{}</svg>',
        f"icon {css}".strip(),
        spoken,
        mark_safe(icons.icon_body(name)),  # noqa: S308 - our own sprite
    )


@register.simple_tag
def material_icon(material: str, css: str = "") -> SafeString:
    """The icon of a material type; what is not known looks like a book."""
    return icon(MATERIAL_ICONS.get(material, "book"), css=css)


@register.simple_tag
def icon_drawing(name: str) -> SafeString:
    """Only what is inside an icon, for a drawing that has its own ``svg``."""
    return mark_safe(icons.icon_body(name))  # noqa: S308 - our own sprite


@register.simple_tag
def logo() -> SafeString:
    return format_html(
        '<svg class="logo" viewBox="0 0 32 32" focusable="false" '
        'aria-hidden="true">{}</svg>',
        mark_safe(icons.logo_body()),  # noqa: S308 - our own file
    )


# Values.


@register.filter
def day(value: date | None) -> SafeString:
    """A date as people here write it, in a ``time`` element; nothing for None."""
    if value is None:
        return SafeString("")
    return format_html(
        '<time class="number" datetime="{}">{}</time>',
        value.isoformat(),
        formats.day(value),
    )


@register.filter
def moment(value: datetime | None) -> SafeString:
    """Date and time of day in Helsinki; nothing for None."""
    if value is None:
        return SafeString("")
    return format_html(
        '<time class="number" datetime="{}">{}</time>',
        value.isoformat(),
        formats.moment(value),
    )


@register.simple_tag
def keys(*names: str) -> SafeString:
    """``{% keys "Ctrl" "K" %}``: keys pressed together."""
    return format_html_join(" ", "<kbd>{}</kbd>", ((name,) for name in names))


# What is read.


@register.inclusion_tag("ui/components/badge.html")
def badge(kind: str, word: str, icon: str = "", css: str = "") -> dict[str, Any]:
    return {
        "kind": kind,
        "word": word,
        "icon": icon or KIND_ICONS[kind],
        "css": css,
    }


@register.inclusion_tag("ui/components/note.html")
def note(kind: str, text: object) -> dict[str, Any]:
    return {"kind": kind, "text": text, "icon": KIND_ICONS[kind]}


@register.inclusion_tag("ui/components/outcome.html")
def outcome(
    kind: str, word: str, title: str = "", detail: str = "", icon: str = ""
) -> dict[str, Any]:
    """``kind`` is ok, attention or stop: it is colour, icon and sound at once."""
    return {
        "kind": kind,
        "word": word,
        "title": title,
        "detail": detail,
        "icon": icon or KIND_ICONS[kind],
    }


@register.inclusion_tag("ui/components/refusals.html")
def refusals(
    reasons: Sequence[Refusal | RefusalLine],
    actor: Actor | None = None,
    overriding: Collection[str] = (),
    form: str = "",
) -> dict[str, Any]:
    """Every reason at once. ``form`` is the id of the form that tries again."""
    lines = as_lines(reasons, actor=actor)
    return {"lines": lines, "overriding": overriding, "form": form}


@register.inclusion_tag("ui/components/why.html")
def why(trace: Sequence[TraceLine], about: str = "") -> dict[str, Any]:
    """``about`` completes the name that is read aloud: "Why? Due date"."""
    return {"trace": trace, "about": about}


@register.inclusion_tag("ui/components/cover.html")
def cover(title: str, author: str = "", material: str = "book") -> dict[str, Any]:
    return {
        "cover": cover_of(title, author),
        "icon": MATERIAL_ICONS.get(material, "book"),
    }


@register.simple_tag
def cover_shape(cover: Cover) -> SafeString:
    return mark_safe(cover.shape)  # noqa: S308 - one of our own drawings


@register.inclusion_tag("ui/components/availability.html")
def availability(line: Availability) -> dict[str, Any]:
    return {"line": line, "words": availability_words(line)}


def availability_words(line: Availability) -> str:
    """A whole sentence, because colour and icon must not be the only ones to tell."""
    if line.total == 0:
        return _("No copies")
    if line.available == 0:
        return _("All copies are on loan")
    words = ngettext(
        "{available} of {total} copy available",
        "{available} of {total} copies available",
        line.total,
    )
    return words.format(available=line.available, total=line.total)


@register.inclusion_tag("ui/components/empty.html")
def empty(
    title: str, text: str = "", icon: str = "book-open", url: str = "", label: str = ""
) -> dict[str, Any]:
    return {"title": title, "text": text, "icon": icon, "url": url, "label": label}


@register.inclusion_tag("ui/components/tile.html")
def tile(
    label: str, value: object, note: str = "", icon: str = "", url: str = ""
) -> dict[str, Any]:
    return {"label": label, "value": value, "note": note, "icon": icon, "url": url}


@register.inclusion_tag("ui/components/bars.html")
def bars(values: Sequence[Bar], label: str) -> dict[str, Any]:
    return {"chart": charts.columns(values), "values": values, "label": label}


@register.inclusion_tag("ui/components/pairs.html")
def pairs(
    values: Sequence[Pair], label: str, first: str, second: str
) -> dict[str, Any]:
    return {
        "rows": charts.pairs(values),
        "height": len(values) * charts.ROW,
        "label": label,
        "first": first,
        "second": second,
    }


@register.inclusion_tag("ui/components/timeline.html")
def timeline(happenings: Sequence[Happening]) -> dict[str, Any]:
    return {"happenings": happenings}


# What is used.


@register.inclusion_tag("ui/components/field.html")
def field(bound: BoundField, css: str = "") -> dict[str, Any]:
    """Label, help and errors joined to the input by ``aria-describedby``."""
    return {"field": bound, "css": css, **described(bound)}


@register.inclusion_tag("ui/components/error_summary.html")
def error_summary(form: BaseForm, more: Sequence[Wrong] = ()) -> dict[str, Any]:
    """Every sentence with a link to its field; nothing when nothing is wrong."""
    return {"wrongs": [*wrongs_of(form), *more]}


@register.inclusion_tag("ui/components/pager.html")
def pager(pages: Pages) -> dict[str, Any]:
    return {"pages": pages}


@register.inclusion_tag("ui/components/facet.html")
def facet(group: Facet) -> dict[str, Any]:
    return {"facet": group}


@register.inclusion_tag("ui/components/tabs.html")
def tabs(items: Sequence[Tab], label: str) -> dict[str, Any]:
    return {"items": items, "label": label}


@register.inclusion_tag("ui/components/progress.html")
def progress(
    label: str, done: int = 0, total: int = 0, note: str = ""
) -> dict[str, Any]:
    """With ``total`` 0 nobody knows how much there is: the bar only moves."""
    return {"label": label, "done": done, "total": total, "note": note}


@register.inclusion_tag("ui/components/stepper.html")
def stepper(steps: Sequence[str], current: int) -> dict[str, Any]:
    """``current`` counts from 1; a number past the last step means all done."""
    return {"steps": steps, "current": current}

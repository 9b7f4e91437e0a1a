"""Who may what where: roles and permissions of everybody, explained (PER-1)."""

import csv
from collections.abc import Iterable
from datetime import date, timedelta
from io import StringIO
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from kortisto.core.permissions import permission
from kortisto.core.text import whole_number
from kortisto.domain.org.access import Cell, Wanted, cells_of, grants_wanted, people_at
from kortisto.domain.org.models import Grant, Role, Staff
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.job_words import actor_names
from kortisto.interfaces.staff.paging import PAGE, one_line
from kortisto.interfaces.staff.permission_words import by_family, family_words
from kortisto.interfaces.staff.staffing_forms import unit_choices
from kortisto.ui.formats import day
from kortisto.ui.parts import Pages, Tab

MANAGE: Final = OrgPermission.MANAGE_STAFF
A_MONTH: Final = timedelta(days=31)
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""With these a spreadsheet would take a text for something to compute."""


class RolesForm(forms.Form):
    """What to show of the roles; nothing is needed."""

    at = forms.ChoiceField(label=gettext_lazy("At"), required=False)
    q = forms.CharField(label=gettext_lazy("Name or user name"), required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"), required=False)
    permission = forms.ChoiceField(label=gettext_lazy("May do"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        everything = ("", _("Everything"))
        roles = [(str(role.pk), role.name) for role in Role.objects.order_by("name_fi")]
        choices = {
            "at": [("", _("Everywhere")), *unit_choices()],
            "role": [everything, *roles],
            "permission": [everything, *_permissions()],
        }
        for name, values in choices.items():
            self.fields[name].choices = values  # type: ignore[attr-defined]

    @property
    def wanted(self) -> Wanted:
        """What was asked for; nothing when it cannot be understood."""
        if not self.is_valid():
            return Wanted()
        asked = self.cleaned_data
        return Wanted(
            place=whole_number(asked["at"]),
            text=one_line(asked["q"]),
            role_id=whole_number(asked["role"]),
            permission=permission(asked["permission"]) if asked["permission"] else None,
        )


def _permissions() -> list[tuple[str, list[tuple[str, str]]]]:
    return [
        (family_words(family), [(one.value, str(one.label)) for one in found])
        for family, found in by_family().items()
    ]


@require_GET
def who_may(request: StaffRequest) -> HttpResponse:
    """Everybody's roles, with place and last day."""
    form, today = RolesForm(request.GET), timezone.localdate()
    start = whole_number(request.GET.get("from")) or 0
    found = grants_wanted(form.wanted, today=today)
    rows = list(found[start : start + PAGE + 1])
    tree = organisation()
    told = {
        "form": form,
        "tabs": _tabs(request, "who_may"),
        "rows": [
            (one, tree.name(one.unit_id), _soon(one, today)) for one in rows[:PAGE]
        ],
        "pages": _pages(request, start, size=PAGE, more=len(rows) > PAGE),
        "query": request.GET.urlencode(),
    }
    return render(request, "staff/who_may.html", told)


def _soon(grant: Grant, today: date) -> str:
    """coming, ending (within a month) or nothing to be said."""
    if grant.starts_on > today:
        return "coming"
    ends = grant.ends_on is not None and grant.ends_on - today <= A_MONTH
    return "ending" if ends else ""


@require_GET
def who_may_csv(request: StaffRequest) -> HttpResponse:
    """The same rows as a file that spreadsheets of Finland open as they are."""
    tree = organisation()
    out = StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(
        [
            _("Name"),
            _("User name"),
            _("Role"),
            _("At"),
            _("From"),
            _("To"),
            _("Given by"),
            _("Confirmed"),
        ]
    )
    found = list(
        grants_wanted(RolesForm(request.GET).wanted, today=timezone.localdate())
    )
    givers = actor_names(one.given_by for one in found)
    for one in found:
        row = (
            one.staff.full_name,
            one.staff.username,
            one.role.name,
            tree.name(one.unit_id),
            day(one.starts_on),
            day(one.ends_on) if one.ends_on else "",
            givers[one.given_by],
            day(one.confirmed_on) if one.confirmed_on else "",
        )
        writer.writerow([_harmless(value) for value in row])
    answer = HttpResponse(
        out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = 'attachment; filename="roles.csv"'
    return answer


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


@never_cache
@require_GET
def who_may_here(request: StaffRequest) -> HttpResponse:
    """At one place: people by permissions of one part of the work."""
    tree, today = organisation(), timezone.localdate()
    asked = tree.units.get(whole_number(request.GET.get("at")) or 0)
    place = asked or tree.unit(request.actor.library_id or 0)
    families = by_family()
    family = request.GET.get("part", "")
    permissions = families.get(family) or families["lending"]
    chosen = family if family in families else "lending"
    start, size = whole_number(request.GET.get("from")) or 0, PAGE // 2
    people = list(people_at(place.id, today=today)[start : start + size + 1])
    told = {
        "tabs": _tabs(request, "who_may_here"),
        "place": place,
        "units": unit_choices(),
        "part": chosen,
        "parts": [(name, family_words(name)) for name in families],
        "permissions": permissions,
        "rows": _with_reasons(
            cells_of(people[:size], permissions, place=place, today=today)
        ),
        "pages": _pages(request, start, size=size, more=len(people) > size),
    }
    return render(request, "staff/who_may_here.html", told)


def _with_reasons(
    rows: Iterable[tuple[Staff, tuple[Cell, ...]]],
) -> list[tuple[Staff, list[tuple[Cell, tuple[str, ...]]]]]:
    nothing = (_("No role of theirs gives it anywhere."),)
    return [
        (person, [(cell, cell.sentences or nothing) for cell in cells])
        for person, cells in rows
    ]


def _tabs(request: StaffRequest, here: str) -> list[Tab]:
    """Two views of the same; the place is carried along."""
    given = request.GET.copy()
    for name in ("from", "q", "role", "permission", "part"):
        given.pop(name, None)
    query = f"?{given.urlencode()}" if given else ""
    views = (
        ("who_may", _("Roles"), "people"),
        ("who_may_here", _("Permissions at a place"), "key"),
    )
    return [
        Tab(label=label, url=reverse(name) + query, current=name == here, icon=icon)
        for name, label, icon in views
    ]


def _pages(request: StaffRequest, start: int, *, size: int, more: bool) -> Pages:
    """By number of rows: people are few, and their order is by name."""

    def address(first: int) -> str:
        given = request.GET.copy()
        given["from"] = str(first)
        return f"?{given.urlencode()}"

    return Pages(
        previous_url=address(max(0, start - size)) if start else "",
        next_url=address(start + size) if more else "",
    )


urlpatterns = [
    page("staffing/who-may/", who_may, needs=MANAGE, somewhere=True),
    page("staffing/who-may/here/", who_may_here, needs=MANAGE, somewhere=True),
    page("staffing/who-may/roles.csv", who_may_csv, needs=MANAGE, somewhere=True),
]

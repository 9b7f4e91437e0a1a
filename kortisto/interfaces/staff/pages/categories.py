"""Patron categories: what each is for and asks for (PAT-20). One for the consortium."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from kortisto.domain.org.consortium import (
    decides_for_everybody,
    require_for_everybody,
)
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.categories import (
    add_category,
    change_category,
    ticks_of_category,
)
from kortisto.domain.patrons.models import PatronCategory
from kortisto.domain.patrons.reasons import Unfit
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.category_form import TABLE, CategoryForm
from kortisto.interfaces.staff.message_matrix import (
    columns,
    days_in,
    message_rows,
    ticks_in,
)
from kortisto.interfaces.staff.told import tell
from kortisto.ui.parts import Wrong

EDIT: Final = OrgPermission.EDIT_SETTINGS


@require_GET
def categories(request: StaffRequest) -> HttpResponse:
    """Every category, how many are in it, and for whom it is."""
    in_register = Count("patron", filter=Q(patron__binned_at=None))
    rows = PatronCategory.objects.annotate(patrons=in_register).order_by("pk")
    tree = organisation()
    told = {
        "rows": [
            {
                "category": row,
                "ages": _ages(row),
                "units": ", ".join(tree.name(unit.pk) for unit in row.units.all()),
            }
            for row in rows.prefetch_related("units")
        ],
        "may_edit": decides_for_everybody(request.actor),
    }
    return render(request, "staff/categories.html", told)


def _ages(row: PatronCategory) -> str:
    """``0–17``, ``18–``; nothing when anybody may be in it."""
    if row.min_age is None and row.max_age is None:
        return ""
    return f"{row.min_age or 0}–{'' if row.max_age is None else row.max_age}"


@require_http_methods(["GET", "POST"])
def new_category(request: StaffRequest) -> HttpResponse:
    """Make a category; what was typed stays when something is wrong."""
    return _decide(request, None)


@require_http_methods(["GET", "POST"])
def category(request: StaffRequest, category: str) -> HttpResponse:
    """Decide anew what a category asks for."""
    return _decide(request, get_object_or_404(PatronCategory, code=category))


def _decide(request: StaffRequest, found: PatronCategory | None) -> HttpResponse:
    require_for_everybody(request.actor)
    sent = request.method == "POST"
    form = CategoryForm(request.POST if sent else None, category=found)
    wrongs: Sequence[Wrong] = ()
    if form.is_valid():
        told = form.told(frozenset(ticks_in(request.POST)))
        by, now = request.actor, timezone.now()
        try:
            if found is None:
                add_category(form.cleaned_data["code"], told, by=by, now=now)
            else:
                change_category(found.code, told, by=by, now=now)
        except Unfit as unfit:
            wrongs = form.show_why(unfit)
        else:
            tell(request, _("The category was saved."))
            return redirect("categories")
    return _show(request, form, wrongs)


def _show(
    request: StaffRequest, form: CategoryForm, wrongs: Sequence[Wrong]
) -> HttpResponse:
    found, sent = form.category, request.method == "POST"
    if sent:
        ticks = frozenset(ticks_in(request.POST))
    else:
        ticks = frozenset() if found is None else ticks_of_category(found)
    told: dict[str, Any] = {
        "form": form,
        "category": found,
        "wrongs": wrongs,
        "table": TABLE,
        "ways": columns(),
        "rows": message_rows(ticks, days=days_in(request.POST)),
    }
    status = 422 if wrongs or form.errors else 200
    return render(request, "staff/category.html", told, status=status)


urlpatterns = [
    page("categories/", categories, needs=EDIT, somewhere=True),
    page("categories/new/", new_category, needs=EDIT, somewhere=True),
    page("categories/<str:category>/", category, needs=EDIT, somewhere=True),
]

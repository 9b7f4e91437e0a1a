"""Tasks: what the system cannot settle by itself, one page for a person to work off."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kortisto.core import errands as core_errands
from kortisto.core.actors import Actor, NotPermitted
from kortisto.core.errands import LONGEST_NOTE, ErrandKind, kind_of, kinds_for, open_for
from kortisto.core.models import Errand
from kortisto.core.refusals import Refused
from kortisto.core.text import whole_number
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.access import StaffRequest, page_for_all_staff
from kortisto.interfaces.staff.desk_forms import all_visible
from kortisto.interfaces.staff.job_words import actor_names
from kortisto.interfaces.staff.paging import PAGE, Trail, cut
from kortisto.interfaces.staff.told import tell

HERE, EVERYWHERE = "", "all"
DROP = "drop"


@dataclass(frozen=True, slots=True)
class Row:
    """An errand in words. ``url`` leads to what it is about."""

    errand: Errand
    title: str
    sentence: str
    where: str
    url: str
    late: bool


class NoteForm(forms.Form):
    """How it was ended. The log names who did it; the note says what was done."""

    note = forms.CharField(
        label=gettext_lazy("What was done"),
        help_text=gettext_lazy("Write no personal data here."),
        max_length=LONGEST_NOTE,
        required=False,
        validators=[all_visible],
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )


@require_GET
def errands(request: StaffRequest) -> HttpResponse:
    """Open tasks here, the oldest first; narrowed by library and kind."""
    kinds, trail = kinds_for(request.actor), Trail.of(request)
    kind = request.GET.get("kind", "")
    chosen = [one for one in kinds if kind in {"", one.code}]
    where = request.GET.get("library", HERE)
    found = open_for(request.actor, units=_units(request.actor, where), among=chosen)
    if trail.last is not None:
        found = found.filter(pk__gt=trail.last)
    rows = list(found.order_by("pk")[: PAGE + 1])
    told = {
        "rows": _told(rows[:PAGE]),
        "pages": trail.pages(request, next_key=cut([row.pk for row in rows])),
        "kinds": [(one.code, str(one.title)) for one in kinds],
        "kind": kind,
        "libraries": _libraries(request.actor, kinds),
        "library": where,
    }
    return render(request, "staff/errands.html", told)


def _units(actor: Actor, where: str) -> frozenset[int] | None:
    """The units that an address means: here, everywhere (None), or around one."""
    if where == EVERYWHERE:
        return None
    tree = organisation()
    asked = whole_number(where) if where else actor.library_id
    if asked is None or asked not in tree.units:
        return frozenset()
    return units_here(asked)


def units_here(library_id: int) -> frozenset[int]:
    """A library, what is below it, and the municipality that it belongs to."""
    tree = organisation()
    return tree.descendants(library_id).union(tree.path(library_id))


def _libraries(actor: Actor, kinds: Sequence[ErrandKind]) -> list[tuple[str, str]]:
    """Where somebody may see to anything: this library first, then the others."""
    tree = organisation()
    others = [
        (str(node.id), node.name)
        for node in tree.libraries()
        if node.id != actor.library_id
        and any(actor.may(kind.needs, node.id) for kind in kinds)
    ]
    here = tree.name(actor.library_id)
    return [(HERE, here), (EVERYWHERE, _("All libraries")), *others]


def _told(rows: Sequence[Errand]) -> list[Row]:
    tree, today = organisation(), timezone.localdate()
    return [
        Row(
            row,
            str(kind.title),
            str(kind.sentence).format(**row.facts),
            tree.name(row.unit_id),
            reverse(kind.page, args=[row.subject_id]) if kind.page else "",
            row.due_on is not None and row.due_on < today,
        )
        for row in rows
        for kind in (kind_of(row.kind),)
    ]


@require_GET
def errand(request: StaffRequest, errand_id: int) -> HttpResponse:
    """One task, with the form that ends it."""
    return render(request, "staff/errand.html", _one(request, errand_id, NoteForm()))


def _one(request: StaffRequest, errand_id: int, form: NoteForm) -> dict[str, Any]:
    known = [kind.code for kind in core_errands.kinds()]
    found = get_object_or_404(Errand, pk=errand_id, kind__in=known)
    needs = kind_of(found.kind).needs
    if not request.actor.may(needs, found.unit_id):
        raise NotPermitted(needs, at=found.unit_id)
    (row,) = _told([found])
    names = actor_names([found.made_by, found.ended_by])
    return {
        "row": row,
        "form": form,
        "made_by": names[found.made_by],
        "ended_by": names[found.ended_by],
        "open": found.state == Errand.State.OPEN,
        "ends_there": kind_of(found.kind).ends_there,
        "done": found.state == Errand.State.DONE,
    }


@require_POST
def end_errand(request: StaffRequest, errand_id: int) -> HttpResponse:
    """Done, or nothing to be done: back to the list."""
    form = NoteForm(request.POST)
    told = _one(request, errand_id, form)
    if not form.is_valid():
        return render(request, "staff/errand.html", told, status=422)
    end = core_errands.drop if request.POST.get("how") == DROP else core_errands.finish
    note = form.cleaned_data["note"]
    try:
        end(errand_id, note, by=request.actor, now=timezone.now())
    except Refused as refused:
        for refusal in refused.refusals:
            tell(request, refusal.message, kind="attention")
    else:
        tell(request, _("The task was ended."))
    return redirect("errands")


urlpatterns = [
    page_for_all_staff("tasks/", errands),
    page_for_all_staff("tasks/<int:errand_id>/", errand),
    page_for_all_staff("tasks/<int:errand_id>/end/", end_errand),
]

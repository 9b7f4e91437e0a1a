"""Move a unit, or merge a library into another: see first what changes, then do it."""

from datetime import date
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from kortisto.core.days import written
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.models import Loan
from kortisto.domain.closures.actions.asking import (
    merge_libraries,
    reasons_against_merge,
)
from kortisto.domain.closures.actions.later import move_on_day, reasons_against_move
from kortisto.domain.closures.merging import preview_merge
from kortisto.domain.closures.models import Shift
from kortisto.domain.closures.permissions import ClosurePermission
from kortisto.domain.org.actions.units import relocate
from kortisto.domain.org.models import Unit
from kortisto.domain.org.moving import what_changes
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.staffing_forms import UnitField
from kortisto.interfaces.staff.told import tell
from kortisto.ui.fields import DayField

CLOSE: Final = ClosurePermission.CLOSE
EDIT: Final = OrgPermission.EDIT_UNITS


class DayForm(forms.Form):
    """What waits for a day, or is done at once."""

    on = DayField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy("On a later day it waits, and can be withdrawn."),
        required=False,
    )

    def __init__(self, data: Any = None, **more: Any) -> None:
        more["initial"] = {"on": localdate(), **more.get("initial", {})}
        super().__init__(data, **more)

    @property
    def day(self) -> date:
        found: date = self.cleaned_data.get("on") or localdate()
        return found


class MergeForm(DayForm):
    into = forms.TypedChoiceField(label=gettext_lazy("Merge it into"), coerce=int)

    def __init__(self, data: Any = None, *, library: int) -> None:
        super().__init__(data)
        self.fields["into"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a library")),
            *(
                (node.id, node.name)
                for node in organisation().libraries(on=localdate())
                if node.id != library
            ),
        ]


@require_http_methods(["GET", "POST"])
def merge_unit(request: StaffRequest, unit_id: int) -> HttpResponse:
    """Choose where it goes, see what goes over, and let a worker do it."""
    found = get_object_or_404(Unit, pk=unit_id, kind=Unit.Kind.LIBRARY)
    request.actor.require(CLOSE, at=unit_id)
    form = MergeForm(request.POST or None, library=unit_id)
    told: dict[str, Any] = {"unit": found, "form": form}
    if form.is_valid():
        into, now = form.cleaned_data["into"], timezone.now()
        on = form.day
        wrong = reasons_against_merge(unit_id, into, today=localdate(now), on=on)
        if wrong:
            add_refusals(form, Refused(wrong))
        elif request.POST.get("do") == "apply":
            made = merge_libraries(unit_id, into, by=request.actor, now=now, on=on)
            return _asked(request, made)
        else:
            told["preview"] = preview_merge(unit_id)
            told |= {
                "into": organisation().name(into),
                "day": on,
                "later": on > localdate(now),
            }
    status = 422 if form.errors else 200
    return render(request, "staff/merge_unit.html", told, status=status)


def _asked(request: StaffRequest, made: Shift) -> HttpResponse:
    if made.takes_effect_on is None:
        tell(request, _("It is being done. You may leave the page."))
    else:
        day = written(made.takes_effect_on)
        tell(request, _("It will be done on {day}.").format(day=day))
    return redirect("shift", shift_id=made.pk)


class MoveForm(DayForm):
    to = UnitField(label=gettext_lazy("Below"))


@require_http_methods(["GET", "POST"])
def move_unit(request: StaffRequest, unit_id: int) -> HttpResponse:
    """Move a unit with all below it to another owner, today or on a later day."""
    found = get_object_or_404(Unit, pk=unit_id)
    request.actor.require(EDIT, at=unit_id)
    form = MoveForm(request.POST or None, initial={"to": found.parent_id})
    if not request.actor.may(CLOSE, at=unit_id):
        del form.fields["on"]  # then it moves at once, or not at all
    told: dict[str, Any] = {"unit": found, "form": form}
    if form.is_valid():
        to, now = form.cleaned_data["to"], timezone.now()
        today = localdate(now)
        wrong = reasons_against_move(unit_id, to, on=form.day, today=today)
        if wrong:
            add_refusals(form, Refused(wrong))
        elif request.POST.get("do") == "preview":
            told["preview"] = _what_moves(unit_id, to, on=form.day)
            told["preview"]["later"] = form.day > today
        elif form.day > today:
            made = move_on_day(unit_id, to, form.day, by=request.actor, now=now)
            return _asked(request, made)
        else:
            relocate(unit_id, to=to, by=request.actor, now=now)
            tell(request, _("The unit was moved."))
            return redirect("unit", unit_id=unit_id)
    status = 422 if form.errors else 200
    return render(request, "staff/move_unit.html", told, status=status)


def _what_moves(unit_id: int, to: int, *, on: date) -> dict[str, Any]:
    """What changes on the day, and how much goes along with the unit: as of today."""
    tree = organisation()
    below = tree.descendants(unit_id)
    old, new = tree.municipality_of(unit_id), tree.municipality_of(to)
    return {
        "changes": what_changes(tree, unit_id, to, today=on),
        "day": on,
        "to": tree.name(to),
        "old": tree.name(old),
        "new": tree.name(new),
        "changes_owner": old != new,
        "counts": [
            (_("Libraries"), sum(tree.unit(one).kind == "library" for one in below)),
            (_("Items"), Item.objects.filter(home_library__in=below).count()),
            (_("Patrons"), Patron.objects.filter(home_library__in=below).count()),
            (
                _("Open loans"),
                Loan.objects.filter(library__in=below, returned_at=None).count(),
            ),
        ],
    }


urlpatterns = [
    page("units/<int:unit_id>/move/", move_unit, needs=EDIT, somewhere=True),
    page("units/<int:unit_id>/merge/", merge_unit, needs=CLOSE, somewhere=True),
]

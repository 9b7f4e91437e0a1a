"""Who has tried to enter open libraries, and the doors that ask."""

from datetime import timedelta
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.permissions import Permission
from kortisto.core.refusals import Refused
from kortisto.domain.entry.actions.devices import add_door, remove_door
from kortisto.domain.entry.actions.viewing import view_attempts
from kortisto.domain.entry.models import DoorDevice
from kortisto.domain.entry.permissions import EntryPermission
from kortisto.domain.entry.queries import bans_at, doors_in_use
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.entry_forms import (
    DoorForm,
    EntriesForm,
    open_libraries,
)
from kortisto.interfaces.staff.entry_words import outcome_words
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.told import tell
from kortisto.ui.parts import Bar

SHOWN: Final = 200  # newest attempts of the days chosen
LONGEST: Final = timedelta(days=92)
SEE, MANAGE = EntryPermission.SEE_ENTRIES, EntryPermission.MANAGE_DOORS


def _own(request: StaffRequest, needs: Permission) -> list[tuple[int, str]]:
    """The open libraries where one may."""
    known = open_libraries(timezone.localdate())
    return [(id_, name) for id_, name in known if request.actor.may(needs, at=id_)]


@never_cache
@require_GET
def entries(request: StaffRequest) -> HttpResponse:
    """Attempts at one library on some days; each look is logged with its days."""
    now = timezone.now()
    today = timezone.localdate(now)
    form = EntriesForm(
        request.GET if "library" in request.GET else None,
        libraries=_own(request, SEE),
    )
    told: dict[str, Any] = {"form": form, "actor": request.actor}
    if form.is_valid():
        last = form.cleaned_data["last"] or today
        first = form.cleaned_data["first"] or last
        if not first <= last <= first + LONGEST:
            form.add_error("first", _("Choose at most three months."))
        else:
            library_id = form.cleaned_data["library"]
            found = view_attempts(
                library_id, first, last, most=SHOWN, by=request.actor, now=now
            )
            told |= {
                "rows": [(row, outcome_words(row.code)) for row in found.rows],
                "named": found.named,
                "codes": [(outcome_words(code), n) for code, n in found.by_code],
                "hours": [
                    Bar(label=str(hour), value=n)
                    for hour, n in enumerate(found.by_hour)
                ],
                "asked": True,
            }
    status = 422 if form.errors else 200
    return render(request, "staff/entries.html", told, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def doors(request: StaffRequest) -> HttpResponse:
    """The doors in use and a form for one more. A new secret is shown once."""
    now = timezone.now()
    form = DoorForm(
        request.POST if request.method == "POST" else None,
        libraries=_own(request, MANAGE),
    )
    made: tuple[DoorDevice, str] | None = None
    if form.is_valid():
        data = form.cleaned_data
        try:
            made = add_door(data["library"], data["label"], by=request.actor, now=now)
        except Refused as refused:
            add_refusals(form, refused)
        else:
            form = DoorForm(libraries=_own(request, MANAGE))
    bans = bans_at(timezone.localdate(now))
    told = {
        "form": form,
        "rows": [
            (
                door,
                bans(door.library_id),
                request.actor.may(MANAGE, at=door.library_id),
            )
            for door in doors_in_use()
        ],
        "made": made,
    }
    status = 422 if form.errors else 200
    return render(request, "staff/doors.html", told, status=status)


@require_POST
def remove(request: StaffRequest, device_id: int) -> HttpResponse:
    door = get_object_or_404(DoorDevice, pk=device_id)
    remove_door(door.pk, by=request.actor, now=timezone.now())
    tell(request, _("The door has been removed: its secret opens nothing any more."))
    return redirect("doors")


urlpatterns = [
    page("entries/", entries, needs=SEE, somewhere=True),
    page("doors/", doors, needs=MANAGE, somewhere=True),
    page(
        "doors/<int:device_id>/remove/",
        remove,
        needs=MANAGE,
        name="remove_door",
        somewhere=True,
    ),
]

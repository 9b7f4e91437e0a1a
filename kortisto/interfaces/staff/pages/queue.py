"""The queue for a title: who waits, in which order and why; move a hold in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Record
from kortisto.domain.holds.actions.changing import move_before
from kortisto.domain.holds.lists import (
    before_in_queue,
    hold_at,
    queue_counts,
    queue_of,
    trapped_for,
)
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.patrons.actions.viewing import note_views
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.desk_forms import all_visible
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.hold_rows import HoldRow, hold_rows
from kortisto.interfaces.staff.pages.hold import hold_to_show, patron_to_name
from kortisto.interfaces.staff.paging import PAGE, Trail, cut
from kortisto.interfaces.staff.told import tell

MOST_TRAPPED: Final = 200  # far more than a title has copies set aside
LONGEST_REASON: Final = 200
INVALID: Final = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueRow:
    """A hold and who waits; without the permission only the hold identifier."""

    row: HoldRow
    place: int | None  # in the whole queue of the title
    patron_id: int | None  # None: it may not be told
    name: str
    identifier: str


@never_cache
@require_GET
def title_queue(request: StaffRequest, record_id: int) -> HttpResponse:
    """Those whose copies are set aside, then the queue in its order."""
    record = Record.objects.filter(pk=record_id, deleted_at=None).defer("marc").first()
    if record is None:
        raise Http404
    now = timezone.now()
    trail = Trail.of(request)
    queued = list(queue_of(record_id, after=trail.last)[: PAGE + 1])
    trapped = [] if trail.keys else list(trapped_for(record_id)[:MOST_TRAPPED])
    shown = queued[:PAGE]
    first = before_in_queue(shown[0]) + 1 if shown else 1
    places = {hold.pk: first + at for at, hold in enumerate(shown)}
    rows = _rows([*trapped, *shown], places, by=request.actor, now=now)
    told = {
        "record": record,
        "counts": queue_counts(record_id, today=timezone.localdate(now)),
        "trapped": rows[: len(trapped)],
        "queued": rows[len(trapped) :],
        "pages": trail.pages(request, next_key=cut([hold.pk for hold in queued])),
        "names": request.actor.may(PatronPermission.SEE),
        "actor": request.actor,
    }
    return render(request, "staff/title_queue.html", told)


def _rows(
    holds: Sequence[Hold], places: Mapping[int, int], *, by: Actor, now: datetime
) -> list[QueueRow]:
    """Holds in words. Whoever is named has been looked at, and that is logged."""
    may_see = by.may(PatronPermission.SEE)
    named = {hold.patron_id for hold in holds if may_see and not hold.patron.binned_at}
    note_views(sorted(named), page="queue", by=by, now=now)
    rows = hold_rows(holds, places={}, today=timezone.localdate(now))
    return [
        QueueRow(
            row=row,
            place=places.get(hold.pk),
            patron_id=hold.patron_id if hold.patron_id in named else None,
            name=hold.patron.full_name if hold.patron_id in named else "",
            identifier=hold.patron.hold_identifier,
        )
        for hold, row in zip(holds, rows, strict=True)
    ]


class MoveForm(forms.Form):
    place = forms.IntegerField(
        label=gettext_lazy("New place in the queue"),
        min_value=1,
        widget=forms.NumberInput(attrs={"autofocus": True, "inputmode": "numeric"}),
    )
    why = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("It is kept in the log. Write no personal data here."),
        max_length=LONGEST_REASON,
        validators=[all_visible],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def move_hold(request: StaffRequest, hold_id: int) -> HttpResponse:
    """Put a hold before another one of its queue, for a reason that is kept."""
    found = hold_to_show(hold_id)
    if found.state != Hold.State.QUEUED:
        tell(request, _("The hold has left its queue."), kind="attention")
        return redirect("hold", hold_id=hold_id)
    form = MoveForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and _moved(request, found, form):
        tell(request, _("The hold was moved."))
        return redirect("title_queue", record_id=found.record_id)
    now = timezone.now()
    told: dict[str, Any] = {
        "hold": found,
        "place": before_in_queue(found) + 1,
        "patron": patron_to_name(found, by=request.actor, now=now),
        "form": form,
    }
    status = INVALID if form.errors else 200
    return render(request, "staff/move_hold.html", told, status=status)


def _moved(request: StaffRequest, found: Hold, form: MoveForm) -> bool:
    """Whether it was moved; if not, the form says why."""
    other = hold_at(form.cleaned_data["place"], found)
    if other is None:
        told = _("Nobody stands there. To be the last, mark the hold “always last”.")
        form.add_error("place", told)
        return False
    why, now = form.cleaned_data["why"], timezone.now()
    try:
        move_before(found.pk, other.pk, why=why, by=request.actor, now=now)
    except Refused as refused:
        add_refusals(form, refused)
        return False
    return True


urlpatterns = [
    page("titles/<int:record_id>/queue/", title_queue, needs=HoldPermission.PLACE),
    page("holds/<int:hold_id>/move/", move_hold, needs=HoldPermission.MOVE),
]

"""What is on its way to the working library and from it: items, never patrons."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from kortisto.core.text import whole_number
from kortisto.domain.catalogue.models import CodedValue
from kortisto.domain.circulation.actions.losing_on_the_way import lose_on_the_way
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.holds.lists import oldest_first, on_the_way
from kortisto.domain.holds.models import Transit
from kortisto.domain.holds.settings import TRANSIT_LATE_DAYS
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.catalogue_words import CodeNames
from kortisto.interfaces.staff.paging import PAGE, Trail, cut
from kortisto.interfaces.staff.told import tell
from kortisto.ui.parts import Tab

COMING, LEAVING = "coming", "leaving"


@dataclass(frozen=True, slots=True, kw_only=True)
class TransitRow:
    """An item on its way. ``days`` since it was sent; ``late``: longer than usual."""

    id: int
    item_id: int
    title: str
    barcode: str
    library: str  # the other end
    shelf: str  # where it stands at home
    for_hold: bool
    why: str  # another reason than home or a hold
    sent_at: datetime
    days: int
    late: bool


@require_GET
def transits(request: StaffRequest) -> HttpResponse:
    """The longest on their way first; those that are late by themselves when asked."""
    here, now = request.actor.library_id or 0, timezone.now()
    view = LEAVING if request.GET.get("view") == LEAVING else COMING
    late_days = organisation().setting(TRANSIT_LATE_DAYS, here).value
    late_before = now - timedelta(days=late_days)
    only_late = request.GET.get("late") == "yes"
    found = _of(view, here)
    late = found.filter(sent_at__lt=late_before)
    trail = Trail.of(request)
    shown = oldest_first(late if only_late else found, after=trail.last)
    moving = list(shown[: PAGE + 1])
    told = {
        "view": view,
        "tabs": _tabs(here, view),
        "rows": _rows(moving[:PAGE], view, now=now, late_before=late_before),
        "late_days": late_days,
        "late": late.count(),
        "only_late": only_late,
        "may_mark": request.actor.may(LendingPermission.MARK_ITEMS),
        "pages": trail.pages(request, next_key=cut([one.pk for one in moving])),
    }
    return render(request, "staff/transits.html", told)


def _of(view: str, here: int) -> QuerySet[Transit]:
    if view == LEAVING:
        return on_the_way(origin_id=here)
    return on_the_way(destination_id=here)


def _tabs(here: int, view: str) -> list[Tab]:
    address = reverse("transits")
    words = {
        COMING: (_("On the way here"), "arrow-down"),
        LEAVING: (_("Sent from here"), "arrow-up"),
    }
    return [
        Tab(
            label=label,
            url=f"{address}?view={name}",
            icon=icon,
            count=_of(name, here).count(),
            current=name == view,
        )
        for name, (label, icon) in words.items()
    ]


def _rows(
    moving: list[Transit], view: str, *, now: datetime, late_before: datetime
) -> list[TransitRow]:
    names = CodeNames()
    return [
        TransitRow(
            id=one.pk,
            item_id=one.item_id,
            title=one.item.record.title,
            barcode=one.item.barcode,
            library=(one.destination if view == LEAVING else one.origin).name,
            shelf=_shelf(one, names),
            for_hold=getattr(one, "for_hold", False),
            why=one.get_reason_display(),
            sent_at=one.sent_at,
            days=(now - one.sent_at).days,
            late=one.sent_at < late_before,
        )
        for one in moving
    ]


def _shelf(one: Transit, names: CodeNames) -> str:
    location = names(CodedValue.List.LOCATION, one.item.location)
    return " · ".join(part for part in (location, one.item.call_number) if part)


@require_POST
def lost_on_the_way(request: StaffRequest) -> HttpResponseRedirect:
    """What is ticked has not come: it is missing, and its hold waits again."""
    here, now = request.actor.library_id or 0, timezone.now()
    view = LEAVING if request.POST.get("view") == LEAVING else COMING
    ticked = {whole_number(text) for text in request.POST.getlist("transit")}
    mine = _of(view, here).filter(pk__in=ticked - {None})
    chosen = list(mine.values_list("pk", flat=True))
    back = f"{reverse('transits')}?view={view}"
    if not chosen:
        tell(request, _("Tick first what has not come."), kind="attention")
        return redirect(back)
    number = lose_on_the_way(chosen, by=request.actor, now=now)
    sentence = ngettext(
        "{number} item is marked as missing. Its hold waits in its queue again.",
        "{number} items are marked as missing. Their holds wait in their queues again.",
        number,
    )
    tell(request, sentence.format(number=number))
    return redirect(back)


urlpatterns: Final = [
    page("transits/", transits, needs=LendingPermission.LEND),
    page("transits/lost/", lost_on_the_way, needs=LendingPermission.MARK_ITEMS),
]

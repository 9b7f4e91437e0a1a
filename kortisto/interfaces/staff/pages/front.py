"""The front page of the desk: what waits to be done here, in one look."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from kortisto.core.actors import Actor
from kortisto.core.demo_notes import has_notes
from kortisto.core.errands import kinds_for, open_for
from kortisto.domain.acquisitions.models import Suggestion
from kortisto.domain.acquisitions.permissions import AcquisitionsPermission
from kortisto.domain.acquisitions.queries import suggestions_at
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.queries import overdue_loans
from kortisto.domain.holds.lists import on_the_way
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.settings import TRANSIT_LATE_DAYS
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.change_requests import waiting_at
from kortisto.domain.patrons.actions.provisional import waiting_for_card
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest, page_for_all_staff
from kortisto.interfaces.staff.pages.errands import units_here

SUGGESTIONS: Final = AcquisitionsPermission.ANSWER_SUGGESTIONS


def front(request: StaffRequest) -> HttpResponse:
    """The hours of today, and numbers for those who lend."""
    now = timezone.now()
    told = _day(request.actor.library_id or 0, timezone.localdate(now))
    told |= _errands(request.actor)
    told["first_steps"] = has_notes(Path(settings.DATA_DIR))
    told |= _from_web(request.actor)
    told |= _suggestions(request.actor)
    if request.actor.may(LendingPermission.LEND):
        told |= _work(request.actor, now=now)
    return render(request, "staff/front.html", told)


def _day(library_id: int, today: date) -> dict[str, Any]:
    calendar = organisation().calendar(library_id)
    closure = calendar.why_closed(today)
    return {
        "today": today,
        "hours": calendar.hours(today),
        "closed": closure is not None,
        "closure": "" if closure is None else closure.name,
    }


def _work(actor: Actor, *, now: datetime) -> dict[str, Any]:
    """What waits: each number is one question to an index."""
    here = actor.library_id
    today = timezone.localdate(now)
    waiting = Hold.objects.filter(state=Hold.State.WAITING, pickup_library_id=here)
    shelf, moving = reverse("hold_shelf"), reverse("transits")
    late_days = organisation().setting(TRANSIT_LATE_DAYS, here).value
    late = Q(sent_at__lt=now - timedelta(days=late_days))
    coming = on_the_way(destination_id=here).aggregate(
        all=Count("pk"), late=Count("pk", filter=late)
    )
    leaving = on_the_way(origin_id=here).aggregate(
        all=Count("pk"), late=Count("pk", filter=late)
    )
    return {
        "shelf_url": shelf,
        "uncleared_url": f"{shelf}?view=uncleared",
        "coming_url": f"{moving}?late=yes" if coming["late"] else moving,
        "leaving_url": f"{moving}?view=leaving"
        + ("&late=yes" if leaving["late"] else ""),
        "may_lend": True,
        "waiting": waiting.count(),
        "uncleared": Hold.objects.filter(
            state=Hold.State.UNCLEARED, pickup_library_id=here
        ).count(),
        "not_collected": waiting.filter(pickup_until__lt=today).count(),
        "coming": coming["all"],
        "coming_late": coming["late"],
        "leaving": leaving["all"],
        "leaving_late": leaving["late"],
        "overdue": overdue_loans(now=now).filter(library_id=here).count(),
    }


def _errands(actor: Actor) -> dict[str, Any]:
    """How many tasks wait here for whoever may see to them; None: they may not."""
    if not kinds_for(actor) or actor.library_id is None:
        return {"errands": None}
    here = units_here(actor.library_id)
    return {"errands": open_for(actor, units=here).count()}


def _from_web(actor: Actor) -> dict[str, int]:
    """Patrons who have asked for something on the web, and wait for this place."""
    if not actor.may(PatronPermission.EDIT) or actor.library_id is None:
        return {}
    here = organisation().descendants(actor.library_id)
    asking = waiting_at(here).values("patron").distinct()
    return {
        "change_requests": asking.count(),
        "online_registrations": waiting_for_card(here).count(),
    }


def _suggestions(actor: Actor) -> dict[str, int]:
    """New purchase suggestions here, for whoever may answer them."""
    if actor.library_id is None or not actor.may(SUGGESTIONS):
        return {}
    here = organisation().descendants(actor.library_id)
    return {"suggestions": suggestions_at(here, [Suggestion.State.NEW]).count()}


urlpatterns = [page_for_all_staff("", front)]

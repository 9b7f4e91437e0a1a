"""The vans between libraries: their rounds, and how an item gets where (CIR-51)."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refused
from kortisto.domain.fulfilment.journeys import journeys_from
from kortisto.domain.fulfilment.rules import Journey
from kortisto.domain.org.actions import vans as actions
from kortisto.domain.org.models import VanRound
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import Node, Organisation, organisation
from kortisto.domain.org.van_queries import rounds_from, van_network
from kortisto.domain.org.vans import VanNetwork
from kortisto.interfaces.staff.access import StaffRequest, page, page_for_all_staff
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.premises_shown import premises_told
from kortisto.interfaces.staff.told import tell
from kortisto.interfaces.staff.van_forms import RoundForm
from kortisto.interfaces.staff.van_words import (
    RoundLine,
    WayLine,
    way_line,
    weekdays_in_words,
)
from kortisto.ui.fields import DayField

EDIT: Final = OrgPermission.EDIT_VANS
INVALID: Final = 422


class AskForm(forms.Form):
    """From where an item goes, and when it is taken off its shelf."""

    library = forms.TypedChoiceField(
        label=gettext_lazy("From library"), coerce=int, required=False, empty_value=None
    )
    day = DayField(label=gettext_lazy("Taken off its shelf"), required=False)

    def __init__(self, data: Any, *, here: int | None, today: date) -> None:
        asked = data or {"library": here, "day": today.isoformat()}
        super().__init__(asked)
        self.here, self.today = here, today
        known = [(one.id, one.name) for one in organisation().libraries(on=today)]
        self.fields["library"].choices = known  # type: ignore[attr-defined]

    @property
    def origin(self) -> int | None:
        return self._told("library") or self.here

    @property
    def ready(self) -> date:
        found: date = self._told("day") or self.today
        return found

    def _told(self, name: str) -> Any:
        return self.cleaned_data.get(name) if hasattr(self, "cleaned_data") else None


@require_GET
def vans(request: StaffRequest) -> HttpResponse:
    """Every round, and what an item from one library needs to each other one."""
    today = timezone.localdate()
    tree, network = organisation(), van_network()
    form = AskForm(request.GET or None, here=request.actor.library_id, today=today)
    form.is_valid()
    told = {
        "rounds": [_line(one, request.actor, today) for one in rounds_from(today)],
        "form": form,
        "origin": tree.name(form.origin),
        "ways": _ways(tree, network, form),
        "elsewhere": _elsewhere(tree, today),
        "not_served": [] if network.is_empty else _not_served(tree, network, today),
        "may_edit": request.actor.may_somewhere(EDIT),
    }
    return render(request, "staff/vans.html", told)


def _line(round_: VanRound, actor: Actor, today: date) -> RoundLine:
    stops = round_.stops.all()
    return RoundLine(
        round=round_,
        weekdays=weekdays_in_words(round_.weekdays),
        kilometres=sum(stop.kilometres for stop in stops[1:]),
        coming=round_.starts_on > today,
        may_edit=all(actor.may(EDIT, at=stop.library_id) for stop in stops),
    )


def _ways(tree: Organisation, network: VanNetwork, form: AskForm) -> list[WayLine]:
    if form.origin is None:
        return []
    journey = journeys_from(tree, network, form.ready)
    return [
        way_line(journey(form.origin, place.id), place.id, tree=tree, network=network)
        for place in tree.libraries(on=form.ready)
        if place.id != form.origin
    ]


def _elsewhere(tree: Organisation, today: date) -> list[tuple[str, str]]:
    """Libraries at other premises now or soon, and where the van stops."""
    return [
        (tree.name(library), sentence)
        for library in tree.premises
        for sentence in premises_told(library, today)
    ]


def _not_served(tree: Organisation, network: VanNetwork, today: date) -> list[Node]:
    served = network.libraries(today)
    return [one for one in tree.libraries(on=today) if one.id not in served]


@require_GET
def van_matrix(request: StaffRequest) -> HttpResponse:
    """Days and cost from each library to each, for what is fetched on one day."""
    today = timezone.localdate()
    form = AskForm(request.GET or None, here=request.actor.library_id, today=today)
    form.is_valid()
    tree, network = organisation(), van_network()
    places = tree.libraries(on=form.ready)
    journey = journeys_from(tree, network, form.ready)
    told = {
        "form": form,
        "places": places,
        "rows": [(one, _row(one, places, tree, network, journey)) for one in places],
    }
    return render(request, "staff/van_matrix.html", told)


def _row(
    origin: Node,
    places: tuple[Node, ...],
    tree: Organisation,
    network: VanNetwork,
    journey: Callable[[int, int], Journey],
) -> list[WayLine | None]:
    return [
        None
        if place.id == origin.id
        else way_line(
            journey(origin.id, place.id), place.id, tree=tree, network=network
        )
        for place in places
    ]


@require_http_methods(["GET", "POST"])
def new_van_round(request: StaffRequest) -> HttpResponse:
    """Say where a further van drives."""
    return _decide(request, None)


@require_http_methods(["GET", "POST"])
def van_round(request: StaffRequest, round_id: int) -> HttpResponse:
    """Change a round from a day on, or what was said of it."""
    rounds = VanRound.objects.prefetch_related("stops")
    found = rounds.filter(pk=round_id).first()
    if found is None:
        raise Http404
    for stop in found.stops.all():
        request.actor.require(EDIT, at=stop.library_id)
    return _decide(request, found)


def _decide(request: StaffRequest, found: VanRound | None) -> HttpResponse:
    today = timezone.localdate()
    sent = request.method == "POST"
    form = RoundForm(request.POST if sent else None, round_=found, day=today)
    if form.is_valid():
        code = form.cleaned_data["code"] if found is None else found.code
        now = timezone.now()
        try:
            actions.save_round(code, form.plan, by=request.actor, now=now)
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The round was saved."))
            return redirect("vans")
    told = {"form": form, "round": found}
    status = INVALID if form.errors else 200
    return render(request, "staff/van_round.html", told, status=status)


@require_POST
def remove_van_round(request: StaffRequest, round_id: int) -> HttpResponse:
    """Forget what was said of a round from its day on."""
    try:
        actions.remove_round(round_id, by=request.actor, now=timezone.now())
    except VanRound.DoesNotExist:
        tell(request, _("The round has been removed already."), kind="info")
    else:
        tell(request, _("The round was removed."))
    return redirect("vans")


urlpatterns: Final = [
    page_for_all_staff("vans/", vans),
    page_for_all_staff("vans/matrix/", van_matrix),
    page("vans/new/", new_van_round, needs=EDIT, somewhere=True),
    page("vans/<int:round_id>/", van_round, needs=EDIT, somewhere=True),
    page("vans/<int:round_id>/remove/", remove_van_round, needs=EDIT, somewhere=True),
]

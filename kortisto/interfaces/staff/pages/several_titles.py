"""One hold on several titles: the first, a series in order, or all for a group."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods
from typing_extensions import override

from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.catalogue.models import Record
from kortisto.domain.circulation.actions.place_bundle import (
    MOST,
    RefusedTitles,
    Several,
    place_bundle,
)
from kortisto.domain.circulation.actions.place_group import (
    MOST_COPIES,
    ForAGroup,
    place_group,
)
from kortisto.domain.circulation.actions.place_hold import Placed, Wish
from kortisto.domain.holds.models import HoldBundle
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.models import Patron
from kortisto.domain.search.ports import Scope
from kortisto.domain.search.series import series_of
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.finding import titles_for
from kortisto.interfaces.staff.hold_forms import DaysAndPlace
from kortisto.interfaces.staff.pages.placing import pickup_for, tell_placed
from kortisto.interfaces.staff.paging import one_line
from kortisto.interfaces.staff.title_search import TitleRow, rows_of
from kortisto.ui.chosen import Chosen

REFUSED, INVALID = 409, 422
Kind = HoldBundle.Kind


class SeveralForm(DaysAndPlace):
    """How the titles hang together, and what can be chosen of any hold."""

    kind = forms.ChoiceField(
        label=gettext_lazy("How the titles are waited for"),
        choices=[
            (Kind.FIRST.value, gettext_lazy("The first that comes will do")),
            (Kind.SERIES.value, gettext_lazy("One at a time, in this order")),
            (
                Kind.GROUP.value,
                gettext_lazy("Copies for a group, collected together"),
            ),
        ],
    )
    copies = forms.IntegerField(
        label=gettext_lazy("Copies of each title, for a group"),
        help_text=gettext_lazy("The last day is then the day by which all are needed."),
        min_value=1,
        max_value=MOST_COPIES,
        required=False,
    )
    field_order = ("kind", "copies", "pickup", "stop", "starts_on", "expires_on")

    @property
    def for_a_group(self) -> bool:
        return self.cleaned_data.get("kind") == Kind.GROUP.value

    @override
    def clean(self) -> dict[str, Any]:
        told = super().clean()
        if self.for_a_group:
            if told.get("copies") is None and "copies" not in self.errors:
                self.add_error("copies", _("How many copies does the group need?"))
            if told.get("expires_on") is None and "expires_on" not in self.errors:
                self.add_error(
                    "expires_on", _("By which day does the group need them?")
                )
        return told

    def wish(self) -> Wish:
        """Once the form is valid; the titles come from beside it."""
        told = self.cleaned_data
        return Wish(
            record_id=0,
            pickup_library_id=told["pickup"],
            stop_id=told.get("stop"),
            starts_on=told["starts_on"],
            expires_on=told["expires_on"],
            always_last=told["always_last"],
            non_urgent=told["non_urgent"],
            note=told["note"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenRow:
    """A title that was chosen, what stands against it, and links about it."""

    row: TitleRow
    refusals: Sequence[Refusal]
    without: str
    up: str  # empty for the first


@never_cache
@require_http_methods(["GET", "POST"])
def several_titles(request: StaffRequest, patron_id: int) -> HttpResponse:
    """The titles are chosen one by one and stand in the address until they are sent."""
    patron = _patron(request, patron_id)
    text = one_line(request.GET.get("q"))
    chosen = Chosen.of(request.GET, most=MOST, kept={"kind": _kind(request)})
    form = _form(request, patron, today=timezone.localdate())
    if request.method == "GET":
        return _page(request, patron, chosen, form, text=text)
    if not form.is_valid():
        return _page(request, patron, chosen, form, status=INVALID)
    if len(chosen.ids) < (1 if form.for_a_group else 2):
        least = _("Choose a title.") if form.for_a_group else None
        form.add_error(None, least or _("Choose two titles or more."))
        return _page(request, patron, chosen, form, status=INVALID)
    try:
        placed = _place(request, patron, chosen, form)
    except RefusedTitles as refused:
        return _page(
            request, patron, chosen, form, against=refused.by_record, status=REFUSED
        )
    except Refused as refused:
        form.add_error(None, refused.words)
        return _page(request, patron, chosen, form, status=REFUSED)
    tell_placed(request, placed)
    return redirect("hold", hold_id=placed.hold_id)


def _patron(request: StaffRequest, patron_id: int) -> Patron:
    now = timezone.now()
    try:
        return view_patron(patron_id, by=request.actor, now=now, page="hold")
    except Patron.DoesNotExist as missing:
        raise Http404 from missing


def _kind(request: StaffRequest) -> str:
    sent = request.POST if request.method == "POST" else request.GET
    asked = sent.get("kind", "")
    return asked if asked in {Kind.SERIES, Kind.GROUP} else Kind.FIRST.value


def _form(request: StaffRequest, patron: Patron, *, today: date) -> SeveralForm:
    initial = {
        "kind": _kind(request),
        "pickup": pickup_for(patron, request.actor, today=today),
    }
    data = request.POST if request.method == "POST" else None
    return SeveralForm(data, today=today, initial=initial)


def _place(
    request: StaffRequest, patron: Patron, chosen: Chosen, form: SeveralForm
) -> Placed:
    told, over = form.cleaned_data, request.POST.getlist("override")
    by, now = request.actor, timezone.now()
    if form.for_a_group:
        group = ForAGroup(record_ids=chosen.ids, copies=told["copies"])
        return place_group(
            patron.pk, form.wish(), group, by=by, now=now, overriding=over
        )
    several = Several(kind=Kind(told["kind"]), record_ids=chosen.ids)
    return place_bundle(
        patron.pk, form.wish(), several, by=by, now=now, overriding=over
    )


def _page(
    request: StaffRequest,
    patron: Patron,
    chosen: Chosen,
    form: SeveralForm,
    *,
    text: str = "",
    against: Mapping[int, Sequence[Refusal]] | None = None,
    status: int = 200,
) -> HttpResponse:
    here = request.actor.library_id
    found = {row.id: row for row in rows_of(chosen.ids, library_id=here)}
    chosen = chosen.among(found)
    rows = [
        ChosenRow(
            row=found[one],
            refusals=(against or {}).get(one, ()),
            without=chosen.without(one).address,
            up="" if one == chosen.ids[0] else chosen.up(one).address,
        )
        for one in chosen.ids
    ]
    told = {
        "patron": patron,
        "rows": rows,
        "form": form,
        "chosen": chosen,
        "overriding": request.POST.getlist("override"),
        "actor": request.actor,
        "q": text,
        "offers": _offers(text, chosen, library_id=here),
        **_series(chosen),
    }
    return render(request, "staff/several_titles.html", told, status=status)


def _offers(
    text: str, chosen: Chosen, *, library_id: int | None
) -> list[tuple[TitleRow, str]]:
    """What a search finds, each with the address in which it has been chosen."""
    if not text:
        return []
    ids = [one.id for one in titles_for(text) if one.id not in chosen.ids]
    rows = rows_of(ids, library_id=library_id)
    return [(row, chosen.plus(row.id).address) for row in rows]


def _series(chosen: Chosen) -> dict[str, Any]:
    """The whole series of the first title, to be chosen at once."""
    first = Record.objects.filter(pk__in=chosen.ids[:1]).defer("marc").first()
    whole = None if first is None else series_of(first, scope=Scope.STAFF)
    if whole is None or set(whole.record_ids) <= set(chosen.ids):
        return {"series": ""}
    asked = Chosen(whole.record_ids[:MOST], {"kind": Kind.SERIES.value})
    return {
        "series": whole.name,
        "series_parts": len(asked.ids),
        "series_url": asked.address,
    }


PLACE: Final = HoldPermission.PLACE
urlpatterns = [
    page("patrons/<int:patron_id>/holds/several/", several_titles, needs=PLACE),
]

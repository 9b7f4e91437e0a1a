"""Reserve several titles as one: the first that comes, or a series in its order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.idempotency import KeyUsedForAnotherRequest, once
from kortisto.core.refusals import Refusal, Refused
from kortisto.core.throttle import count_failure, waits_until
from kortisto.domain.catalogue.models import Record
from kortisto.domain.circulation.actions.place_bundle import (
    MOST,
    RefusedTitles,
    Several,
    place_bundle,
)
from kortisto.domain.circulation.hold_choices import NO_VOLUMES
from kortisto.domain.holds.models import HoldBundle
from kortisto.domain.holds.pickup import pickup_libraries
from kortisto.domain.patrons.models import Patron
from kortisto.domain.search.ports import Scope
from kortisto.domain.search.queries import find
from kortisto.domain.search.series import series_of
from kortisto.interfaces.opac.hits import TitleRow, plain_rows
from kortisto.interfaces.opac.middleware import PatronRequest
from kortisto.interfaces.opac.pages.reserve import MANY, usual_place
from kortisto.interfaces.opac.refusal_words import in_your_words
from kortisto.interfaces.opac.reserve_form import ReserveForm
from kortisto.interfaces.opac.tabs import account_tabs
from kortisto.interfaces.opac.told import tell
from kortisto.interfaces.opac.words import Names, names_now
from kortisto.ui.chosen import Chosen

OK, REFUSED, WRONG, TOO_MANY = 200, 409, 422, 429
FOUND: Final = 8
LONGEST_SEARCH: Final = 200
Kind = HoldBundle.Kind


class SeveralForm(ReserveForm):
    """A hold on several titles; which ones stands in the address."""

    kind = forms.ChoiceField(
        label=gettext_lazy("How do you want them?"),
        choices=[
            (Kind.FIRST.value, gettext_lazy("One of them: the first that comes")),
            (Kind.SERIES.value, gettext_lazy("All, one at a time in this order")),
        ],
    )
    field_order = ("kind", "pickup")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChosenRow:
    """A title that was chosen, what stands against it, and links about it."""

    row: TitleRow
    stops: Sequence[str]
    without: str
    up: str  # empty for the first


def several(request: PatronRequest) -> HttpResponse:
    """The titles are chosen one by one; the same form sent twice makes one hold."""
    now, sent = timezone.now(), request.POST or request.GET
    kind = Kind.SERIES if sent.get("kind") == Kind.SERIES else Kind.FIRST
    chosen = Chosen.of(request.GET, most=MOST, kept={"kind": kind.value})
    form = _form(request, kind, now)
    if request.method != "POST":
        return _page(request, chosen, form)
    if waits_until(MANY, str(request.patron_id), now=now) is not None:
        form.add_error(None, _("You have placed many holds. Wait for an hour."))
        return _page(request, chosen, form, status=TOO_MANY)
    if not form.is_valid():
        return _page(request, chosen, form, status=WRONG)
    if len(chosen.ids) < 2:
        form.add_error(None, _("Choose two titles or more."))
        return _page(request, chosen, form, status=WRONG)
    return _reserve(request, chosen, form, now=now)


def _reserve(
    request: PatronRequest, chosen: Chosen, form: SeveralForm, *, now: datetime
) -> HttpResponse:
    try:
        hold_id = _placed(request, chosen, form, now=now)
    except RefusedTitles as refused:
        stops = refused.by_record
        return _page(request, chosen, form, against=stops, status=REFUSED)
    except Refused as refused:
        for refusal in refused.refusals:
            form.add_error(None, in_your_words(refusal))
        return _page(request, chosen, form, status=REFUSED)
    except KeyUsedForAnotherRequest:
        form.add_error(None, _("This form was sent already. Open the page anew."))
        return _page(request, chosen, form, status=REFUSED)
    count_failure(MANY, str(request.patron_id), now=now)
    return Redirect(reverse("own_hold", args=[hold_id]))


def _placed(
    request: PatronRequest, chosen: Chosen, form: SeveralForm, *, now: datetime
) -> int:
    wish, kind = form.wish(0), Kind(form.cleaned_data["kind"])
    asked = Several(kind=kind, record_ids=chosen.ids)

    def place() -> dict[str, int]:
        who, by = request.patron_id, request.actor
        placed = place_bundle(who, wish, asked, by=by, now=now)
        sentence = _("You have reserved {number} titles.")
        tell(request, "ok", sentence.format(number=len(chosen.ids)))
        return {"hold": placed.hold_id}

    told = {
        "patron": request.patron_id,
        "records": list(chosen.ids),
        "kind": kind.value,
        "pickup": wish.pickup_library_id,
        "non_urgent": wish.non_urgent,
        "days": [str(wish.starts_on), str(wish.expires_on)],
    }
    key = form.cleaned_data["key"]
    return int(once("reserve-several", key, request=told, do=place)["hold"])


def _form(request: PatronRequest, kind: HoldBundle.Kind, now: datetime) -> SeveralForm:
    today = localdate(now)
    libraries = pickup_libraries(today)
    patron = Patron.objects.only("home_library_id", "is_protected").get(
        pk=request.patron_id
    )
    return SeveralForm(
        request.POST if request.method == "POST" else None,
        libraries=libraries,
        volumes=NO_VOLUMES,
        editions=(),
        today=today,
        initial={"kind": kind.value, "pickup": usual_place(patron, libraries)},
    )


def _page(
    request: PatronRequest,
    chosen: Chosen,
    form: SeveralForm,
    *,
    against: Mapping[int, Sequence[Refusal]] | None = None,
    status: int = OK,
) -> HttpResponse:
    names = names_now()
    found = {row.id: row for row in plain_rows(chosen.ids, names)}
    chosen = chosen.among(found)
    rows = [
        ChosenRow(
            row=found[one],
            stops=[in_your_words(refusal) for refusal in (against or {}).get(one, ())],
            without=chosen.without(one).address,
            up="" if one == chosen.ids[0] else chosen.up(one).address,
        )
        for one in chosen.ids
    ]
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    values = {
        "rows": rows,
        "stopped": bool(against),
        "form": form,
        "chosen": chosen,
        "q": text,
        "offers": _offers(text, chosen, names),
        "tabs": account_tabs("holds", visitor=request.visitor),
        **_series(chosen),
    }
    return render(request, "opac/several.html", values, status=status)


def _offers(text: str, chosen: Chosen, names: Names) -> list[tuple[TitleRow, str]]:
    """What a search finds, each with the address in which it has been chosen."""
    if not text:
        return []
    ids = [one for one in find(text, size=FOUND).ids if one not in chosen.ids]
    return [(row, chosen.plus(row.id).address) for row in plain_rows(ids, names)]


def _series(chosen: Chosen) -> dict[str, Any]:
    """The whole series of the first title, to be chosen at once."""
    first = Record.objects.filter(
        pk__in=chosen.ids[:1], suppressed=False, deleted_at=None
    )
    record = first.defer("marc").first()
    whole = None if record is None else series_of(record, scope=Scope.PUBLIC)
    if whole is None or set(whole.record_ids) <= set(chosen.ids):
        return {"series": ""}
    asked = Chosen(whole.record_ids[:MOST], {"kind": Kind.SERIES.value})
    return {
        "series": whole.name,
        "series_parts": len(asked.ids),
        "series_url": asked.address,
    }

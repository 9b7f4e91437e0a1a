"""Who answers for a patron: add, put in order, end (PAT-11)."""

from typing import Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kortisto.core.text import whole_number
from kortisto.domain.patrons.actions.family import (
    CONSENTS,
    add_guardian,
    arrange_guardians,
    end_guardian,
    let_guardian_go_on,
)
from kortisto.domain.patrons.actions.viewing import view_patron, view_record
from kortisto.domain.patrons.models import Guardianship, Patron
from kortisto.domain.patrons.new_patron import NewGuardian
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.reasons import Unfit
from kortisto.domain.patrons.records import ended_guardians_of
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.finding import Candidates, candidates
from kortisto.interfaces.staff.paging import one_line
from kortisto.interfaces.staff.patron_forms import GuardianForm, LastDayForm
from kortisto.interfaces.staff.searches import asked_for, show_search
from kortisto.interfaces.staff.told import tell
from kortisto.ui.formats import day

INVALID: Final = 422
REFUSED: Final = 409
PREFIX: Final = "guardians."


@never_cache
@require_http_methods(["GET", "POST"])
def patron_guardians(request: StaffRequest, patron_id: int) -> HttpResponse:
    """The guardians, and a form for one more; the form keeps what was typed."""
    patron = get_object_or_404(Patron, pk=patron_id, binned_at=None)
    typed = request.POST if request.method == "POST" else request.GET
    chosen = _chosen(typed.get("guardian"), patron, request)
    form = GuardianForm(
        request.POST if request.method == "POST" else None,
        chosen=chosen is not None,
        initial={"guardian": None if chosen is None else chosen.pk},
    )
    if form.is_valid() and _added(form, request, patron_id):
        tell(request, _("The guardian was added."))
        return redirect("patron_guardians", patron_id=patron_id)
    return _show(request, patron_id, form=form, chosen=chosen)


def _chosen(asked: str | None, patron: Patron, request: StaffRequest) -> Patron | None:
    """The patron who was picked from the search, looked at; not the dependant."""
    wanted = whole_number(asked)
    if wanted is None or wanted == patron.pk:
        return None
    now = timezone.now()
    try:
        return view_patron(wanted, by=request.actor, now=now, page="guardians")
    except Patron.DoesNotExist:
        return None


def _added(form: GuardianForm, request: StaffRequest, patron_id: int) -> bool:
    data = dict(form.cleaned_data)
    new = NewGuardian(patron_id=data.pop("guardian"), **data)
    try:
        add_guardian(patron_id, new, by=request.actor, now=timezone.now())
    except Unfit as wrong:
        for field, sentence in wrong.errors:
            name = (field or "").removeprefix(PREFIX)
            form.add_error(name if name in form.fields else None, sentence)
        return False
    return True


def _show(
    request: StaffRequest,
    patron_id: int,
    *,
    form: GuardianForm,
    chosen: Patron | None = None,
    refused: str = "",
) -> HttpResponse:
    now = timezone.now()
    text = (asked_for(request) or {}).get("q", "")
    today = timezone.localdate(now)
    found = candidates(text, by=request.actor, now=now) if text else Candidates()
    record = view_record(patron_id, by=request.actor, now=now, page="guardians")
    told = {
        "patron": record.patron,
        "guardians": record.guardians,
        "hides_addresses": record.address_hidden,
        "ended": ended_guardians_of(patron_id, today),
        "today": today,
        "form": form,
        "chosen": chosen,
        "q": text,
        "people": found,
        "refused": refused,
    }
    status = REFUSED if refused else INVALID if form.errors else 200
    return render(request, "staff/patron_guardians.html", told, status=status)


@require_POST
def guardians_find(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Look for a guardian among the patrons."""
    asked = {"q": one_line(request.POST.get("q"))}
    at = reverse("patron_guardians", args=[patron_id])
    return show_search(request, asked, at=at)


@require_POST
def guardians_arrange(request: StaffRequest, patron_id: int) -> HttpResponse:
    """The order, who gets the bills, and what each may see."""
    get_object_or_404(Patron, pk=patron_id, binned_at=None)
    sent = request.POST
    ids = [found for each in sent.getlist("link") if (found := whole_number(each))]
    order = sorted(ids, key=lambda pk: whole_number(sent.get(f"order-{pk}")) or 0)
    try:
        arrange_guardians(
            patron_id,
            order,
            bills_to=whole_number(sent.get("bills_to")) or 0,
            consents={
                pk: {one: f"{one}-{pk}" in sent for one in CONSENTS} for pk in ids
            },
            by=request.actor,
            now=timezone.now(),
        )
    except Unfit as wrong:
        return _show(request, patron_id, form=_empty(), refused=str(wrong))
    tell(request, _("The data was saved."))
    return redirect("patron_guardians", patron_id=patron_id)


@require_POST
def guardian_end(request: StaffRequest, link_id: int) -> HttpResponse:
    """End one today or on a later day; refused when a minor would be left without."""
    link = get_object_or_404(Guardianship, pk=link_id, dependant__binned_at=None)
    patron_id, now = link.dependant_id, timezone.now()
    form = LastDayForm(request.POST)
    if not form.is_valid():
        refused = " ".join(str(one) for one in form.errors["last_day"])
        return _show(request, patron_id, form=_empty(), refused=refused)
    last_day = form.cleaned_data["last_day"]
    try:
        end_guardian(link_id, by=request.actor, now=now, last_day=last_day)
    except Unfit as wrong:
        return _show(request, patron_id, form=_empty(), refused=str(wrong))
    if last_day is None or last_day == timezone.localdate(now):
        tell(request, _("The guardian was ended today."))
    else:
        sentence = _("The guardian ends by itself after {day}.")
        tell(request, sentence.format(day=day(last_day)))
    return redirect("patron_guardians", patron_id=patron_id)


@require_POST
def guardian_goes_on(request: StaffRequest, link_id: int) -> HttpResponse:
    """Take back the last day of one who has not ended yet."""
    link = get_object_or_404(Guardianship, pk=link_id, dependant__binned_at=None)
    patron_id = link.dependant_id
    try:
        let_guardian_go_on(link_id, by=request.actor, now=timezone.now())
    except Unfit as wrong:
        return _show(request, patron_id, form=_empty(), refused=str(wrong))
    tell(request, _("The guardian goes on until further notice."))
    return redirect("patron_guardians", patron_id=patron_id)


def _empty() -> GuardianForm:
    return GuardianForm(chosen=False)


EDIT: Final = PatronPermission.EDIT

urlpatterns = [
    page("patrons/<int:patron_id>/guardians/", patron_guardians, needs=EDIT),
    page("patrons/<int:patron_id>/guardians/find/", guardians_find, needs=EDIT),
    page("patrons/<int:patron_id>/guardians/order/", guardians_arrange, needs=EDIT),
    page("guardianships/<int:link_id>/end/", guardian_end, needs=EDIT),
    page("guardianships/<int:link_id>/go-on/", guardian_goes_on, needs=EDIT),
]

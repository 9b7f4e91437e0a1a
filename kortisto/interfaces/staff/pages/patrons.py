"""Patrons: find one, see everything on one page, and change what lending needs."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.text import ControlCharacters, tidy
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.cards import replace_card
from kortisto.domain.patrons.actions.change import set_flags
from kortisto.domain.patrons.actions.pin import set_pin
from kortisto.domain.patrons.actions.register import register
from kortisto.domain.patrons.actions.renewing import renew_membership
from kortisto.domain.patrons.actions.restrictions import lift, restrict
from kortisto.domain.patrons.models import Patron, PatronCategory, Restriction
from kortisto.domain.patrons.new_patron import NewPatron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import patron_by_card
from kortisto.domain.patrons.reasons import CardInUse
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.desk_forms import (
    CardForm,
    PinForm,
    RegisterForm,
    RestrictForm,
)
from kortisto.interfaces.staff.finding import Candidates, candidates
from kortisto.interfaces.staff.patron_page import WHOLE, patron_context

FLAGS = ("card_lost", "check_address")


@require_GET
def patrons(request: StaffRequest) -> HttpResponse:
    """Find a patron by card or name; an exact card opens its patron at once."""
    try:
        text = tidy(request.GET.get("q", ""))[:200]
    except ControlCharacters:
        text = ""
    by_card = patron_by_card(text) if text else None
    if by_card is not None:
        return redirect("patron", patron_id=by_card)
    now = timezone.now()
    found = candidates(text, by=request.actor, now=now) if text else Candidates()
    return render(request, "staff/patrons.html", {"q": text, "people": found})


@never_cache
@require_GET
def patron(request: StaffRequest, patron_id: int) -> HttpResponse:
    """One patron on one screen. The view is logged."""
    asked = request.GET.get("whole", "")
    whole = asked if asked in WHOLE else ""
    now = timezone.now()
    try:
        told = patron_context(patron_id, by=request.actor, now=now, whole=whole)
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    return render(request, "staff/patron.html", told)


@never_cache
@require_http_methods(["GET", "POST"])
def register_patron(request: StaffRequest) -> HttpResponse:
    """Register somebody new; what was typed stays when something is wrong."""
    today = timezone.localdate()
    form = RegisterForm(
        request.POST if request.method == "POST" else None,
        categories=[
            (category.code, category.name)
            for category in PatronCategory.objects.order_by("pk")
        ],
        libraries=[
            (library.id, library.name) for library in organisation().libraries(on=today)
        ],
        initial={
            "home_library": request.actor.library_id,
            "card_number": request.GET.get("card", ""),
        },
    )
    if form.is_valid():
        data = dict(form.cleaned_data)
        new = NewPatron(home_library_id=data.pop("home_library"), **data)
        try:
            made = register(new, by=request.actor, now=timezone.now())
        except CardInUse as taken:
            form.add_error("card_number", str(taken))
        except ValueError as wrong:
            form.add_error(None, str(wrong))
        else:
            return redirect("patron", patron_id=made.pk)
    status = 422 if form.errors else 200
    return render(request, "staff/register.html", {"form": form}, status=status)


def _change_page(
    request: StaffRequest,
    patron_id: int,
    form: forms.Form,
    *,
    heading: str,
    field: str,
    do: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    """A short form about one patron; back to the patron when it is done."""
    person = get_object_or_404(Patron, pk=patron_id)
    if form.is_valid():
        try:
            do(form.cleaned_data)
        except ValueError as wrong:
            form.add_error(field, str(wrong))
        else:
            return redirect("patron", patron_id=patron_id)
    told = {"form": form, "patron": person, "heading": heading}
    status = 422 if form.errors else 200
    return render(request, "staff/patron_change.html", told, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def patron_pin(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Give a new PIN."""
    return _change_page(
        request,
        patron_id,
        PinForm(request.POST or None),
        heading=_("Set a PIN"),
        field="pin",
        do=lambda data: set_pin(
            patron_id, data["pin"], by=request.actor, now=timezone.now()
        ),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def patron_card(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Give a new card in place of the old one."""
    return _change_page(
        request,
        patron_id,
        CardForm(request.POST or None),
        heading=_("Replace the card"),
        field="number",
        do=lambda data: replace_card(
            patron_id, data["number"], by=request.actor, now=timezone.now()
        ),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def patron_restrict(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Bar from borrowing."""
    return _change_page(
        request,
        patron_id,
        RestrictForm(request.POST or None),
        heading=_("Add a restriction"),
        field="note",
        do=lambda data: restrict(
            patron_id,
            data["note"],
            ends_on=data["ends_on"],
            by=request.actor,
            now=timezone.now(),
        ),
    )


@require_POST
def lift_restriction(request: StaffRequest, restriction_id: int) -> HttpResponse:
    found = get_object_or_404(Restriction, pk=restriction_id)
    lift(restriction_id, by=request.actor, now=timezone.now())
    return redirect("patron", patron_id=found.patron_id)


@require_POST
def patron_flags(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Set or clear "card lost" and "check the address"."""
    get_object_or_404(Patron, pk=patron_id)
    flags = {
        name: request.POST[name] == "yes" for name in FLAGS if name in request.POST
    }
    set_flags(patron_id, flags, by=request.actor, now=timezone.now())
    return redirect("patron", patron_id=patron_id)


@require_POST
def patron_renew(request: StaffRequest, patron_id: int) -> HttpResponse:
    """The data has been checked with the patron: the card is good from today on."""
    get_object_or_404(Patron, pk=patron_id)
    renew_membership(patron_id, by=request.actor, now=timezone.now())
    return redirect("patron", patron_id=patron_id)


SEE, EDIT = PatronPermission.SEE, PatronPermission.EDIT
RESET_PIN, RESTRICT = PatronPermission.RESET_PIN, PatronPermission.RESTRICT

urlpatterns = [
    page("patrons/", patrons, needs=SEE),
    page("patrons/new/", register_patron, needs=EDIT, name="register"),
    page("patrons/<int:patron_id>/", patron, needs=SEE),
    page("patrons/<int:patron_id>/pin/", patron_pin, needs=RESET_PIN),
    page("patrons/<int:patron_id>/card/", patron_card, needs=EDIT),
    page("patrons/<int:patron_id>/restrict/", patron_restrict, needs=RESTRICT),
    page("patrons/<int:patron_id>/flags/", patron_flags, needs=EDIT),
    page("patrons/<int:patron_id>/renewed/", patron_renew, needs=EDIT),
    page("restrictions/<int:restriction_id>/lift/", lift_restriction, needs=RESTRICT),
]

"""Patrons: find one, and see everything on one page."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from kortisto.core.text import ControlCharacters, tidy
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.register import register
from kortisto.domain.patrons.models import Patron, PatronCategory
from kortisto.domain.patrons.new_patron import NewPatron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import patron_by_card
from kortisto.domain.patrons.reasons import CardInUse
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.desk_forms import RegisterForm
from kortisto.interfaces.staff.finding import Candidates, candidates
from kortisto.interfaces.staff.patron_page import WHOLE, patron_context


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


SEE, EDIT = PatronPermission.SEE, PatronPermission.EDIT

urlpatterns = [
    page("patrons/", patrons, needs=SEE),
    page("patrons/new/", register_patron, needs=EDIT, name="register"),
    page("patrons/<int:patron_id>/", patron, needs=SEE),
]

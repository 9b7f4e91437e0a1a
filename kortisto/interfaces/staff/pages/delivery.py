"""Home delivery: rounds, who is on them, and the basket of each (TOL-15)."""

from datetime import date
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.refusals import Refused
from kortisto.core.text import ControlCharacters, card_code
from kortisto.domain.circulation.actions.checkout import Lent
from kortisto.domain.delivery.actions.baskets import (
    lend_baskets,
    pick,
    put_out,
    take_baskets_back,
)
from kortisto.domain.delivery.actions.people import serve_at_home, serve_no_more
from kortisto.domain.delivery.actions.rounds import end_round, save_round
from kortisto.domain.delivery.models import DeliveryPatron, DeliveryRound
from kortisto.domain.delivery.permissions import DeliveryPermission
from kortisto.domain.delivery.queries import goes_on, lines_of, on_round, rounds
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.delivery_forms import RoundForm, WishesForm
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.told import tell
from kortisto.ui.fields import DayField

SERVE: Final = DeliveryPermission.SERVE
INVALID: Final = 422


@require_GET
def delivery(request: StaffRequest) -> HttpResponse:
    """Every round, and when it goes next."""
    today = timezone.localdate()
    told = {"rows": [(one, goes_on(one, today)) for one in rounds()]}
    return render(request, "staff/delivery.html", told)


@require_http_methods(["GET", "POST"])
def new_delivery_round(request: StaffRequest) -> HttpResponse:
    return _write_round(request, None)


@require_http_methods(["GET", "POST"])
def edit_delivery_round(request: StaffRequest, delivery_id: int) -> HttpResponse:
    found = get_object_or_404(DeliveryRound, pk=delivery_id, ended_on=None)
    request.actor.require(SERVE, at=found.library_id)
    return _write_round(request, found)


def _write_round(request: StaffRequest, found: DeliveryRound | None) -> HttpResponse:
    form = RoundForm(request.POST or None, actor=request.actor, round_=found)
    if form.is_valid():
        key = None if found is None else found.pk
        now = timezone.now()
        try:
            made = save_round(form.plan, by=request.actor, now=now, round_id=key)
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The round was saved."))
            return redirect("delivery_round", delivery_id=made.pk)
    told = {
        "form": form,
        "heading": _("Round of home delivery"),
        "save": _("Save"),
        "back": reverse("delivery"),
    }
    status = INVALID if form.errors else 200
    return render(request, "staff/_form_page.html", told, status=status)


@require_GET
def delivery_round(request: StaffRequest, delivery_id: int) -> HttpResponse:
    """Who is on the round, by hold identifier, and how far their baskets are."""
    rows = DeliveryRound.objects.select_related("library")
    found = get_object_or_404(rows, pk=delivery_id)
    day = _day(request, goes_on(found, timezone.localdate()))
    told = {
        "round": found,
        "day": day,
        "rows": on_round(found.pk, day),
        "may_change": request.actor.may(SERVE, at=found.library_id)
        and found.ended_on is None,
    }
    return render(request, "staff/delivery_round.html", told)


@require_POST
def end_delivery_round(request: StaffRequest, delivery_id: int) -> HttpResponse:
    get_object_or_404(DeliveryRound, pk=delivery_id)
    try:
        end_round(delivery_id, by=request.actor, now=timezone.now())
    except Refused as refused:
        tell(request, refused.words, kind="stop")
        return redirect("delivery_round", delivery_id=delivery_id)
    tell(request, _("The round has ended."))
    return redirect("delivery")


def _day(request: StaffRequest, usual: date) -> date:
    """The day that was asked for, if it can be read; else the next of the round."""
    try:
        asked: date | None = DayField(required=False).clean(request.GET.get("day", ""))
    except ValidationError:
        return usual
    return asked or usual


@never_cache
@require_http_methods(["GET", "POST"])
def patron_delivery(request: StaffRequest, patron_id: int) -> HttpResponse:
    """What a patron wishes, what lies in the basket, what is with them."""
    found = _seen(request, patron_id)
    profile = DeliveryPatron.objects.filter(patron=found).first()
    form = WishesForm(request.POST or None, profile=profile)
    if form.is_valid():
        by, now = request.actor, timezone.now()
        try:
            serve_at_home(
                found.pk, form.cleaned_data["round"], form.wishes, by=by, now=now
            )
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The wishes were saved."))
            return _back(found.pk)
    told = _context(found, profile) | {"form": form}
    status = INVALID if form.errors else 200
    return render(request, "staff/patron_delivery.html", told, status=status)


def _seen(request: StaffRequest, patron_id: int) -> Patron:
    try:
        return view_patron(
            patron_id, by=request.actor, now=timezone.now(), page="home-delivery"
        )
    except Patron.DoesNotExist as error:
        raise Http404 from error


def _context(found: Patron, profile: DeliveryPatron | None) -> dict[str, Any]:
    lines = lines_of(found.pk)
    day = None
    if profile is not None:
        day = goes_on(profile.round, timezone.localdate())
    return {
        "patron": found,
        "profile": profile,
        "day": day,
        "picked": [line for line in lines if line.loan_id is None],
        "lent": [line for line in lines if line.loan_id is not None],
        "remembers": found.history != Patron.History.NEVER,
    }


def _back(patron_id: int) -> HttpResponse:
    return redirect("patron_delivery", patron_id=patron_id)


@require_POST
def leave_delivery(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Not served at home any more."""
    get_object_or_404(Patron, pk=patron_id)
    try:
        serve_no_more(patron_id, by=request.actor, now=timezone.now())
    except Refused as refused:
        tell(request, refused.words, kind="stop")
    else:
        tell(request, _("The patron is not served at home any more."))
    return _back(patron_id)


@require_POST
def pick_for_basket(request: StaffRequest, patron_id: int) -> HttpResponse:
    """A scan: it lies in the basket of the next day, or every reason is told."""
    profile = get_object_or_404(
        DeliveryPatron.objects.select_related("round"), patron=patron_id
    )
    now = timezone.now()
    try:
        barcode = card_code(request.POST.get("barcode", ""))
        day = goes_on(profile.round, timezone.localdate(now))
        picked = pick(patron_id, barcode, for_on=day, by=request.actor, now=now)
    except ControlCharacters:
        tell(request, _("The barcode cannot be read."), kind="stop")
    except Refused as refused:
        tell(request, refused.words, kind="stop")
    else:
        _tell_of_pick(request, picked.title, picked.had_before)
    return _back(patron_id)


def _tell_of_pick(request: StaffRequest, title: str, had_before: bool) -> None:  # noqa: FBT001 - of one row
    if had_before:
        sentence = _("{title}: the patron has had this before. It lies in the basket.")
        tell(request, sentence.format(title=title), kind="attention")
    else:
        tell(request, _("{title} lies in the basket.").format(title=title))


@require_POST
def put_out_of_basket(
    request: StaffRequest, patron_id: int, line_id: int
) -> HttpResponse:
    try:
        put_out(patron_id, line_id, by=request.actor)
    except Refused as refused:
        tell(request, refused.words, kind="stop")
    return _back(patron_id)


@require_POST
def lend_basket(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Lend all that lies in the basket; what is refused is told and stays in."""
    get_object_or_404(Patron, pk=patron_id)
    try:
        answers = lend_baskets(patron_id, by=request.actor, now=timezone.now())
    except Refused as refused:
        tell(request, refused.words, kind="stop")
        return _back(patron_id)
    lent = sum(isinstance(answer, Lent) for _line, answer in answers)
    tell(request, _("Lent: {number}. Print the slip.").format(number=lent))
    for line, answer in answers:
        if isinstance(answer, Refused):
            told = f"{line.item.barcode}: {answer.words}"
            tell(request, told, kind="stop")
    return _back(patron_id)


@require_POST
def take_basket_back(request: StaffRequest, patron_id: int) -> HttpResponse:
    """All that is still on loan of the baskets has come back together."""
    get_object_or_404(Patron, pk=patron_id)
    answers = take_baskets_back(patron_id, by=request.actor, now=timezone.now())
    back = [answer for answer in answers if not isinstance(answer, Refused)]
    tell(request, _("Taken back: {number}.").format(number=len(back)))
    for answer in answers:
        if isinstance(answer, Refused):
            tell(request, answer.words, kind="stop")
        elif answer.sentences:
            told = " ".join([f"{answer.title}:", *map(str, answer.sentences)])
            tell(request, told, kind="attention")
    return _back(patron_id)


@never_cache
@require_GET
def basket_slip(request: StaffRequest, patron_id: int) -> HttpResponse:
    """One slip for the bag: the hold identifier, never a name; printed at once."""
    found = _seen(request, patron_id)
    lent = [line for line in lines_of(found.pk) if line.loan_id is not None]
    told = {"patron": found, "lent": lent, "now": timezone.now()}
    return render(request, "staff/_delivery_slip.html", told)


urlpatterns = [
    page("delivery/", delivery, needs=SERVE, somewhere=True),
    page("delivery/new/", new_delivery_round, needs=SERVE, somewhere=True),
    page("delivery/<int:delivery_id>/", delivery_round, needs=SERVE, somewhere=True),
    page(
        "delivery/<int:delivery_id>/edit/",
        edit_delivery_round,
        needs=SERVE,
        somewhere=True,
    ),
    page(
        "delivery/<int:delivery_id>/end/",
        end_delivery_round,
        needs=SERVE,
        somewhere=True,
    ),
    page("patrons/<int:patron_id>/delivery/", patron_delivery, needs=SERVE),
    page("patrons/<int:patron_id>/delivery/leave/", leave_delivery, needs=SERVE),
    page("patrons/<int:patron_id>/delivery/pick/", pick_for_basket, needs=SERVE),
    page(
        "patrons/<int:patron_id>/delivery/out/<int:line_id>/",
        put_out_of_basket,
        needs=SERVE,
    ),
    page("patrons/<int:patron_id>/delivery/lend/", lend_basket, needs=SERVE),
    page("patrons/<int:patron_id>/delivery/back/", take_basket_back, needs=SERVE),
    page("patrons/<int:patron_id>/delivery/slip/", basket_slip, needs=SERVE),
]

"""The lending desk: one patron at a time, scan by scan."""

from datetime import date, datetime
from typing import Final
from uuid import uuid4

from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kortisto.core.refusals import Refused
from kortisto.core.text import ControlCharacters, tidy
from kortisto.domain.circulation.actions.undoing import undo_checkout
from kortisto.domain.circulation.explain import why_due
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.queries import loan_counts
from kortisto.domain.patrons.models import Card
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff import serving
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.answers import Outcome, go_to, part, refused_part
from kortisto.interfaces.staff.lending import Scan
from kortisto.interfaces.staff.scan_state import OpenDesk, ScanState
from kortisto.ui.parts import TraceLine

CHECKOUT: Final = "checkout"


@require_GET
def desk(request: StaffRequest) -> HttpResponse:
    """Who is served now and what they have borrowed on this visit."""
    told = serving.desk_context(request, now=timezone.now())
    return render(request, "staff/desk.html", told)


@require_POST
def lend_anyway(request: StaffRequest) -> HttpResponse:
    """Lend what was refused, setting aside the reasons that were ticked."""
    opened = OpenDesk.of(request.session)
    try:
        patron_id = int(request.POST.get("patron", ""))
        barcode = tidy(request.POST.get("barcode", ""))
    except (ControlCharacters, ValueError):
        return HttpResponseBadRequest()
    state = ScanState(mode=CHECKOUT, patron_id=patron_id)
    overriding = request.POST.getlist("override")
    if opened is not None and opened.patron_id == patron_id:
        _remember(request, opened, overriding)
    made = Scan(
        text=barcode,
        key=uuid4().hex,
        by=request.actor,
        now=timezone.now(),
    )
    answer = serving.lend_scanned(
        request, made, state, opened, overriding=overriding, again=True
    )
    return answer or HttpResponseBadRequest()


def _remember(request: StaffRequest, opened: OpenDesk, overriding: list[str]) -> None:
    if request.POST.get("remember") and overriding:
        opened.overriding = sorted({*opened.overriding, *overriding})
        opened.keep(request.session)


@require_POST
def undo_last(request: StaffRequest) -> HttpResponse:
    """Take back the last check-out of this visit."""
    now = timezone.now()
    opened = OpenDesk.of(request.session)
    if opened is None or request.POST.get("patron") != str(opened.patron_id):
        return serving.other_patron(opened, ScanState(mode=CHECKOUT))
    state = ScanState(mode=CHECKOUT, patron_id=opened.patron_id)
    rows = serving.loans_of_visit(opened, now=now)
    if not rows:
        nothing = Outcome(kind="attention", word=_("Nothing to undo"))
        return part(nothing, state=state)
    try:
        undo_checkout(rows[0].id, by=request.actor, now=now)
    except Refused as refused:
        return refused_part(
            refused.refusals,
            state=state,
            actor=request.actor,
            word=_("Not undone"),
            title=rows[0].title,
        )
    outcome = Outcome(
        kind="attention",
        word=_("Check-out undone"),
        title=rows[0].title,
        detail=_("Keep the item here."),
        icon="undo",
    )
    return part(
        outcome,
        state=state,
        template="staff/_lent.html",
        loans=rows[1:],
        counts=loan_counts(opened.patron_id, now=now),
    )


@require_POST
def next_patron(request: StaffRequest) -> HttpResponse:
    """The patron has been served."""
    return serving.next_patron(request)


@require_POST
def serve(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Open a patron who was chosen from a list or on their own page."""
    card = get_object_or_404(Card, patron_id=patron_id, active=True)
    now = timezone.now()
    serving.open_patron(request, card, now=now)
    if request.headers.get("HX-Request"):
        if request.POST.get("mode") == CHECKOUT:
            return serving.desk_part(request, now=now)
        return go_to(reverse("desk"))
    return redirect("desk")


@require_POST
def due_date(request: StaffRequest) -> HttpResponse:
    """Choose the due date of the next loans of this visit; empty: by the rules."""
    request.actor.require(LendingPermission.SET_DUE_DATE)
    opened = OpenDesk.of(request.session)
    now = timezone.now()
    if opened is None:
        return serving.next_patron(request)
    state = ScanState(mode=CHECKOUT, patron_id=opened.patron_id)
    try:
        chosen = _chosen_day(request.POST.get("due_on", ""), now=now)
    except ValueError as impossible:
        outcome = Outcome(kind="stop", word=_("Not a due date"), detail=str(impossible))
        return part(outcome, state=state, status=409)
    opened.due_on = chosen
    opened.keep(request.session)
    word = _("Due date chosen") if chosen else _("Due dates by the rules again")
    outcome = Outcome(kind="attention" if chosen else "ok", word=word, icon="calendar")
    return serving.desk_part(request, now=now, outcome=outcome)


def _chosen_day(text: str, *, now: datetime) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        message = _("The day cannot be read. Write it as 2027-03-29.")
        raise ValueError(message) from error
    if day < timezone.localdate(now):
        raise ValueError(_("A due date cannot be in the past."))
    return day


@require_POST
def forget_overrides(request: StaffRequest) -> HttpResponse:
    """Reasons are asked about again for this patron."""
    opened = OpenDesk.of(request.session)
    if opened is not None:
        opened.overriding = []
        opened.keep(request.session)
    outcome = Outcome(kind="ok", word=_("Reasons are asked about again"))
    return serving.desk_part(request, now=timezone.now(), outcome=outcome)


@require_GET
def receipt(request: StaffRequest) -> HttpResponse:
    """A slip with the loans of this visit; it is printed when it arrives."""
    opened = OpenDesk.of(request.session)
    now = timezone.now()
    rows = [] if opened is None else serving.loans_of_visit(opened, now=now)
    told = {"rows": rows, "now": now}
    return render(request, "staff/_receipt.html", told)


@require_GET
def why_loan_due(request: StaffRequest, loan_id: int) -> HttpResponse:
    """Why a loan is due when it is, for the panel that asks."""
    loan = get_object_or_404(Loan, pk=loan_id)
    trace = [
        TraceLine(name=why.sentence, source=why.source) for why in why_due(loan.trace)
    ]
    return render(request, "staff/_trace.html", {"trace": trace})


urlpatterns = [
    page("desk/", desk, needs=LendingPermission.LEND),
    page("desk/lend/", lend_anyway, needs=LendingPermission.LEND),
    page("desk/undo/", undo_last, needs=LendingPermission.UNDO),
    page("desk/next/", next_patron, needs=LendingPermission.LEND),
    page("desk/due/", due_date, needs=LendingPermission.SET_DUE_DATE),
    page("desk/overrides/forget/", forget_overrides, needs=LendingPermission.LEND),
    page("desk/receipt/", receipt, needs=LendingPermission.LEND),
    page("desk/serve/<int:patron_id>/", serve, needs=LendingPermission.LEND),
    page("loans/<int:loan_id>/why/", why_loan_due, needs=PatronPermission.SEE),
]

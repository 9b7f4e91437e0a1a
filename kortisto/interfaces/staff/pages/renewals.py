"""Renew by barcode, and the loans of one patron: some, or all."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from kortisto.core.refusals import Refused
from kortisto.core.text import whole_number
from kortisto.domain.circulation.actions.renew import Renewed, renew, renew_many
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.queries import loans_of
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.loan_rows import due_words


@require_GET
def renewals(request: HttpRequest) -> HttpResponse:
    """Renew what is scanned, whoever has it."""
    return render(request, "staff/renewals.html")


@require_POST
def renew_loans(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Renew the ticked loans of a patron, or all of them; every refusal is shown."""
    now = timezone.now()
    try:
        patron = view_patron(patron_id, by=request.actor, now=now, page="renewal")
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    loans = {loan.pk: loan for loan in loans_of(patron_id)}
    ticked = {whole_number(text) for text in request.POST.getlist("loan")}
    wanted = [
        loan_id for loan_id in loans if "all" in request.POST or loan_id in ticked
    ]
    answers = renew_many(wanted, by=request.actor, now=now)
    lines = [_line(answer, loans) for answer in answers]
    told: dict[str, Any] = {
        "patron": patron,
        "lines": lines,
        "renewed": sum(line["renewed"] is not None for line in lines),
        "actor": request.actor,
    }
    return render(request, "staff/renewed.html", told)


@require_POST
def renew_anyway(request: StaffRequest, loan_id: int) -> HttpResponse:
    """Renew one loan, setting aside the reasons that were ticked."""
    now: datetime = timezone.now()
    loan = get_object_or_404(Loan, pk=loan_id, returned_at=None)
    overriding = request.POST.getlist("override")
    answer: Renewed | tuple[int, Refused]
    try:
        answer = renew(loan_id, by=request.actor, now=now, overriding=overriding)
    except Refused as refused:
        answer = (loan_id, refused)
    told = {"line": _line(answer, {loan_id: loan}), "actor": request.actor}
    status = 409 if isinstance(answer, tuple) else 200
    return render(request, "staff/_renewal_line.html", told, status=status)


def _line(
    answer: Renewed | tuple[int, Refused], loans: dict[int, Loan]
) -> dict[str, Any]:
    if isinstance(answer, tuple):
        loan_id, refused = answer
        return {
            "loan": loans[loan_id],
            "renewed": None,
            "refused": refused,
            "due": due_words(loans[loan_id].due_at),
            "form": f"renew-{loan_id}-{uuid4().hex[:6]}",
        }
    return {
        "loan": loans[answer.loan_id],
        "renewed": answer,
        "refused": None,
        "due": due_words(answer.due_at),
        "form": "",
    }


urlpatterns = [
    page("renew/", renewals, needs=LendingPermission.LEND),
    page("patrons/<int:patron_id>/renew/", renew_loans, needs=LendingPermission.LEND),
    page("loans/<int:loan_id>/renew/", renew_anyway, needs=LendingPermission.LEND),
]

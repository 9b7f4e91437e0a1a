"""One loan: why it is due, what it costs, and what to do when something is wrong."""

from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.claims import claim, withdraw_claim
from kortisto.domain.circulation.actions.losing import damage, lose
from kortisto.domain.circulation.actions.recalling import (
    decide_recall,
    recall,
    take_recall_back,
)
from kortisto.domain.circulation.actions.voiding import against_voiding, void_loan
from kortisto.domain.circulation.claim_queries import claims_of_loan, open_claims
from kortisto.domain.circulation.models import Claim, Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.returns import Going
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.catalogue_words import CodeNames
from kortisto.interfaces.staff.claim_forms import ClaimForm
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.job_words import actor_names
from kortisto.interfaces.staff.lending import told_return
from kortisto.interfaces.staff.loan_rows import due_words, loan_rows
from kortisto.interfaces.staff.loss_forms import LOST, LossForm
from kortisto.interfaces.staff.taking_back import row_of
from kortisto.interfaces.staff.told import tell

INVALID: Final = 422
RETURNS: Final = {"found": True, "brought": False}
"""How a claim is resolved by taking the item back: was it found in the library?"""


@never_cache
@require_GET
def loan(request: StaffRequest, loan_id: int) -> HttpResponse:
    """Everything about one loan, and its exceptions."""
    found = _loan(loan_id)
    return render(request, "staff/loan.html", _told(request, found))


@require_POST
def claim_loan(request: StaffRequest, loan_id: int) -> HttpResponse:
    """Note that the patron says it is not with them."""
    found = _loan(loan_id)
    form = ClaimForm(request.POST, by=request.actor)
    if form.is_valid():
        try:
            claim(loan_id, form.told, by=request.actor, now=timezone.now())
        except Refused as refused:
            add_refusals(form, refused)
        except ValueError as impossible:
            form.add_error("told_on", str(impossible))
        else:
            tell(request, _("Noted. No fine grows, and the shelves are checked."))
            return redirect("loan", loan_id=loan_id)
    told = _told(request, found) | {"form": form}
    return render(request, "staff/loan.html", told, status=INVALID)


@require_POST
def lose_loan(request: StaffRequest, loan_id: int) -> HttpResponse:
    """It is lost or damaged, with a charge or without."""
    found = _loan(loan_id)
    is_open = found.returned_at is None
    form = LossForm(request.POST, item=found.item, is_open=is_open)
    if form.is_valid():
        act = lose if form.cleaned_data["what"] == LOST else damage
        try:
            act(loan_id, form.cost, by=request.actor, now=timezone.now())
        except Refused as refused:
            add_refusals(form, refused)
        except ValueError as impossible:
            form.add_error("cents", str(impossible))
        else:
            tell(request, _("Noted.") if act is damage else _("Noted as lost."))
            return redirect("loan", loan_id=loan_id)
    told = _told(request, found) | {"loss": form}
    return render(request, "staff/loan.html", told, status=INVALID)


@require_POST
def void(request: StaffRequest, loan_id: int) -> HttpResponse:
    """It was lent to the wrong person: it vanishes from their account."""
    if not request.POST.get("sure"):
        tell(request, _("Tick first that it was the wrong person."), kind="attention")
        return redirect("loan", loan_id=loan_id)
    try:
        voided = void_loan(loan_id, by=request.actor, now=timezone.now())
    except Loan.DoesNotExist as missing:
        raise Http404 from missing
    except Refused as refused:
        for refusal in refused.refusals:
            tell(request, refusal.message, kind="stop")
    else:
        tell(request, _("The loan was voided. Lend the item to the right patron now."))
        return redirect("item", item_id=voided.item_id)
    return redirect("loan", loan_id=loan_id)


@require_POST
def recall_loan(request: StaffRequest, loan_id: int) -> HttpResponse:
    """Somebody else needs it: it is due sooner. Or they do not any more."""
    act = take_recall_back if request.POST.get("back") else recall
    try:
        changed = act(loan_id, by=request.actor, now=timezone.now())
    except Loan.DoesNotExist as missing:
        raise Http404 from missing
    except Refused as refused:
        for refusal in refused.refusals:
            tell(request, refusal.message, kind="stop")
    else:
        day = due_words(changed.due_at)
        tell(request, _("The loan is now due on {day}.").format(day=day))
    return redirect("loan", loan_id=loan_id)


@require_POST
def resolve_claim(request: StaffRequest, loan_id: int) -> HttpResponse:
    """Say where it was. What has been found is taken back at the same time."""
    found, how = _loan(loan_id), request.POST.get("how", "")
    claim_id = (
        open_claims().filter(loan_id=loan_id).values_list("pk", flat=True).first()
    )
    if found.returned_at is not None or claim_id is None:
        tell(request, _("The claim has been resolved already."), kind="attention")
        return redirect("loan", loan_id=loan_id)
    if how == Claim.Resolution.WITHDRAWN:
        try:
            withdraw_claim(claim_id, by=request.actor, now=timezone.now())
        except (Claim.DoesNotExist, Refused):  # another desk was faster
            tell(request, _("The claim has been resolved already."), kind="attention")
        else:
            tell(request, _("The loan goes on as before."))
    elif how in RETURNS:
        _take_back(request, found, found=RETURNS[how])
    else:
        raise Http404
    return redirect("loan", loan_id=loan_id)


def _take_back(request: StaffRequest, lent: Loan, *, found: bool) -> None:
    returned = checkin(
        lent.item.barcode, by=request.actor, now=timezone.now(), found=found
    )
    row = row_of(told_return(returned), CodeNames())
    tell(request, row.going, kind="ok" if returned.going is Going.SHELF else "hold")
    for sentence in row.sentences:
        tell(request, sentence, kind="info")


def _loan(loan_id: int) -> Loan:
    related = ("item", "library", "rules_library", "returned_library")
    try:
        return Loan.objects.select_related(*related).get(pk=loan_id)
    except Loan.DoesNotExist as missing:
        raise Http404 from missing


def _told(request: StaffRequest, found: Loan) -> dict[str, Any]:
    patron = _patron_to_name(found, by=request.actor)
    claims = [] if patron is None else list(claims_of_loan(found))
    labels = {found.lent_by, found.returned_by}
    for one in claims:
        labels |= {one.made_by, one.resolved_by}
    is_open = found.returned_at is None
    return {
        "loan": found,
        "row": loan_rows([found], now=timezone.now())[0],
        "patron": patron,
        "claims": claims,
        "claimed": is_open and found.claimed_at is not None,
        "names": actor_names(labels - {""}),
        "form": ClaimForm(by=request.actor)
        if is_open and found.claimed_at is None
        else None,
        "loss": LossForm(item=found.item, is_open=is_open)
        if (is_open or patron is not None)
        and request.actor.may(LendingPermission.MARK_ITEMS)
        else None,
        "recalling": decide_recall(found, now=timezone.now())
        if is_open and request.actor.may(LendingPermission.RECALL)
        else None,
        "voidable": patron is not None
        and request.actor.may(LendingPermission.VOID)
        and not against_voiding(found, now=timezone.now()),
        "actor": request.actor,
        "may_lend": request.actor.may(LendingPermission.LEND),
    }


def _patron_to_name(found: Loan, *, by: Actor) -> Patron | None:
    """Whose loan it is. Of one that has ended only those who may see history know."""
    if found.patron_id is None:
        return None
    if found.returned_at is not None and not by.may(PatronPermission.SEE_HISTORY):
        return None
    try:
        return view_patron(found.patron_id, by=by, now=timezone.now(), page="loan")
    except Patron.DoesNotExist:  # in the bin
        return None


urlpatterns = [
    page("loans/<int:loan_id>/", loan, needs=PatronPermission.SEE),
    page("loans/<int:loan_id>/lose/", lose_loan, needs=LendingPermission.MARK_ITEMS),
    page("loans/<int:loan_id>/recall/", recall_loan, needs=LendingPermission.RECALL),
    page(
        "loans/<int:loan_id>/void/",
        void,
        needs=LendingPermission.VOID,
        name="void_loan",
    ),
    page("loans/<int:loan_id>/claim/", claim_loan, needs=LendingPermission.LEND),
    page(
        "loans/<int:loan_id>/claim/resolve/",
        resolve_claim,
        needs=LendingPermission.LEND,
    ),
]

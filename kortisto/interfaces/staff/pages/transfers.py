"""Move items to another library, and say where which are not sent (CIR-51)."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import CodedValue
from kortisto.domain.circulation.actions.transferring import Moved, transfer_box
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.distribution.actions.limiting import (
    remove_transfer_limit,
    set_transfer_limit,
)
from kortisto.domain.distribution.models import TransferLimit
from kortisto.domain.distribution.permissions import DistributionPermission
from kortisto.domain.distribution.reasons import Reason
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.catalogue_words import CodeNames
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.told import tell
from kortisto.interfaces.staff.transfer_forms import TransferForm, TransferLimitForm

MANAGE: Final = DistributionPermission.MANAGE
INVALID: Final = 422


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferLine:
    """What became of one barcode."""

    barcode: str
    moved: Moved | None = None
    refused: Refused | None = None


@require_http_methods(["GET", "POST"])
def transfer_items(request: StaffRequest) -> HttpResponse:
    """Scan what goes to another library: each is on its way, or told why not."""
    form = TransferForm(request.POST or None, actor=request.actor)
    lines: list[TransferLine] = []
    destination = ""
    if form.is_valid():
        told = form.cleaned_data
        aside = [Reason.NOT_SENT_THERE.value] if told.get("in_spite") else []
        answers = transfer_box(
            told["barcodes"],
            told["destination"],
            by=request.actor,
            now=timezone.now(),
            overriding=aside,
        )
        lines = [_line(answer) for answer in answers]
        destination = organisation().name(told["destination"])
        again = {"destination": told["destination"]}
        form = TransferForm(actor=request.actor, initial=again)
    shown = {
        "form": form,
        "lines": lines,
        "destination": destination,
        "sent": sum(line.moved is not None for line in lines),
        "may_manage": request.actor.may_somewhere(MANAGE),
        "actor": request.actor,
    }
    status = INVALID if form.errors else 200
    return render(request, "staff/transfer_items.html", shown, status=status)


def _line(answer: Moved | tuple[str, Refused]) -> TransferLine:
    if isinstance(answer, Moved):
        return TransferLine(barcode=answer.barcode, moved=answer)
    barcode, refused = answer
    return TransferLine(barcode=barcode, refused=refused)


@require_http_methods(["GET", "POST"])
def transfer_limits(request: StaffRequest) -> HttpResponse:
    """Every way that some items are not sent, and one more."""
    form = TransferLimitForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        told = form.cleaned_data
        try:
            set_transfer_limit(
                told["origin"],
                told["destination"],
                item_type=told["item_type"],
                collection=told["collection"],
                by=request.actor,
                now=timezone.now(),
            )
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The limit was saved."))
            return redirect("transfer_limits")
    names, tree = CodeNames(), organisation()
    limits = TransferLimit.objects.select_related("item_type").order_by(
        "origin", "destination", "pk"
    )
    shown = {
        "form": form,
        "rows": [
            (
                limit,
                tree.name(limit.origin_id),
                tree.name(limit.destination_id),
                names(CodedValue.List.COLLECTION, limit.collection),
                request.actor.may(MANAGE, at=limit.origin_id)
                and request.actor.may(MANAGE, at=limit.destination_id),
            )
            for limit in limits
        ],
    }
    status = INVALID if form.errors else 200
    return render(request, "staff/transfer_limits.html", shown, status=status)


@require_POST
def drop_transfer_limit(request: StaffRequest, limit_id: int) -> HttpResponseRedirect:
    """Such items are sent that way again."""
    try:
        remove_transfer_limit(limit_id, by=request.actor, now=timezone.now())
    except TransferLimit.DoesNotExist:
        tell(request, _("The limit has been removed already."), kind="info")
    else:
        tell(request, _("The limit was removed."))
    return redirect("transfer_limits")


urlpatterns = [
    page("transfers/", transfer_items, needs=LendingPermission.LEND),
    page("transfers/limits/", transfer_limits, needs=MANAGE, somewhere=True),
    page(
        "transfers/limits/<int:limit_id>/remove/",
        drop_transfer_limit,
        needs=MANAGE,
        somewhere=True,
    ),
]

"""What to do with money that a charge owes its patron (FEE-10)."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kortisto.domain.fees.actions.credits import refund, use_credit
from kortisto.domain.fees.permissions import FeePermission
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.told import tell
from kortisto.ui.formats import money

LONGEST_KEY = 64
LONGEST_SUM = 9  # digits


@require_POST
def credit_refund(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Give the credit that was on the page back in cash."""
    sent = request.POST.get("cents", "")
    if not (sent.isascii() and sent.isdigit() and len(sent) <= LONGEST_SUM):
        raise BadRequest
    cents, key = int(sent), _key(request)
    return _done(
        request,
        patron_id,
        lambda: refund(patron_id, cents, key=key, by=request.actor, now=timezone.now()),
        told=_("The money was given back: {cents}.").format(cents=money(cents)),
    )


@require_POST
def credit_use(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Pay the other charges with the credit."""
    key = _key(request)
    return _done(
        request,
        patron_id,
        lambda: use_credit(patron_id, key=key, by=request.actor, now=timezone.now()),
        told=_("The credit was used for other charges."),
    )


def _key(request: StaffRequest) -> str:
    """What makes a form that is sent twice count once."""
    key = request.POST.get("key", "")
    if not 0 < len(key) <= LONGEST_KEY:
        raise BadRequest
    return key


def _done(
    request: StaffRequest, patron_id: int, do: Callable[[], object], *, told: str
) -> HttpResponse:
    """Do it and go back to the patron, with what came of it in words."""
    get_object_or_404(Patron, pk=patron_id)
    try:
        do()
    except ValueError as wrong:
        tell(request, str(wrong), kind="stop")
    else:
        tell(request, told)
    return redirect("patron", patron_id=patron_id)


urlpatterns = [
    page(
        "patrons/<int:patron_id>/credit/refund/",
        credit_refund,
        needs=FeePermission.REFUND,
    ),
    page(
        "patrons/<int:patron_id>/credit/use/",
        credit_use,
        needs=FeePermission.TAKE_PAYMENT,
    ),
]

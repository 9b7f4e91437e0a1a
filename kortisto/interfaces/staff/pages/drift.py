"""Where items have drifted: a collection that floats to one side is seen (HLD-50).

What would bring it into balance again becomes a list for the library that has too many.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import ItemType
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.circulation.actions.balancing import ask_to_send
from kortisto.domain.circulation.balancing import suggested
from kortisto.domain.circulation.drifting import drifted
from kortisto.domain.distribution.permissions import DistributionPermission
from kortisto.domain.distribution.rules import Flow
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.float_forms import BalanceForm, FlowForm
from kortisto.interfaces.staff.told import tell
from kortisto.ui.formats import count
from kortisto.ui.parts import Pair

MANAGE: Final = DistributionPermission.MANAGE
CHARTED: Final = 24  # libraries that a chart has room for
SUGGESTED: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A box from one library to another, in words."""

    flow: Flow
    kind: str
    origin: str
    destination: str
    may_ask: bool


@require_GET
def drift(request: StaffRequest) -> HttpResponse:
    """Library by library, where most has come first, and what would level it."""
    tree, form = organisation(), BalanceForm(request.GET)
    rows = [(tree.name(row.library_id), row) for row in drifted(**form.kind)]
    today = timezone.localdate()
    found = suggested(today=today, least=form.smallest, **form.kind)
    told = {
        "form": form,
        "rows": rows,
        "chart": [
            Pair(name, row.here, row.elsewhere, count(row.here), count(row.elsewhere))
            for name, row in rows[:CHARTED]
        ],
        "left_off": max(len(rows) - CHARTED, 0),
        "suggestions": _suggestions(request, found[:SUGGESTED]),
        "collection": form.kind["collection"] or "",
        "may_manage": request.actor.may_somewhere(MANAGE),
    }
    return render(request, "staff/drift.html", told)


def _suggestions(request: StaffRequest, found: list[Flow]) -> list[Suggestion]:
    tree = organisation()
    kinds = {one.pk: one.name or one.code for one in ItemType.objects.all()}
    return [
        Suggestion(
            flow=flow,
            kind=kinds[flow.item_type_id],
            origin=tree.name(flow.origin_id),
            destination=tree.name(flow.destination_id),
            may_ask=request.actor.may(MANAGE, at=flow.origin_id)
            and request.actor.may(MANAGE, at=flow.destination_id),
        )
        for flow in found
    ]


@require_POST
def send_for_balance(request: StaffRequest) -> HttpResponseRedirect:
    """Put the items of a suggestion on the list of the library that has too many."""
    now = timezone.now()
    form = FlowForm(request.POST, today=timezone.localdate(now))
    if not form.is_valid():
        tell(request, _("Choose a suggestion from the page."), kind="attention")
        return redirect("drift")
    told: dict[str, Any] = form.cleaned_data
    flow = Flow(
        item_type_id=told["item_type"],
        origin_id=told["origin"],
        destination_id=told["destination"],
        items=told["items"],
    )
    if flow.origin_id == flow.destination_id:
        tell(request, _("Choose a suggestion from the page."), kind="attention")
        return redirect("drift")
    collection = told["collection"] or None
    try:
        number = ask_to_send(flow, collection=collection, by=request.actor, now=now)
    except Refused as refused:
        for refusal in refused.refusals:
            tell(request, refusal.message, kind="attention")
    else:
        sentence = ngettext(
            "{number} item is on the list of {library}, to be sent.",
            "{number} items are on the list of {library}, to be sent.",
            number,
        )
        library = organisation().name(flow.origin_id)
        tell(request, sentence.format(number=count(number), library=library))
    asked = urlencode({"collection": collection or ""})
    return redirect(f"{reverse('drift')}?{asked}" if collection else "drift")


urlpatterns = [
    page("drift/", drift, needs=CataloguePermission.SEE),
    page("drift/send/", send_for_balance, needs=MANAGE, somewhere=True),
]

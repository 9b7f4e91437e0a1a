"""Merge two records of one person: choose, look at what moves, merge, take it back."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kortisto.core.refusals import Refused
from kortisto.core.text import whole_number
from kortisto.domain.patrons.actions.merge import (
    Preview,
    merge,
    merge_to_undo,
    preview_merge,
    undo_merge,
)
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.finding import candidates
from kortisto.interfaces.staff.told import tell

WORDS: Final[Mapping[str, Promise]] = {
    "circulation.loan.patron": gettext_lazy("Loans, past ones included"),
    "holds.hold.patron": gettext_lazy("Holds, past ones included"),
    "fees.charge.patron": gettext_lazy("Charges with their payments"),
    "patrons.restriction.patron": gettext_lazy("Restrictions"),
    "patrons.patronnote.patron": gettext_lazy("Notes"),
    "notices.notice.patron": gettext_lazy("Messages"),
    "patrons.renewal.patron": gettext_lazy("Renewals of the card"),
    "entry.ban.patron": gettext_lazy("Bans from open libraries"),
    "guardians": gettext_lazy("Guardians and dependants"),
}


@dataclass(frozen=True, slots=True)
class MovingRow:
    label: str
    moves: int


@never_cache
@require_http_methods(["GET", "POST"])
def patron_merge(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Find the other record, see what would move, and make one of the two."""
    try:
        patron = view_patron(
            patron_id, by=request.actor, now=timezone.now(), page="merge"
        )
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    sent = request.POST if request.method == "POST" else request.GET
    other_id = whole_number(sent.get("other"))
    told: dict[str, Any] = {"patron": patron, "actor": request.actor}
    if other_id is None:
        return _search(request, told)
    swapped = sent.get("survivor", "") == str(other_id)
    pair = (other_id, patron_id) if swapped else (patron_id, other_id)
    if request.method == "POST" and "merge" in sent:
        return _merge(request, told, *pair)
    return _preview(request, told, *pair)


@require_POST
def undo_patron_merge(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Make two records again."""
    now = timezone.now()
    try:
        other_id = undo_merge(patron_id, by=request.actor, now=now)
    except Refused as refused:
        for each in refused.refusals:
            tell(request, each.message, kind="stop")
        return redirect("patron", patron_id=patron_id)
    sentence = _("There are two records again: {one} and {other}.")
    tell(request, sentence.format(one=patron_id, other=other_id))
    return redirect("patron", patron_id=other_id)


def _search(request: StaffRequest, told: dict[str, Any]) -> HttpResponse:
    text = request.POST.get("q", "")[:200]
    now = timezone.now()
    people = candidates(text, by=request.actor, now=now) if text.strip() else None
    told |= {"q": text, "people": people}
    told["undo"] = merge_to_undo(told["patron"].pk, now=now)
    return render(request, "staff/patron_merge.html", told)


def _preview(
    request: StaffRequest,
    told: dict[str, Any],
    survivor_id: int,
    other_id: int,
    *,
    refused: Refused | None = None,
) -> HttpResponse:
    try:
        preview = preview_merge(
            survivor_id, other_id, by=request.actor, now=timezone.now()
        )
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    told |= {"preview": preview, "rows": _rows(preview)}
    told["refusals"] = preview.refusals if refused is None else refused.refusals
    status = 200 if refused is None else 409
    return render(request, "staff/patron_merge_preview.html", told, status=status)


def _merge(
    request: StaffRequest, told: dict[str, Any], survivor_id: int, other_id: int
) -> HttpResponse:
    try:
        merge(survivor_id, other_id, by=request.actor, now=timezone.now())
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    except Refused as refused:
        return _preview(request, told, survivor_id, other_id, refused=refused)
    tell(request, _("The two records are one now. This can be undone for a month."))
    return redirect("patron", patron_id=survivor_id)


def _rows(preview: Preview) -> list[MovingRow]:
    known = [
        MovingRow(str(label), preview.moves.get(name, 0))
        for name, label in WORDS.items()
    ]
    beside = sum(
        count
        for name, count in preview.moves.items()
        if name not in WORDS and name != "fees.posting.patron"
    )
    cards = MovingRow(_("Cards"), len(preview.cards))
    return [cards, *known, MovingRow(_("Other"), beside)]


MERGE: Final = PatronPermission.MERGE

urlpatterns = [
    page("patrons/<int:patron_id>/merge/", patron_merge, needs=MERGE),
    page("patrons/<int:patron_id>/merge/undo/", undo_patron_merge, needs=MERGE),
]

"""Check-in: scan after scan, each row says where the item goes."""

import re
from datetime import date, timedelta
from typing import Any, Final
from uuid import uuid4

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core import undo
from kortisto.core.refusals import Refused
from kortisto.core.text import ControlCharacters, tidy
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.checkin import checkin_box
from kortisto.domain.circulation.actions.checkout import checkout_box
from kortisto.domain.circulation.actions.in_house import undo_use
from kortisto.domain.circulation.actions.losing import mark_item
from kortisto.domain.circulation.losses import Mark
from kortisto.domain.circulation.models import InHouseUse, Loan
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.rules import NeverOpen
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.answers import Outcome, part, refused_part
from kortisto.interfaces.staff.catalogue_words import CodeNames
from kortisto.interfaces.staff.desk_forms import BackdateForm, BoxForm, LendingBoxForm
from kortisto.interfaces.staff.lending import Scan, told_return
from kortisto.interfaces.staff.loan_rows import due_words
from kortisto.interfaces.staff.pages.hold import hold_to_show
from kortisto.interfaces.staff.scan_state import IN_HOUSE, ScanState
from kortisto.interfaces.staff.taking_back import answer_return, row_of
from kortisto.interfaces.staff.told import tell

ROW: Final = re.compile(r"(return|capture)-[0-9]{1,19}")


@require_GET
def checkin(request: StaffRequest) -> HttpResponse:
    """Take back; ``as_of`` or ``drop`` in the address say as of which day."""
    form = BackdateForm(request.GET)
    as_of = _as_of(request, form)
    request.as_of = as_of  # type: ignore[attr-defined]
    drop = bool(request.GET.get("drop"))
    shown = BackdateForm(initial={"as_of": as_of, "drop": drop})
    told = {
        "form": form if form.errors else shown,
        "as_of": as_of,
        "may_backdate": request.actor.may(LendingPermission.BACKDATE),
    }
    return render(request, "staff/checkin.html", told)


def _as_of(request: StaffRequest, form: BackdateForm) -> date | None:
    """The chosen day; for the book drop the last open day before today (CIR-22)."""
    if not form.is_valid():
        return None
    if form.cleaned_data["drop"]:
        request.actor.require(LendingPermission.BACKDATE)
        return last_open_day(request.actor.library_id or 0)
    chosen: date | None = form.cleaned_data["as_of"]
    if chosen is not None and chosen != timezone.localdate():
        request.actor.require(LendingPermission.BACKDATE)
        return chosen
    return None


def last_open_day(library_id: int) -> date:
    """The last day before today on which somebody could have brought it in."""
    yesterday = timezone.localdate() - timedelta(days=1)
    try:
        return organisation().calendar(library_id).previous_open(yesterday)
    except NeverOpen:
        return yesterday


@require_POST
def take_back_now(request: StaffRequest) -> HttpResponse:
    """Check in the item that another page has just shown."""
    try:
        barcode = tidy(request.POST.get("barcode", ""))
    except ControlCharacters as unreadable:
        raise Http404 from unreadable
    made = Scan(
        text=barcode,
        key=uuid4().hex,
        by=request.actor,
        now=timezone.now(),
    )
    answer = answer_return(made, ScanState.of(request, page=""))
    if answer is None:
        raise Http404
    return answer


@require_POST
def undo_checkin(request: StaffRequest, loan_id: int) -> HttpResponse:
    """Take a check-in back: the loan goes on as if the item had not come."""
    loan = get_object_or_404(Loan, pk=loan_id)
    step = undo.latest("checkin", loan_id)
    if step is None:
        raise Http404
    state = ScanState(mode="checkin")
    needs = LendingPermission.UNDO
    try:
        undo.undo(step.pk, by=request.actor, now=timezone.now(), needs=needs)
    except Refused as refused:
        return refused_part(
            refused.refusals,
            state=state,
            actor=request.actor,
            word=_("Not undone"),
            title=loan.title,
        )
    outcome = Outcome(
        kind="attention",
        word=_("Check-in undone"),
        title=loan.title,
        detail=_("The loan goes on as before."),
        icon="undo",
    )
    return part(
        outcome, state=state, template="staff/_return_undone.html", loan_id=loan_id
    )


@require_POST
def undo_capture(request: StaffRequest, hold_id: int) -> HttpResponse:
    """A copy was set aside by mistake: the hold waits in its queue again."""
    hold = hold_to_show(hold_id)
    step = undo.latest("capture", hold_id)
    if step is None:
        raise Http404
    now, needs = timezone.now(), LendingPermission.UNDO
    try:
        undo.undo(step.pk, by=request.actor, now=now, needs=needs)
    except Refused as refused:
        if "HX-Request" not in request.headers:
            tell(request, refused.words, kind="stop")
            return redirect("hold", hold_id=hold_id)
        return refused_part(
            refused.refusals,
            state=ScanState(mode="checkin"),
            actor=request.actor,
            word=_("Not undone"),
            title=hold.record.title,
        )
    detail = _("The hold is back at its place in the queue. The copy is free.")
    if "HX-Request" not in request.headers:
        tell(request, detail)
        return redirect("hold", hold_id=hold_id)
    outcome = Outcome(
        kind="attention",
        word=_("Not set aside"),
        title=hold.record.title,
        detail=detail,
        icon="undo",
    )
    row = request.POST.get("row", "")
    return part(
        outcome,
        state=ScanState(mode="checkin"),
        template="staff/_capture_undone.html",
        row=row if ROW.fullmatch(row) else "",
    )


@require_GET
def in_house(request: StaffRequest) -> HttpResponse:
    """Count what was read in the library and is put back on the shelf."""
    return render(request, "staff/in_house.html")


@require_POST
def undo_in_house(request: StaffRequest, use_id: int) -> HttpResponse:
    """It was not read here after all."""
    state = ScanState(mode=IN_HOUSE)
    try:
        item = undo_use(use_id, by=request.actor, now=timezone.now())
    except InHouseUse.DoesNotExist as missing:
        raise Http404 from missing
    except Refused as refused:
        return refused_part(
            refused.refusals, state=state, actor=request.actor, word=_("Not undone")
        )
    outcome = Outcome(
        kind="attention", word=_("Not counted"), title=item.record.title, icon="undo"
    )
    return part(outcome, state=state, template="staff/_use_undone.html", use_id=use_id)


@require_POST
def parts_missing(request: StaffRequest, item_id: int) -> HttpResponse:
    """Not all parts came back: the item is kept until somebody has seen to it."""
    try:
        item = mark_item(item_id, Mark.INCOMPLETE, by=request.actor, now=timezone.now())
    except Item.DoesNotExist as missing:
        raise Http404 from missing
    outcome = Outcome(
        kind="attention",
        word=_("Keep it here"),
        title=item.record.title,
        detail=_("It is marked: parts are missing. It fills no hold meanwhile."),
        icon="warn",
    )
    return part(outcome, state=ScanState(mode="checkin"))


@require_http_methods(["GET", "POST"])
def return_box(request: StaffRequest) -> HttpResponse:
    """Take back a box of items at once; an unknown barcode stops nothing."""
    form = BoxForm(request.POST if request.method == "POST" else None)
    told: dict[str, Any] = {"form": form}
    if form.is_valid():
        as_of = form.cleaned_data["as_of"]
        if as_of is not None:
            request.actor.require(LendingPermission.BACKDATE)
        answers = checkin_box(
            form.cleaned_data["barcodes"],
            by=request.actor,
            now=timezone.now(),
            as_of=as_of,
        )
        names = CodeNames()
        told["lines"] = [
            {"barcode": one[0], "refused": one[1]}
            if isinstance(one, tuple)
            else {"row": row_of(told_return(one), names)}
            for one in answers
        ]
        rows = [line["row"] for line in told["lines"] if "row" in line]
        told["slips"] = [row.slip for row in rows if row.slip is not None]
    return render(request, "staff/return_box.html", told | {"actor": request.actor})


@require_http_methods(["GET", "POST"])
def lending_box(request: StaffRequest) -> HttpResponse:
    """Lend a box of items to one card: a school class, a home-service round."""
    form = LendingBoxForm(request.POST if request.method == "POST" else None)
    told: dict[str, Any] = {"form": form, "actor": request.actor}
    if form.is_valid():
        data = form.cleaned_data
        try:
            answers = checkout_box(
                data["card"], data["barcodes"], by=request.actor, now=timezone.now()
            )
        except Refused as refused:
            for refusal in refused.refusals:
                form.add_error("card", refusal.message)
        else:
            told["lines"] = [
                {"barcode": one[0], "refused": one[1]}
                if isinstance(one, tuple)
                else {"lent": one, "due": due_words(one.due_at)}
                for one in answers
            ]
    return render(request, "staff/lending_box.html", told)


urlpatterns = [
    page("checkin/", checkin, needs=LendingPermission.LEND),
    page("checkin/now/", take_back_now, needs=LendingPermission.LEND),
    page("checkin/undo/<int:loan_id>/", undo_checkin, needs=LendingPermission.UNDO),
    page(
        "holds/<int:hold_id>/not-set-aside/", undo_capture, needs=LendingPermission.UNDO
    ),
    page("checkin/in-house/", in_house, needs=LendingPermission.LEND),
    page(
        "checkin/in-house/<int:use_id>/undo/",
        undo_in_house,
        needs=LendingPermission.LEND,
    ),
    page(
        "checkin/parts/<int:item_id>/",
        parts_missing,
        needs=LendingPermission.MARK_ITEMS,
    ),
    page("checkin/box/", return_box, needs=LendingPermission.LEND),
    page("desk/box/", lending_box, needs=LendingPermission.LEND),
]

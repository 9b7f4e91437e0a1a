"""Check-in as the desk sees it: what happened, where the item goes, why the fine."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.undoing import capture_to_undo
from kortisto.domain.circulation.explain import why_fine
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.circulation.returns import Going
from kortisto.domain.fees.models import Charge
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.queue import TRAPPED
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.answers import Outcome, part, refused_part
from kortisto.interfaces.staff.catalogue_words import CodeNames
from kortisto.interfaces.staff.hold_slips import HoldSlip, slip_of_item
from kortisto.interfaces.staff.lending import Scan, only, take_back
from kortisto.interfaces.staff.scan_state import CLAIMS, ScanState
from kortisto.ui.parts import TraceLine


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnRow:
    """One item that came back. ``trace`` says why a fine is as large as it is."""

    loan_id: int | None
    item_id: int
    parts: int  # the desk is asked whether all are there; 0: nothing to count
    barcode: str
    title: str
    kind: str
    place: str  # where it stands in its library: shelves in words
    call_number: str
    item_type: str
    going: str  # in words
    icon: str
    destination: str
    sentences: Sequence[str]
    fine_cents: int
    trace: Sequence[TraceLine] = ()
    slip: HoldSlip | None = None  # of a copy that now waits on the hold shelf
    captured_hold_id: int | None = None  # that it was set aside for; can be undone

    @property
    def key(self) -> str:
        """The row in the list of the page; empty when nothing of it is undone."""
        if self.loan_id is not None:
            return f"return-{self.loan_id}"
        return f"capture-{self.captured_hold_id}" if self.captured_hold_id else ""


def answer_return(made: Scan, state: ScanState) -> HttpResponse | None:
    """Take back what was scanned. None when no item has such a barcode."""
    try:
        found = True if state.mode == CLAIMS else None
        answer, _fresh = take_back(made, as_of=state.as_of, found=found)
    except Refused as refused:
        if only(Reason.UNKNOWN_ITEM, refused.refusals):
            return None
        return refused_part(
            refused.refusals, state=state, actor=made.by, word=_("Not taken back")
        )
    except ValueError as impossible:
        outcome = Outcome(
            kind="stop",
            word=_("Not taken back"),
            title=made.text,
            detail=str(impossible),
        )
        return part(outcome, state=state, status=409)
    row = replace(row_of(answer, CodeNames()), captured_hold_id=_captured(answer, made))
    outcome = Outcome(
        kind=row.kind,
        word=row.going,
        title=row.title,
        detail=" ".join(row.sentences),
        icon=row.icon,
    )
    return part(
        outcome, state=state, template="staff/_returned.html", row=row, actor=made.by
    )


def _captured(answer: dict[str, Any], made: Scan) -> int | None:
    """The hold for which it was set aside here, when that can be taken back."""
    if answer["going"] == Going.SHELF or not made.by.may(LendingPermission.UNDO):
        return None
    trapped = Hold.objects.filter(item=answer["item_id"], state__in=TRAPPED)
    hold_id = trapped.values_list("pk", flat=True).first()
    if hold_id is None or capture_to_undo(hold_id, by=made.by, now=made.now) is None:
        return None
    return hold_id


def row_of(answer: dict[str, Any], names: CodeNames) -> ReturnRow:
    destination = organisation().name(answer["destination_id"])
    item = Item.objects.select_related("item_type").get(pk=answer["item_id"])
    going = Going(answer["going"])
    icons = {Going.SHELF: "check-in", Going.HOLD_SHELF: "hold", Going.AWAY: "transit"}
    words = {
        Going.SHELF: _("Taken back"),
        Going.HOLD_SHELF: _("To the hold shelf"),
        Going.AWAY: _("Send to {library}").format(library=destination),
    }
    return ReturnRow(
        loan_id=answer["loan_id"],
        item_id=answer["item_id"],
        parts=answer["parts"],
        barcode=answer["barcode"],
        title=answer["title"],
        place=names.place(item),
        call_number=item.call_number,
        item_type=item.item_type.name,
        kind="ok" if answer["quiet"] else "attention",
        going=words[going],
        icon=icons[going],
        destination=destination if going is Going.AWAY else "",
        sentences=answer["sentences"],
        fine_cents=answer["fine_cents"],
        trace=_why_fine(answer["loan_id"]) if answer["fine_cents"] else (),
        slip=slip_of_item(answer["item_id"]) if going is Going.HOLD_SHELF else None,
    )


def _why_fine(loan_id: int | None) -> list[TraceLine]:
    charges = Charge.objects.filter(loan_id=loan_id).order_by("-loan_period")
    trace = charges.values_list("trace", flat=True).first() or {}
    return trace_of_fine(trace)


def trace_of_fine(trace: dict[str, Any]) -> list[TraceLine]:
    return [TraceLine(name=why.sentence, source=why.source) for why in why_fine(trace)]

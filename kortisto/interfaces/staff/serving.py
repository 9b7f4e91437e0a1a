"""Serve one patron: open, lend scan by scan, and go on to the next."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.catalogue.queries import items_barcoded
from kortisto.domain.circulation.explain import why_refused
from kortisto.domain.circulation.models import Loan
from kortisto.domain.circulation.queries import loan_counts
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.patrons.models import Card, Patron
from kortisto.domain.patrons.queries import active_card
from kortisto.interfaces.staff.access import StaffRequest
from kortisto.interfaces.staff.answers import Outcome, part, refused_part, show_page
from kortisto.interfaces.staff.lending import Scan, lend, only
from kortisto.interfaces.staff.loan_rows import LoanRow, due_words, loan_rows
from kortisto.interfaces.staff.patron_panel import panel_of
from kortisto.interfaces.staff.scan_state import OpenDesk, ScanState, close_desk
from kortisto.ui.parts import RefusalLine, TraceLine
from kortisto.ui.refusals import as_line


def open_card(
    request: StaffRequest, card: Card, state: ScanState, *, now: datetime
) -> HttpResponse:
    """The patron of a card, ready to borrow. A replaced card opens nobody."""
    if not card.active:
        reason = Refusal(Reason.OLD_CARD, facts={"card": card.number})
        return refused_part(
            [reason], state=state, actor=request.actor, word=_("Old card")
        )
    open_patron(request, card, now=now)
    if state.mode != "checkout":
        return show_page(reverse("desk"))
    return desk_part(request, now=now)


def open_patron(request: StaffRequest, card: Card, *, now: datetime) -> OpenDesk:
    name = Patron.objects.get(pk=card.patron_id).full_name
    desk = OpenDesk(
        patron_id=card.patron_id, card=card.number, name=name, opened_at=now
    )
    desk.keep(request.session)
    return desk


def desk_part(
    request: StaffRequest, *, now: datetime, outcome: Outcome | None = None
) -> HttpResponse:
    """The whole desk anew, in place."""
    told = desk_context(request, now=now)
    state = ScanState(mode="checkout", patron_id=told["patron_id"])
    panel = told["panel"]
    if outcome is None and panel is not None:
        outcome = Outcome(
            kind="attention" if panel.alerts else "ok",
            word=panel.patron.full_name,
            detail=_("Look at the notes before you lend.") if panel.alerts else "",
            icon="person",
        )
    template = "staff/_desk_answer.html"
    shown = outcome or Outcome(kind="ok", word=_("Next, please"), icon="person")
    return part(shown, state=state, template=template, **told)


def desk_context(request: StaffRequest, *, now: datetime) -> dict[str, Any]:
    """All that the desk shows; without a patron it waits for a card."""
    desk = OpenDesk.of(request.session)
    told: dict[str, Any] = {
        "desk": desk,
        "patron_id": None,
        "panel": None,
        "loans": [],
        "actor": request.actor,
    }
    if desk is not None:
        told["patron_id"] = desk.patron_id
        told["panel"] = panel_of(desk.patron_id, by=request.actor, now=now, page="desk")
        told["loans"] = loans_of_visit(desk, now=now)
    return told


def loans_of_visit(desk: OpenDesk, *, now: datetime) -> list[LoanRow]:
    """What the patron has borrowed since the card was scanned, the newest first."""
    loans = Loan.objects.filter(
        patron_id=desk.patron_id, lent_at__gte=desk.opened_at, returned_at=None
    )
    return loan_rows(loans.order_by("-lent_at", "-pk"), now=now)


def empty_scan(request: StaffRequest, state: ScanState) -> HttpResponse:
    """Enter alone: the next patron; but not while a refusal waits for a decision."""
    if state.refused:
        return part(
            Outcome(
                kind="attention",
                word=_("Still refused"),
                title=state.refused,
                detail=_(
                    "Tick what you set aside and press Alt+O to lend anyway, "
                    "scan the next item, or press Alt+N for the next patron."
                ),
            ),
            state=ScanState(mode=state.mode, patron_id=state.patron_id),
        )
    return next_patron(request)


def next_patron(request: StaffRequest) -> HttpResponse:
    close_desk(request.session)
    outcome = Outcome(kind="ok", word=_("Next, please"), icon="person")
    return part(
        outcome,
        state=ScanState(mode="checkout"),
        template="staff/_desk_answer.html",
        **desk_context(request, now=timezone.now()),
    )


def the_desk_of(
    request: StaffRequest, state: ScanState, desk: OpenDesk | None, *, now: datetime
) -> OpenDesk | None:
    """The desk that a scan belongs to; None when another patron is served now.

    A scan that outlived its session opens its patron again (PER-3).
    """
    if desk is not None:
        return desk if desk.patron_id == state.patron_id else None
    card = active_card(state.patron_id or 0)
    return None if card is None else open_patron(request, card, now=now)


def lend_scanned(
    request: StaffRequest,
    made: Scan,
    state: ScanState,
    desk: OpenDesk | None,
    *,
    overriding: Collection[str] = (),
    again: bool = False,
) -> HttpResponse | None:
    """Lend what was scanned, or ``again`` what was refused.

    None when no item has such a barcode and the scan may mean something else.
    """
    served = the_desk_of(request, state, desk, now=made.now)
    if served is None:
        return other_patron(desk, state)
    over = {*served.overriding, *overriding}
    try:
        answer, fresh = lend(made, served, overriding=over)
    except Refused as refused:
        if only(Reason.UNKNOWN_ITEM, refused.refusals) and not again:
            return None
        return _refused_loan(request, made, served, refused, state=state)
    return _lent(answer, served, made, mode=state.mode, fresh=fresh)


def other_patron(desk: OpenDesk | None, state: ScanState) -> HttpResponse:
    """The page shows one patron, the desk serves another: nothing is lent."""
    name = "" if desk is None else desk.name
    return part(
        Outcome(
            kind="stop",
            word=_("Not lent"),
            title=_("Another patron is being served"),
            detail=_(
                "This page is older than the desk, where {name} is served now. "
                "Reload the page and scan the card again."
            ).format(name=name or _("nobody")),
        ),
        state=state,
        status=409,
    )


def _refused_loan(
    request: StaffRequest,
    made: Scan,
    desk: OpenDesk,
    refused: Refused,
    *,
    state: ScanState,
) -> HttpResponse:
    waiting = ScanState(mode=state.mode, patron_id=desk.patron_id, refused=made.code)
    may_any = any(
        reason.override is not None and request.actor.may(reason.override)
        for reason in refused.refusals
    )
    title = _title_of(made.code)
    return part(
        Outcome(
            kind="stop",
            word=_("Not lent"),
            title=title or made.text,
            detail=ngettext(
                "There is {count} reason against lending it to {name}.",
                "There are {count} reasons against lending it to {name}.",
                len(refused.refusals),
            ).format(count=len(refused.refusals), name=desk.name),
            reasons=[_with_why(each, request.actor) for each in refused.refusals],
        ),
        state=waiting,
        template="staff/_refused_loan.html",
        status=409,
        barcode=made.code,
        desk=desk,
        may_any=may_any,
        actor=request.actor,
        overriding=desk.overriding,
    )


def _with_why(refusal: Refusal, actor: Actor) -> RefusalLine:
    trace = [TraceLine(name=w.sentence, source=w.source) for w in why_refused(refusal)]
    return replace(as_line(refusal, actor=actor), trace=trace)


def _title_of(barcode: str) -> str:
    titles = items_barcoded(barcode).values_list("record__title", flat=True)
    return titles.first() or ""


def _lent(
    answer: dict[str, Any], desk: OpenDesk, made: Scan, *, mode: str, fresh: bool
) -> HttpResponse:
    due = due_words(datetime.fromisoformat(answer["due_at"]))
    notices = [*answer["overridden"], *answer["notices"]]
    if answer["already"]:
        word = _("Already theirs")
        detail = _("{name} has this already; the due date is unchanged.")
    else:
        word = _("Lent")
        detail = "" if mode == "checkout" else _("Lent to {name}.")
    outcome = Outcome(
        kind="attention" if notices or answer["already"] else "ok",
        word=word,
        title=_("{title} · due {due}").format(title=answer["title"], due=due),
        detail=detail.format(name=desk.name),
        icon="check-out",
    )
    state = ScanState(mode=mode, patron_id=desk.patron_id)
    told: dict[str, Any] = {"notices": notices}
    if mode == "checkout":
        told["counts"] = loan_counts(desk.patron_id, now=made.now)
        if fresh and not answer["already"]:
            told["row"] = {
                "id": answer["loan_id"],
                "title": answer["title"],
                "barcode": answer["barcode"],
                "due": due,
            }
        else:
            told["loans"] = loans_of_visit(desk, now=made.now)
    return part(outcome, state=state, template="staff/_lent.html", **told)

"""The one scan box: what was scanned, and what it means on the page it was made on."""

import re
from datetime import datetime
from typing import Any, Final

from django.http import HttpResponse, HttpResponseBadRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from kortisto.core.idempotency import KeyUsedForAnotherRequest
from kortisto.core.text import ControlCharacters, card_code, tidy
from kortisto.domain.catalogue.models import Item
from kortisto.domain.catalogue.queries import items_barcoded
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.circulation.queries import StatusRow, statuses
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.identity import is_like_a_code
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import cards_numbered
from kortisto.interfaces.staff import serving
from kortisto.interfaces.staff.access import StaffRequest, page_for_all_staff
from kortisto.interfaces.staff.answers import Outcome, part
from kortisto.interfaces.staff.finding import Candidates, candidates, titles_for
from kortisto.interfaces.staff.in_house import answer_use
from kortisto.interfaces.staff.lending import Scan
from kortisto.interfaces.staff.renewing import answer_renewal
from kortisto.interfaces.staff.scan_state import CLAIMS, IN_HOUSE, OpenDesk, ScanState
from kortisto.interfaces.staff.scanned_code import (
    answer_identity_code,
    is_identity_code,
)
from kortisto.interfaces.staff.taking_back import answer_return

LONGEST: Final = 200  # characters
KEY: Final = re.compile(r"[A-Za-z0-9-]{1,80}")  # what scan-queue.js makes: a UUID
IN_PALETTE: Final = 6


@require_POST
def scan(request: StaffRequest) -> HttpResponse:
    """Take one scan. The same ``key`` again gives the same answer."""
    try:
        state = ScanState.sent(request.POST)
        text = tidy(request.POST.get("scan", ""))[:LONGEST]
    except ControlCharacters:
        return _unreadable(ScanState())
    except ValueError:
        return HttpResponseBadRequest()
    key = request.POST.get("key", "")
    if not KEY.fullmatch(key):
        return HttpResponseBadRequest()
    made = Scan(
        text=text,
        key=key,
        by=request.actor,
        now=timezone.now(),
    )
    try:
        return _answer(request, made, state)
    except KeyUsedForAnotherRequest:
        return part(
            Outcome(
                kind="stop",
                word=_("Not done"),
                detail=_("The same key came with another scan. Scan it again."),
            ),
            state=state,
            status=409,
        )


def _answer(request: StaffRequest, made: Scan, state: ScanState) -> HttpResponse:
    if not made.text:
        return serving.empty_scan(request, state)
    if is_identity_code(made):
        return answer_identity_code(request, made, state)
    if not looks_like_code(made.text):
        return _words(request, made, state)
    desk = OpenDesk.of(request.session)
    meant, state = state.mode, state.shown_on(request)
    if meant in {"checkin", CLAIMS}:
        answer = answer_return(made, state)
    elif meant == IN_HOUSE:
        answer = answer_use(made, state)
    elif meant == "renew":
        answer = answer_renewal(made, state)
    elif state.patron_id is not None:
        answer = serving.lend_scanned(request, made, state, desk)
    else:
        answer = None
    return answer or _found(request, made, state)


def looks_like_code(text: str) -> bool:
    """A card, a barcode or a number of a book: one word with a digit in it."""
    joined = card_code(text)
    return any(character.isdigit() for character in joined) and (
        " " not in text or joined.replace("-", "").isdigit()
    )


def _found(request: StaffRequest, made: Scan, state: ScanState) -> HttpResponse:
    """A card opens its patron, a barcode shows its item; else it is searched for."""
    code = card_code(made.text)
    card = cards_numbered(code).first()
    if card is not None:
        return serving.open_card(request, card, state, now=made.now)
    item = items_barcoded(code).select_related("record").first()
    if item is not None:
        return part(
            Outcome(kind="attention", word=_("Found"), title=item.record.title),
            state=state,
            template="staff/_item_found.html",
            **_about(item, request),
        )
    return _words(request, made, state)


def _about(item: Item, request: StaffRequest) -> dict[str, Any]:
    tree = organisation()
    status = statuses(
        [
            StatusRow(
                id=item.pk,
                lost=item.lost,
                withdrawn=item.withdrawn,
                not_for_loan=item.not_for_loan,
                damaged=item.damaged,
            )
        ]
    )[item.pk]
    return {
        "item": item,
        "now": status,
        "home": tree.name(item.home_library_id),
        "place": tree.name(item.library_id),
        "towards": tree.name(status.towards_id),
        "may_lend": request.actor.may(LendingPermission.LEND),
    }


def _words(request: StaffRequest, made: Scan, state: ScanState) -> HttpResponse:
    """Names and titles to choose from."""
    may_see = request.actor.may(PatronPermission.SEE)
    people = (
        candidates(made.text, by=request.actor, now=made.now)
        if may_see and not looks_like_code(made.text)
        else Candidates()
    )
    titles = titles_for(made.text)
    if not people.rows and not titles:
        return part(
            Outcome(
                kind="stop",
                word=_("Nothing found"),
                title=made.text,
                detail=_(
                    "No card, barcode, name or title begins like this. "
                    "Check it, or type fewer letters."
                ),
            ),
            state=state,
            status=409,
        )
    return part(
        Outcome(kind="attention", word=_("Choose"), title=made.text),
        state=state,
        template="staff/_candidates.html",
        people=people,
        titles=titles,
    )


def _unreadable(state: ScanState) -> HttpResponse:
    return part(
        Outcome(
            kind="stop",
            word=_("Not readable"),
            detail=_("The scan had characters that nobody can see. Scan it again."),
        ),
        state=state,
        status=409,
    )


@require_POST
def command_search(request: StaffRequest) -> HttpResponse:
    """People and titles for the command palette; ``q`` is what was typed."""
    try:
        text = tidy(request.POST.get("q", ""))[:LONGEST]
    except ControlCharacters:
        text = ""
    return JsonResponse({"commands": _commands(request, text, now=timezone.now())})


def _commands(
    request: StaffRequest, text: str, *, now: datetime
) -> list[dict[str, str]]:
    if len(text) < 2 or is_like_a_code(text):
        return []
    rows = []
    if request.actor.may(PatronPermission.SEE) and not looks_like_code(text):
        found = candidates(text, by=request.actor, now=now, most=IN_PALETTE)
        rows += [
            {
                "label": row.name,
                "hint": row.hint,
                "url": reverse("patron", args=[row.id]),
            }
            for row in found.rows
        ]
    rows += [
        {"label": title.title, "hint": title.hint, "url": title.url}
        for title in titles_for(text)[:IN_PALETTE]
        if title.url
    ]
    return rows


urlpatterns = [
    page_for_all_staff("scan/", scan),
    page_for_all_staff("commands/", command_search),
]

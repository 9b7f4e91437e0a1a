"""My messages: what the library has sent me (S36), and what it wrote here (PAT-16)."""

from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from kortisto.core.text import whole_number
from kortisto.domain.notices.actions.reading import open_own_message
from kortisto.domain.notices.models import Notice
from kortisto.domain.notices.queries import inbox_of
from kortisto.interfaces.opac.middleware import PatronRequest
from kortisto.interfaces.opac.tabs import account_tabs
from kortisto.ui.parts import Pages

ON_A_PAGE: Final = 30


def inbox(request: PatronRequest) -> HttpResponse:
    """The newest first; those to the web account are marked until they are read."""
    before = whole_number(request.GET.get("before"))
    rows = inbox_of(request.patron_id)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows[: ON_A_PAGE + 1])
    shown = found[:ON_A_PAGE]
    more = len(found) > ON_A_PAGE
    values = {
        "messages_sent": shown,
        "pages": Pages(next_url=f"?before={shown[-1].pk}" if more else ""),
        "newest": before is None,
        "tabs": account_tabs("inbox", visitor=request.visitor),
    }
    return render(request, "opac/inbox.html", values)


def message(request: PatronRequest, notice_id: int) -> HttpResponse:
    """One message. Who wrote it is not told; the library is."""
    try:
        opened = open_own_message(notice_id, by=request.actor, now=timezone.now())
    except Notice.DoesNotExist as missing:
        raise Http404 from missing
    values = {
        "message": opened,
        "tabs": account_tabs("inbox", visitor=request.visitor),
    }
    return render(request, "opac/message.html", values)

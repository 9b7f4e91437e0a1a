"""What was searched for about people, so that no address tells of them.

Servers and browsers keep addresses, so a search with a name, a phone or a card is
posted. The session keeps it under a key that says nothing, and the list is shown at an
address with that key: going back to it, or opening it anew, searches again.
"""

from collections.abc import Mapping
from secrets import token_urlsafe
from typing import Final

from django.http import HttpRequest, HttpResponseRedirect

KEPT: Final = "searches"
PLACE: Final = "search"
MOST: Final = 20  # of a session, the newest
KEY_BYTES: Final = 9


def show_search(
    request: HttpRequest, asked: Mapping[str, str], *, at: str
) -> HttpResponseRedirect:
    """Keep what was asked; on to the page that shows what is found."""
    key = token_urlsafe(KEY_BYTES)
    kept = [*request.session.get(KEPT, {}).items(), (key, dict(asked))]
    request.session[KEPT] = dict(kept[-MOST:])
    return HttpResponseRedirect(f"{at}?{PLACE}={key}")


def asked_for(request: HttpRequest) -> Mapping[str, str] | None:
    """What the address stands for; None: nothing, or of a session that has ended."""
    kept: dict[str, Mapping[str, str]] = request.session.get(KEPT, {})
    return kept.get(request.GET.get(PLACE, ""))

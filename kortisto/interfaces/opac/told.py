"""What one page leaves for the next to say: kept in the session of a patron."""

from dataclasses import dataclass

from django.http import HttpRequest
from typing_extensions import override

KEY = "told"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence and its kind: ok, attention, stop or info."""

    kind: str
    text: str

    @override
    def __str__(self) -> str:
        return self.text


def tell(request: HttpRequest, kind: str, text: str) -> None:
    """Say this on the next page."""
    request.session[KEY] = [*request.session.get(KEY, []), [kind, text]]


def take(request: HttpRequest) -> list[Message]:
    """What is to be said now; it is said once."""
    if getattr(request, "patron_id", None) is None or KEY not in request.session:
        return []
    return [Message(kind, text) for kind, text in request.session.pop(KEY)]

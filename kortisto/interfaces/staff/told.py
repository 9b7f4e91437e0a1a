"""Short notes that the next page shows once: "The item was saved"."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from typing_extensions import override

KEY: Final = "told"


@dataclass(frozen=True, slots=True)
class Note:
    """``kind`` is ok, attention, stop or info."""

    kind: str
    text: str

    @override
    def __str__(self) -> str:
        return self.text


def tell(request: HttpRequest, text: str, *, kind: str = "ok") -> None:
    request.session[KEY] = [*request.session.get(KEY, []), [kind, text]]


def take_notes(request: HttpRequest) -> list[Note]:
    """What has been told since the last page; then it is forgotten."""
    if KEY not in request.session:
        return []
    return [Note(kind, text) for kind, text in request.session.pop(KEY)]

"""What stands in an address is checked before any page sees it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse

GREATEST_ID: Final = 2**63 - 1


class NumbersInAddresses:
    """No row has a greater number than the databases can hold: it is not found.

    SQLite's driver would raise OverflowError for such a number.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,  # noqa: ARG002 - Django's signature
        view: Callable[..., HttpResponse],  # noqa: ARG002
        args: tuple[Any, ...],  # noqa: ARG002
        parts: Mapping[str, Any],
    ) -> None:
        """Raises Http404."""
        if any(isinstance(part, int) and part > GREATEST_ID for part in parts.values()):
            raise Http404

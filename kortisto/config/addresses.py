"""What stands in an address or a form is checked before any page sees it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse

GREATEST_ID: Final = 2**63 - 1


class OddRequests:
    """Stop what no reader means and the databases would answer with an error.

    A number that no row can have is not found: SQLite's driver cannot take it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., HttpResponse],  # noqa: ARG002 - Django's signature
        args: tuple[Any, ...],  # noqa: ARG002
        parts: Mapping[str, Any],
    ) -> None:
        """Raises Http404, and BadRequest for a zero character in any value.

        No keyboard or scanner sends one, and PostgreSQL keeps none.
        """
        for sent in (request.GET, request.POST):
            if any("\0" in one for values in sent.lists() for one in values[1]):
                raise BadRequest
        if any("\0" in part for part in parts.values() if isinstance(part, str)):
            raise BadRequest
        if any(isinstance(part, int) and part > GREATEST_ID for part in parts.values()):
            raise Http404

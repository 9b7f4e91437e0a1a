"""Where to go next, when an address says so: to a page of this site only."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def onward(request: HttpRequest, wanted: str, *, otherwise: str = "") -> str:
    """The address that was asked for, if it is one of this site."""
    if wanted and url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return wanted
    return otherwise

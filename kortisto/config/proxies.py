"""Whose request it is when a proxy of ours brings it."""

from collections.abc import Callable, Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, MiddlewareNotUsed
from django.http import HttpRequest, HttpResponse

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


def networks(text: str) -> tuple[Network, ...]:
    """``10.0.0.1, 2001:db8::/32`` as networks. Raises ImproperlyConfigured."""
    try:
        return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())
    except ValueError as error:
        message = (
            "KORTISTO_TRUSTED_PROXIES must be addresses or networks with commas "
            f"between, such as 10.0.0.1,192.168.4.0/24: {error}"
        )
        raise ImproperlyConfigured(message) from error


class ClientAddress:
    """Put the client's own address where the server put that of a trusted proxy.

    ``REMOTE_ADDR`` is then right for everybody who asks, such as what slows down
    wrong log-ins. Without trusted proxies nothing that a client sends is believed.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.trusted: tuple[Network, ...] = settings.TRUSTED_PROXIES
        if not self.trusted:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["REMOTE_ADDR"] = client_address(
            request.META.get("REMOTE_ADDR", ""),
            request.META.get("HTTP_X_FORWARDED_FOR", ""),
            trusted=self.trusted,
        )
        return self.get_response(request)


def client_address(remote: str, forwarded: str, *, trusted: Sequence[Network]) -> str:
    """The right-most address of the way here that is not one of our proxies.

    What stands further left in ``forwarded`` was written by the client itself and
    says nothing. Where a proxy of ours wrote no address, its own is the answer.
    """
    nearest = remote
    for text in (remote, *reversed(forwarded.split(","))):
        address = _address(text)
        if address is None:
            break
        nearest = str(address)
        if not any(address in network for network in trusted):
            break
    return nearest


def _address(text: str) -> Address | None:
    """An address as proxies write it: perhaps in brackets, perhaps with a port."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address

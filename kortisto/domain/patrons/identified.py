"""Who somebody is, as a strong identification has told. Pure; never shown or logged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from kortisto.core.openid_connect.flow import Begun


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentifiedPerson:
    """Whom the strong identification has told us of: its door has made sure of it."""

    code: str = field(repr=False)  # the personal identity code
    surname: str = field(repr=False)
    first_names: str = field(repr=False)


class StrongIdentification(Protocol):
    """A service that tells for sure who somebody is (Suomi.fi, a bank's, a gateway's).

    Everything raises AdapterError when the service cannot be used or its answer is
    not to be trusted. No message holds anything of the person.
    """

    @property
    def is_set_up(self) -> bool:
        """Whether this installation has been given such a service."""

    def begin(self, *, return_to: str, language: str) -> Begun:
        """Start; the service sends the browser back to ``return_to``."""

    def finish(
        self, kept: Mapping[str, str], answer: Mapping[str, str], *, return_to: str
    ) -> IdentifiedPerson:
        """Who came back. ``answer`` is what stood in the address that was called.

        Raises TurnedBack as well: they did not want to, or were identified too weakly.
        """

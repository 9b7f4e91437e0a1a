"""Mail that goes out: what a message is, and what every mail service can do."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol, cast

from django.conf import settings
from django.utils.module_loading import import_string

from kortisto.core.failures import AdapterError


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """One message to one address, in plain text."""

    to: str
    subject: str
    text: str


class AddressRefused(AdapterError):
    """The server wants nothing to this address."""


class MailService(Protocol):
    """What sends mail. Called from jobs only: a mail server may be slow or away."""

    @property
    def is_set_up(self) -> bool:
        """Whether this installation can send mail at all."""

    def send(self, mail: Mail) -> None:
        """Hand a message over. Raises AdapterError, which names no address.

        AddressRefused when it is the address that the server does not want.
        """


@lru_cache(maxsize=1)
def mail_service() -> MailService:
    """The one that the settings name, for the whole process."""
    make = import_string(settings.MAIL_SERVICE)
    return cast("MailService", make())

"""The Protocol ``MailService`` as the address in the settings says."""

from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from typing_extensions import override

from kortisto.adapters.email.folder import FolderMail
from kortisto.adapters.email.smtp import Server, SmtpMail
from kortisto.core.failures import AdapterError
from kortisto.core.mail import Mail, MailService

PORTS: Final = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


class NoMail(MailService):
    """Nobody has said where mail goes."""

    is_set_up = False

    @override
    def send(self, mail: Mail) -> None:
        message = "KORTISTO_MAIL_URL has not been set"
        raise AdapterError(message, permanent=True)


def service_of_the_settings() -> MailService:
    """Raises ImproperlyConfigured for an address that cannot be understood."""
    return service_at(settings.MAIL_URL, sender=settings.MAIL_FROM)


def service_at(url: str, *, sender: str) -> MailService:
    """What an address stands for; an empty one for no mail.

    ``smtp://host``, ``smtp+tls://user:password@host:587`` (STARTTLS),
    ``smtps://host`` (TLS from the first byte), ``folder:/path``.
    """
    if not url:
        return NoMail()
    parts = urlsplit(url)
    if parts.scheme == "folder" and parts.path:
        return FolderMail(Path(parts.path), sender=sender)
    if parts.scheme in PORTS and parts.hostname:
        return SmtpMail(_server(url), sender=sender)
    message = (
        "KORTISTO_MAIL_URL must look like smtp+tls://user:password@host:587 or "
        f"folder:/path, not {parts.scheme}:..."
    )
    raise ImproperlyConfigured(message)


def _server(url: str) -> Server:
    parts = urlsplit(url)
    return Server(
        host=parts.hostname or "",
        port=parts.port or PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        security={"smtp+tls": "starttls", "smtps": "tls"}.get(parts.scheme, ""),
    )

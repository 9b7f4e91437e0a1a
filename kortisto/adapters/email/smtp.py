"""Mail through an SMTP server."""

import smtplib
from dataclasses import dataclass, field
from typing import Final

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from typing_extensions import override

from kortisto.core.failures import AdapterError
from kortisto.core.mail import AddressRefused, Mail, MailService

PATIENCE: Final = 20  # seconds without an answer after which a server is given up
REFUSED_FOR_GOOD: Final = 500  # the first of the codes that mean "never"
AUTOMATIC: Final = {"Auto-Submitted": "auto-generated"}  # no "out of office" to it


@dataclass(frozen=True, slots=True)
class Server:
    """``security``: "starttls", "tls", or "" for neither."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    security: str = ""


def message_of(mail: Mail, *, sender: str) -> EmailMessage:
    """The message as it goes out."""
    return EmailMessage(
        mail.subject, mail.text, sender, [mail.to], headers=dict(AUTOMATIC)
    )


class SmtpMail(MailService):
    """One connection for each message: mail is rare here, and servers hang up."""

    is_set_up = True

    def __init__(self, server: Server, *, sender: str) -> None:
        self._server = server
        self._sender = sender

    @override
    def send(self, mail: Mail) -> None:
        server = self._server
        backend = EmailBackend(
            host=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.security == "starttls",
            use_ssl=server.security == "tls",
            timeout=PATIENCE,
        )
        try:
            backend.send_messages([message_of(mail, sender=self._sender)])
        except smtplib.SMTPRecipientsRefused as refused:
            codes = [code for code, _words in refused.recipients.values()]
            raise _address_refused(max(codes)) from None
        except smtplib.SMTPAuthenticationError as refused:
            message = f"the mail server refused the log-in ({refused.smtp_code})"
            raise AdapterError(message, permanent=False) from None
        except smtplib.SMTPResponseException as refused:
            raise _refused(refused.smtp_code) from None
        except (smtplib.SMTPException, OSError) as error:
            # What a server says may repeat the address: only the kind is told.
            message = f"the mail server cannot be used: {type(error).__name__}"
            raise AdapterError(message, permanent=False) from None


def _refused(code: int) -> AdapterError:
    message = f"the mail server refused the message ({code})"
    return AdapterError(message, permanent=code >= REFUSED_FOR_GOOD)


def _address_refused(code: int) -> AddressRefused:
    message = f"the mail server refused the address ({code})"
    return AddressRefused(message, permanent=code >= REFUSED_FOR_GOOD)

"""What is written to patrons about their log-in, each in the patron's language."""

from datetime import date, datetime

from django.conf import settings
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from kortisto.core.mail import Mail
from kortisto.domain.patrons.models import Patron


def pin_link_mail(patron: Patron, token: str, *, ends_at: datetime) -> Mail:
    """The link to a new PIN. It names neither the patron nor the card."""
    with override(patron.language):
        text = _(
            "Hello,\n\n"
            "somebody, we hope that it was you, has asked for a new PIN for your "
            "library card. Choose it here:\n\n"
            "{address}\n\n"
            "The link works once, until {time}.\n\n"
            "If it was not you, you need not do anything: your PIN is as it was.\n\n"
            "{library}"
        ).format(
            address=f"{settings.PUBLIC_URL}/pin/new/{token}/",
            time=f"{localtime(ends_at):%H.%M}",
            library=patron.home_library.name,
        )
        return Mail(to=patron.email, subject=_("A new PIN for your card"), text=text)


def email_changed_mail(patron: Patron, old: str, *, at: datetime) -> Mail:
    """To the old address: whoever reads it notices when it was not them."""
    with override(patron.language):
        text = _(
            "Hello,\n\n"
            "on {day} at {time} another e-mail address was given for your library "
            "card. This is the last message to this one.\n\n"
            "If it was you, all is well. If it was not, tell any library at once.\n\n"
            "{library}"
        ).format(
            day=f"{localtime(at):%-d.%-m.%Y}",
            time=f"{localtime(at):%H.%M}",
            library=patron.home_library.name,
        )
        subject = _("Your e-mail address at the library has been changed")
        return Mail(to=old, subject=subject, text=text)


def registered_mail(patron: Patron, *, until: date) -> Mail:
    """Where the card waits, and until when (PAT-9)."""
    with override(patron.language):
        text = _(
            "Hello,\n\n"
            "you have registered as a customer. Fetch your card by {day} and take an "
            "identity document with you.\n\n"
            "{library}\n"
            "{address}"
        ).format(
            day=f"{until:%-d.%-m.%Y}",
            library=patron.home_library.name,
            address=f"{settings.PUBLIC_URL}/libraries/",
        )
        return Mail(to=patron.email, subject=_("Your library card"), text=text)


def pin_changed_mail(patron: Patron, *, at: datetime) -> Mail:
    """That the PIN is another one, so that somebody notices when it was not them."""
    with override(patron.language):
        text = _(
            "Hello,\n\n"
            "the PIN of your library card was changed on {day} at {time}.\n\n"
            "If it was you, all is well. If it was not, ask for a new PIN at once, at "
            "{address} or at any library: then whoever changed it is logged out.\n\n"
            "{library}"
        ).format(
            day=f"{localtime(at):%-d.%-m.%Y}",
            time=f"{localtime(at):%H.%M}",
            address=f"{settings.PUBLIC_URL}/pin/forgotten/",
            library=patron.home_library.name,
        )
        subject = _("The PIN of your card has been changed")
        return Mail(to=patron.email, subject=subject, text=text)


def pin_unlocked_mail(patron: Patron, *, at: datetime) -> Mail:
    """That staff opened the log-in: somebody else may have tried PINs before."""
    with override(patron.language):
        text = _(
            "Hello,\n\n"
            "too many wrong PINs had locked the log-in of your library card. It was "
            "opened again at the library on {day} at {time}; your PIN is as it was.\n\n"
            "If you did not type wrong PINs yourself, choose a new PIN at {address}."
            "\n\n{library}"
        ).format(
            day=f"{localtime(at):%-d.%-m.%Y}",
            time=f"{localtime(at):%H.%M}",
            address=f"{settings.PUBLIC_URL}/pin/forgotten/",
            library=patron.home_library.name,
        )
        subject = _("The log-in of your card is open again")
        return Mail(to=patron.email, subject=subject, text=text)


def inactive_mail(patron: Patron, *, erase_on: date) -> Mail:
    """That the card has not been used for long, and how to keep it."""
    with override(patron.language):
        text = _(
            "Hello,\n\n"
            "your library card has not been used for a long time. Your data is erased "
            "in the night after {day}, as data that nobody needs must not be kept.\n\n"
            "If you want to stay a patron, use the library before that: borrow, visit, "
            "or log in at {address}.\n\n"
            "{library}"
        ).format(
            day=f"{erase_on:%-d.%-m.%Y}",
            address=f"{settings.PUBLIC_URL}/login/",
            library=patron.home_library.name,
        )
        subject = _("Your library card has not been used")
        return Mail(to=patron.email, subject=subject, text=text)

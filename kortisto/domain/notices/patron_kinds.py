"""The messages about a card and its log-in, each with the text that it ships with."""

from datetime import date, datetime
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kortisto.core.actors import job_actor
from kortisto.core.values import Words
from kortisto.domain.notices.kinds import (
    LIBRARY,
    NAME,
    NoticeKind,
    Occasion,
    declare,
)
from kortisto.domain.notices.variables import Type, Values, Variable
from kortisto.domain.patrons.actions.erasures import asked_of
from kortisto.domain.patrons.actions.inactive import was_not_told
from kortisto.domain.patrons.actions.pin_links import make_pin_link
from kortisto.domain.patrons.actions.provisional import last_day
from kortisto.domain.patrons.models import FieldChange, PatronCategory
from kortisto.domain.patrons.permissions import PatronPermission

TIME: Final = Variable(name="time", title=_("Time of day"), type=Type.TIME)


def _day(title: Words) -> Variable:
    return Variable(name="day", title=title, type=Type.DAY)


def _page(path: str, title: Words) -> Variable:
    return Variable(name="address", title=title, type=Type.ADDRESS, path=path)


HAPPENED: Final = (NAME, LIBRARY, _day(_("The day when it happened")), TIME)
NEW_PIN: Final = _page("/pin/forgotten/", _("The page where a new PIN is asked for"))


def _happened(occasion: Occasion) -> Values:
    at = occasion.moment("at")
    return {"day": at, "time": at}


def _pin_link(occasion: Occasion) -> Values | None:
    """A link is made anew for each try: the one before was never read."""
    made = make_pin_link(occasion.patron, now=occasion.now)
    if made is None:
        return None
    address = f"{settings.PUBLIC_URL}/pin/new/{made.token}/"
    return {"address": address, "time": made.ends_at}


PIN_LINK: Final = declare(
    NoticeKind(
        code="pin-link",
        title=_("Link to a new PIN"),
        when=_("At once, when somebody asks for a new PIN in the web library."),
        subject=_("A new PIN for your card"),
        text=_(
            "Hello,\n\n"
            "somebody, we hope that it was you, has asked for a new PIN for your "
            "library card. Choose it here:\n\n"
            "{address}\n\n"
            "The link works once, until {time}.\n\n"
            "If it was not you, you need not do anything: your PIN is as it was.\n\n"
            "{library}"
        ),
        variables=(  # it names neither the patron nor the card
            LIBRARY,
            Variable(
                name="address",
                title=_("The link itself; it is never kept"),
                type=Type.ADDRESS,
                path="/pin/new/…/",
                required=True,
                secret=True,
            ),
            Variable(name="time", title=_("Until when it works"), type=Type.TIME),
        ),
        find=_pin_link,
    )
)
PIN_CHANGED: Final = declare(
    NoticeKind(
        code="pin-changed",
        title=_("The PIN was changed"),
        when=_("At once, whoever changed it."),
        subject=_("The PIN of your card has been changed"),
        text=_(
            "Hello,\n\n"
            "the PIN of your library card was changed on {day} at {time}.\n\n"
            "If it was you, all is well. If it was not, ask for a new PIN at once, at "
            "{address} or at any library: then whoever changed it is logged out.\n\n"
            "{library}"
        ),
        variables=(*HAPPENED, NEW_PIN),
        find=_happened,
    )
)
PIN_UNLOCKED: Final = declare(
    NoticeKind(
        code="pin-unlocked",
        title=_("The log-in was opened"),
        when=_("At once, when staff open a log-in that wrong PINs had locked."),
        subject=_("The log-in of your card is open again"),
        text=_(
            "Hello,\n\n"
            "too many wrong PINs had locked the log-in of your library card. It was "
            "opened again at the library on {day} at {time}; your PIN is as it was.\n\n"
            "If you did not type wrong PINs yourself, choose a new PIN at {address}."
            "\n\n{library}"
        ),
        variables=(*HAPPENED, NEW_PIN),
        find=_happened,
    )
)


def _old_address(occasion: Occasion) -> str:
    """The address that was taken away stands in the history of the record."""
    change = FieldChange.objects.filter(
        pk=occasion.facts["change_id"], patron_id=occasion.patron.pk, field="email"
    ).first()
    return "" if change is None else change.old


EMAIL_CHANGED: Final = declare(
    NoticeKind(
        code="email-changed",
        title=_("The e-mail address was changed"),
        when=_("At once to the old address, when the patron gives another one."),
        subject=_("Your e-mail address at the library has been changed"),
        text=_(
            "Hello,\n\n"
            "on {day} at {time} another e-mail address was given for your library "
            "card. This is the last message to this one.\n\n"
            "If it was you, all is well. If it was not, tell any library at once.\n\n"
            "{library}"
        ),
        variables=HAPPENED,
        find=_happened,
        address=_old_address,
    )
)


def _registered(occasion: Occasion) -> Values | None:
    """Nothing when the card has been fetched meanwhile."""
    kind = occasion.patron.category.kind
    if kind != PatronCategory.Kind.PROVISIONAL:
        return None
    return {"day": last_day(occasion.patron)}


REGISTERED: Final = declare(
    NoticeKind(
        code="registered",
        title=_("Registered on the web"),
        when=_("At once, to those who registered themselves: their card waits."),
        subject=_("Your library card"),
        text=_(
            "Hello,\n\n"
            "you have registered as a customer. Fetch your card by {day} and take an "
            "identity document with you.\n\n"
            "{library}\n"
            "{address}"
        ),
        variables=(
            NAME,
            LIBRARY,
            _day(_("The last day to fetch the card")),
            _page("/libraries/", _("The page of the libraries")),
        ),
        find=_registered,
    )
)
WELCOME: Final = declare(
    NoticeKind(
        code="welcome",
        title=_("Welcome"),
        when=_("At once, when a patron is registered or fetches the first card."),
        subject=_("Welcome to the library"),
        text=_(
            "Hello,\n\n"
            "you are a customer of the library now. Your card is good until {day}.\n\n"
            "In the web library you see your loans, renew them and choose which "
            "messages you get: {address}\n\n"
            "We write to this address from now on. If you have not become a customer, "
            "tell any library.\n\n"
            "{library}"
        ),
        variables=(
            NAME,
            LIBRARY,
            _day(_("The last day the card is good")),
            _page("/login/", _("The page where patrons log in")),
        ),
        find=lambda occasion: {"day": occasion.patron.expires_on},
    )
)


def _expiry(occasion: Occasion) -> Values | None:
    """Nothing when the card has been renewed meanwhile."""
    day = date.fromisoformat(occasion.facts["expires_on"])
    return {"day": day} if occasion.patron.expires_on == day else None


EXPIRY: Final = declare(
    NoticeKind(
        code="expiry",
        title=_("The card is about to expire"),
        when=_("Some days before the last day of the card; a setting says how many."),
        subject=_("Your library card is about to expire"),
        text=_(
            "Hello,\n\n"
            "your library card is good until {day}. Come to any library with an "
            "identity document: your data is checked and the card renewed.\n\n"
            "You see your data here, and can put it right yourself: {address}\n\n"
            "{library}"
        ),
        variables=(
            NAME,
            LIBRARY,
            _day(_("The last day the card is good")),
            _page("/account/details/", _("The page of the patron's own details")),
        ),
        find=_expiry,
    )
)


def _inactive(occasion: Occasion) -> Values | None:
    """Nothing when they have done something meanwhile, and stay."""
    asked = asked_of(occasion.patron.pk)
    return None if asked is None else {"day": asked.erase_on}


def _inactive_untold(patron_id: int, now: datetime) -> None:
    """Nobody is erased who has not been told."""
    was_not_told(patron_id, by=job_actor(PatronPermission.ERASE), now=now)


INACTIVE: Final = declare(
    NoticeKind(
        code="inactive",
        title=_("The card has not been used"),
        when=_("A month before somebody is erased who has done nothing for years."),
        subject=_("Your library card has not been used"),
        text=_(
            "Hello,\n\n"
            "your library card has not been used for a long time. Your data is erased "
            "in the night after {day}, as data that nobody needs must not be kept.\n\n"
            "If you want to stay a patron, use the library before that: borrow, visit, "
            "or log in at {address}.\n\n"
            "{library}"
        ),
        variables=(
            NAME,
            LIBRARY,
            _day(_("The last day to keep the card")),
            _page("/login/", _("The page where patrons log in")),
        ),
        find=_inactive,
        not_told=_inactive_untold,
    )
)

# --- what staff begin with when they write themselves (PAT-16) ---------------------

_WRITTEN: Final = _("Staff choose it when they write to a patron.")

FREE: Final = declare(
    NoticeKind(
        code="free",
        title=_("Free text"),
        when=_WRITTEN,
        subject=_("A message from the library"),
        text=_("Hello,\n\n\n\n{library}"),
        by_staff=True,
    )
)
CONTACT_US: Final = declare(
    NoticeKind(
        code="contact-us",
        title=_("Please get in touch"),
        when=_WRITTEN,
        subject=_("Please get in touch with the library"),
        text=_(
            "Hello,\n\n"
            "please get in touch with us, by telephone or by coming to the library.\n\n"
            "{library}"
        ),
        by_staff=True,
    )
)
CHECK_DETAILS: Final = declare(
    NoticeKind(
        code="check-details",
        title=_("Please check your details"),
        when=_WRITTEN,
        subject=_("Please check your contact details"),
        text=_(
            "Hello,\n\n"
            "we could not reach you with the contact details that we have. Please look "
            "whether they are right, here or at any library: {address}\n\n"
            "{library}"
        ),
        variables=(
            NAME,
            LIBRARY,
            _page("/account/details/", _("The page of the patron's own details")),
        ),
        by_staff=True,
    )
)
FOUND: Final = declare(
    NoticeKind(
        code="found",
        title=_("Something of yours was found"),
        when=_WRITTEN,
        subject=_("We have found something of yours"),
        text=_(
            "Hello,\n\n"
            "something of yours was left between the pages or at the library. Ask for "
            "it at the desk.\n\n"
            "{library}"
        ),
        by_staff=True,
    )
)

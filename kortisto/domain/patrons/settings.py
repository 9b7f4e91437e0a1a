"""What units decide about the register of patrons, and about patrons on the web.

The population register needs a permit for each municipality (S10).
"""

from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.core import counted
from kortisto.core.values import Maybe, WholeNumber, YesNo
from kortisto.domain.org.settings import Setting, declare

FOLLOW_CHANGES: Final = declare(
    "population.follow_changes",
    YesNo(),
    default=False,
    title=_("Follow the population register"),
    help=_(
        "Every night names, addresses, deaths and protection orders of patrons are "
        "brought up to date. The municipality needs a permit for it, and its user name "
        "among the variables of the environment."
    ),
)
ASK_AT_DESK: Final = declare(
    "population.ask_at_desk",
    YesNo(),
    default=False,
    title=_("Ask the population register at the desk"),
    help=_(
        "When a patron is registered, name and address are fetched by the personal "
        "identity code. The municipality needs a permit for it."
    ),
)

# --- what patrons change on the web (PAT-15) ------------------------------------

EMAIL_AT_ONCE: Final = declare(
    "online_changes.email",
    YesNo(),
    default=True,
    title=_("A new e-mail address takes effect at once"),
    help=_("What a patron types on the web is taken; else staff accept it first."),
)
PHONE_AT_ONCE: Final = declare(
    "online_changes.phone",
    YesNo(),
    default=True,
    title=_("A new phone number takes effect at once"),
    help=_("What a patron types on the web is taken; else staff accept it first."),
)
ADDRESS_AT_ONCE: Final = declare(
    "online_changes.address",
    YesNo(),
    default=False,
    title=_("A new address takes effect at once"),
    help=_("What a patron types on the web is taken; else staff accept it first."),
)
NAME_AT_ONCE: Final = declare(
    "online_changes.name",
    YesNo(),
    default=False,
    title=_("A new name takes effect at once"),
    help=_("What a patron types on the web is taken; else staff accept it first."),
)
CALLED_NAME_AT_ONCE: Final = declare(
    "online_changes.called_name",
    YesNo(),
    default=True,
    title=_("A new called name takes effect at once"),
    help=_("What a patron types on the web is taken; else staff accept it first."),
)
LANGUAGE_AT_ONCE: Final = declare(
    "online_changes.language",
    YesNo(),
    default=True,
    title=_("Another language takes effect at once"),
    help=_("What a patron chooses on the web is taken; else staff accept it first."),
)
ADDRESS_FIELDS: Final = (
    "street",
    "postal_code",
    "city",
    "country",
    "second_street",
    "second_postal_code",
    "second_city",
    "second_country",
    "second_from_on",
    "second_until_on",
)
AT_ONCE: Final[Mapping[str, Setting[bool]]] = {
    "surname": NAME_AT_ONCE,
    "first_names": NAME_AT_ONCE,
    "called_name": CALLED_NAME_AT_ONCE,
    **dict.fromkeys(ADDRESS_FIELDS, ADDRESS_AT_ONCE),
    "phone": PHONE_AT_ONCE,
    "second_phone": PHONE_AT_ONCE,
    "sms_number": PHONE_AT_ONCE,
    "email": EMAIL_AT_ONCE,
    "second_email": EMAIL_AT_ONCE,
    "language": LANGUAGE_AT_ONCE,
}
"""The fields that can be changed on the web, and what decides when it takes effect."""

# --- online registration (PAT-10) -----------------------------------------------

REGISTER_ONLINE: Final = declare(
    "online_registration.open",
    YesNo(),
    default=False,
    title=_("Patrons register themselves on the web"),
    help=_(
        "Whoever identifies themselves strongly becomes a provisional patron, and an "
        "ordinary one when the card is fetched with an identity document."
    ),
)
UNCLAIMED_DAYS: Final = declare(
    "online_registration.days",
    WholeNumber(
        least=1,
        most=365,
        counted=counted.DAYS,
    ),
    default=14,
    title=_("A registration waits for its patron"),
    help=_("Whoever has not fetched the card by then is forgotten the next night."),
)

# --- logging in ------------------------------------------------------------------

PIN_LINK_MINUTES: Final = declare(
    "patrons.pin_link_minutes",
    WholeNumber(
        least=10,
        most=1440,
        counted=counted.MINUTES,
    ),
    default=60,
    title=_("Link to a new PIN"),
    help=_("How long a link to a new PIN works after it was sent by e-mail."),
)
ERASURE_DAYS: Final = declare(
    "patrons.erasure_days",
    WholeNumber(
        least=0,
        most=30,
        counted=counted.DAYS,
    ),
    default=14,
    title=_("Days before a patron is erased"),
    help=_("So long a patron who has asked to be erased can take it back."),
)
INACTIVE_MONTHS: Final = declare(
    "patrons.inactive_months",
    Maybe(
        WholeNumber(
            least=12,
            most=240,
            counted=counted.MONTHS,
        ),
        _("never"),
    ),
    default=None,
    title=_("Inactive patrons are erased after"),
    help=_(
        "A grown-up whose card has expired and who has done nothing for so long is "
        "told, and erased a month later. Any use of the library keeps them."
    ),
)
ANSWERED_DAYS: Final = declare(
    "keeping.answered_requests_days",
    WholeNumber(least=1, most=366, counted=counted.DAYS),
    default=30,
    title=_("Changes asked for on the web, once answered"),
    help=_("So long a patron sees what they had asked for, and what the answer was."),
)
BIN_DAYS: Final = declare(
    "keeping.bin_days",
    WholeNumber(least=7, most=366, counted=counted.DAYS),
    default=30,
    title=_("Deleted patrons"),
    help=_(
        "So long a deleted patron can be taken out of the bin. One of two records that "
        "were merged stays for at least a month, as long as that can be undone."
    ),
)
INACTIVE_NOTICE_DAYS: Final = declare(
    "patrons.inactive_notice_days",
    WholeNumber(least=14, most=366, counted=counted.DAYS),
    default=30,
    title=_("Notice before inactive patrons are erased"),
    help=_("So many days pass between the message and the night. Any use keeps them."),
)
RESTRICTIONS_DAYS: Final = declare(
    "keeping.ended_restrictions_days",
    WholeNumber(least=0, most=3660, counted=counted.DAYS),
    default=0,
    title=_("Restrictions that have ended"),
    help=_(
        "So long a restriction that was lifted, or whose last day has passed, is kept "
        "with its note. With no days it is deleted the next night."
    ),
)
WITHDRAWN_NOTES_DAYS: Final = declare(
    "keeping.withdrawn_notes_days",
    WholeNumber(least=0, most=3660, counted=counted.DAYS),
    default=90,
    title=_("Notes that were withdrawn"),
    help=_("So long it can be looked into what a note said that is shown no more."),
)
CHANGES_YEARS: Final = declare(
    "keeping.changes_years",
    WholeNumber(least=1, most=20, counted=counted.YEARS),
    default=3,
    title=_("Earlier values of a patron's record"),
    help=_(
        "So long the history of the record tells what was changed. The newest change "
        "of each field stays, since it tells where the value came from."
    ),
)

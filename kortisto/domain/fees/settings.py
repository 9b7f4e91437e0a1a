"""What libraries decide about money that nobody pays (GDP-1)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.core import counted
from kortisto.core.values import WholeNumber
from kortisto.domain.org.settings import declare

LAPSE_PUBLIC_YEARS: Final = declare(
    "fees.lapse_public_years",
    WholeNumber(least=1, most=10, counted=counted.YEARS),
    default=5,
    title=_("Public-law charges lapse"),
    help=_(
        "Unpaid overdue and other public-law charges lapse so many years after the "
        "beginning of the year that follows. One for the consortium."
    ),
)
LAPSE_PRIVATE_YEARS: Final = declare(
    "fees.lapse_private_years",
    WholeNumber(least=1, most=10, counted=counted.YEARS),
    default=3,
    title=_("Private-law charges lapse"),
    help=_(
        "Other unpaid charges lapse so many years after they were made. One for the "
        "consortium."
    ),
)
ACCOUNTS_YEARS: Final = declare(
    "keeping.accounts_years",
    WholeNumber(least=6, most=20, counted=counted.YEARS),
    default=6,
    title=_("Whose settled charges were"),
    help=_(
        "The Accounting Act asks for at least six years from the end of the year. Then "
        "the sums stay, and nobody can tell any more who paid or for what."
    ),
)

"""What units decide about the population register (S10: a permit for each)."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.core.values import YesNo
from kortisto.domain.org.settings import declare

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

"""How long lending remembers who borrowed what (GDP-1)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kortisto.core.keeping import Kept, declare
from kortisto.domain.circulation.actions.blurring import due_blurring
from kortisto.domain.circulation.actions.forgetting_claims import due_claims
from kortisto.domain.circulation.actions.history import due_history
from kortisto.domain.circulation.claim_settings import CLAIMS_MONTHS
from kortisto.domain.org.queries import setting_in_words
from kortisto.domain.org.settings import HISTORY_YEARS


def _years() -> str:
    return setting_in_words(HISTORY_YEARS)


def _due(now: datetime) -> int:
    return sum(loans.count() for loans in due_history(now))


declare(
    Kept(
        code="loan-history",
        title=_("Past loans"),
        period=_years,
        how=_(
            "The loan forgets its patron and stays for statistics. A patron may choose "
            "“until further notice” or “never”: then it is forgotten at the return."
        ),
        due=_due,
        job="circulation.forget-history",
        counted=("forgotten",),
        setting=HISTORY_YEARS.key,
    ),
    Kept(
        code="loan-moments",
        title=_("The minute and the desk of a forgotten loan"),
        period=lambda: _("a day"),
        how=_("Only the day, the library, the category and the item stay."),
        due=lambda now: due_blurring(now).count(),
        job="circulation.forget-history",
        counted=("blurred",),
    ),
    Kept(
        code="claims",
        title=_("Loans that patrons said were not with them"),
        period=lambda: setting_in_words(CLAIMS_MONTHS),
        how=_("The claim is deleted. Which loan it was about goes with the loan."),
        due=lambda now: due_claims(now).count(),
        job="circulation.forget-history",
        counted=("claims",),
        setting=CLAIMS_MONTHS.key,
    ),
)

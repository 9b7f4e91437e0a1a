"""How long accounts are kept, and for how long money may be asked for (GDP-1)."""

from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kortisto.core.keeping import Kept, declare
from kortisto.domain.fees.actions.forgetting_payers import due_forgetting
from kortisto.domain.fees.actions.lapsing import due_lapsing
from kortisto.domain.fees.models import ChargeType
from kortisto.domain.fees.settings import (
    ACCOUNTS_YEARS,
    LAPSE_PRIVATE_YEARS,
    LAPSE_PUBLIC_YEARS,
)
from kortisto.domain.org.queries import setting_in_words


def _public() -> str:
    return setting_in_words(LAPSE_PUBLIC_YEARS)


def _private() -> str:
    return setting_in_words(LAPSE_PRIVATE_YEARS)


def _accounts() -> str:
    return _t("{years} from the end of the year, once settled").format(
        years=setting_in_words(ACCOUNTS_YEARS)
    )


LAW = ChargeType.Law

declare(
    Kept(
        code="public-charges",
        title=_("Unpaid public-law charges"),
        period=_public,
        how=_("The charge lapses, counted from the beginning of the next year."),
        due=lambda now: due_lapsing(now).filter(type__law=LAW.PUBLIC).count(),
        job="fees.lapse",
        setting=LAPSE_PUBLIC_YEARS.key,
    ),
    Kept(
        code="private-charges",
        title=_("Unpaid private-law charges"),
        period=_private,
        how=_("The charge lapses."),
        due=lambda now: due_lapsing(now).filter(type__law=LAW.PRIVATE).count(),
        job="fees.lapse",
        counted=("lapsed",),
        setting=LAPSE_PRIVATE_YEARS.key,
    ),
    Kept(
        code="accounts",
        title=_("Charges, payments and refunds"),
        period=_accounts,
        how=_(
            "The sums stay, and forget whose they were. When the patron is erased they "
            "stay under a number without a name until then."
        ),
        due=lambda now: due_forgetting(now).count(),
        job="fees.forget-payers",
        counted=("payers",),
        setting=ACCOUNTS_YEARS.key,
    ),
)

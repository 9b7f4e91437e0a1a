"""How long the hold queue remembers (GDP-1)."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.keeping import Kept, declare
from kortisto.domain.holds.actions.forgetting import due_holds
from kortisto.domain.holds.settings import HOLDS_KEPT_YEARS
from kortisto.domain.org.queries import setting_in_words


def _years() -> str:
    return setting_in_words(HOLDS_KEPT_YEARS)


declare(
    Kept(
        code="ended-holds",
        title=_("Holds that have ended"),
        period=_years,
        how=_("The hold is deleted. It follows the patron's choice of loan history."),
        due=lambda now: sum(holds.count() for holds in due_holds(now)),
        job="holds.forget",
        counted=("holds",),
        setting=HOLDS_KEPT_YEARS.key,
    )
)

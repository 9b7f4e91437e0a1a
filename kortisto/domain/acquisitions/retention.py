"""How long purchase suggestions are kept (GDP-1, S33)."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.keeping import Kept, declare
from kortisto.domain.acquisitions.actions.forgetting import due_suggestions
from kortisto.domain.acquisitions.settings import SUGGESTIONS_KEPT_DAYS
from kortisto.domain.org.queries import setting_in_words


def _days() -> str:
    return setting_in_words(SUGGESTIONS_KEPT_DAYS)


declare(
    Kept(
        code="suggestions",
        title=_("Purchase suggestions, after the answer"),
        period=_days,
        how=_("The suggestion is deleted."),
        due=lambda now: due_suggestions(now).count(),
        job="acquisitions.forget",
        counted=("suggestions",),
        setting=SUGGESTIONS_KEPT_DAYS.key,
    )
)

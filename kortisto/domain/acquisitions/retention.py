"""How long purchase suggestions are kept (GDP-1, S33)."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.keeping import Kept, declare
from kortisto.domain.acquisitions.actions.forgetting import due_suggestions
from kortisto.domain.acquisitions.settings import SUGGESTIONS_KEPT_DAYS
from kortisto.domain.org.queries import organisation


def _days() -> str:
    value = organisation().setting(SUGGESTIONS_KEPT_DAYS, None).value
    return SUGGESTIONS_KEPT_DAYS.kind.show(value)


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

"""How long messages are kept (GDP-1, S36)."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.keeping import Kept, declare
from kortisto.domain.notices.queries import kept_too_long
from kortisto.domain.notices.settings import KEPT_YEARS
from kortisto.domain.org.queries import setting_in_words


def _period() -> str:
    told = _("the year in which they were written, and {years} after it")
    return str(told).format(years=setting_in_words(KEPT_YEARS))


declare(
    Kept(
        code="messages",
        title=_("Messages to patrons"),
        period=_period,
        how=_("The message is deleted with its text."),
        due=lambda now: kept_too_long(now).count(),
        job="notices.forget",
        counted=("messages",),
        setting=KEPT_YEARS.key,
    )
)

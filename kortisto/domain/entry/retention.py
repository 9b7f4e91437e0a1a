"""How long open libraries remember who came, and bans (GDP-1, OMA-4)."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from kortisto.core.keeping import Kept, declare
from kortisto.domain.entry.actions.forgetting import due_attempts, due_bans
from kortisto.domain.entry.settings import ATTEMPTS_KEPT_DAYS, BANS_KEPT_DAYS
from kortisto.domain.org.queries import setting_in_words


def _attempts() -> str:
    return setting_in_words(ATTEMPTS_KEPT_DAYS)


def _bans() -> str:
    return setting_in_words(BANS_KEPT_DAYS)


def _due_attempts(now: datetime) -> int:
    return sum(old.count() for old in due_attempts(now))


declare(
    Kept(
        code="entries",
        title=_("Entries to open libraries"),
        period=_attempts,
        how=_("The entry forgets who came, and stays to be counted."),
        due=_due_attempts,
        job="entry.forget",
        counted=("attempts",),
        setting=ATTEMPTS_KEPT_DAYS.key,
    ),
    Kept(
        code="bans",
        title=_("Bans from open libraries, after their end"),
        period=_bans,
        how=_("The ban is deleted."),
        due=lambda now: due_bans(now).count(),
        job="entry.forget",
        counted=("bans",),
        setting=BANS_KEPT_DAYS.key,
    ),
)

"""Forget messages whose years are over (S36)."""

from datetime import datetime
from typing import Final

from kortisto.domain.notices.models import Notice
from kortisto.domain.notices.queries import kept_too_long

AT_ONCE: Final = 1000  # rows in one transaction, so that no desk waits


def forget_messages(*, now: datetime) -> int:
    """Delete them; how many."""
    gone = 0
    while ids := list(kept_too_long(now).values_list("pk", flat=True)[:AT_ONCE]):
        gone += Notice.objects.filter(pk__in=ids).delete()[0]
    return gone

"""How long it is remembered what desks did without a connection (GDP-1)."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.keeping import Kept, declare
from kortisto.domain.offline.actions.making import due_kits

declare(
    Kept(
        code="offline-work",
        title=_("Work of desks without a connection, after it could be sent"),
        period=lambda: _("90 days"),
        how=_(
            "It is deleted. A card number is kept only until somebody has seen to what "
            "could not be recorded."
        ),
        due=lambda now: due_kits(now).count(),
        job="offline.forget",
        counted=("kits",),
    ),
)

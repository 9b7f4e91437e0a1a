"""How long home delivery remembers baskets (GDP-1)."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.keeping import Kept, declare
from kortisto.domain.delivery.queries import baskets_to_forget

declare(
    Kept(
        code="delivery-baskets",
        title=_("Baskets of home delivery"),
        period=lambda: _("until all has come back"),
        how=_("The basket is deleted. What was not lent is forgotten after 30 days."),
        due=lambda now: baskets_to_forget(now).count(),
        job="delivery.forget",
        counted=("baskets",),
    )
)

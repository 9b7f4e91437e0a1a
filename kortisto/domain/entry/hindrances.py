"""Why a patron cannot be erased: a ban from open libraries would be forgotten."""

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals
from kortisto.core.days import written
from kortisto.core.refusals import Refusal
from kortisto.domain.entry.models import Ban
from kortisto.domain.patrons.hindrances import hinders_erasing


class Hindrance(refusals.Reason):
    BANNED = (
        "banned",
        _("A ban from open libraries is in force until {day}."),
    )


@hinders_erasing("entry")
def bans_of(patron_id: int, today: date) -> Sequence[Refusal]:
    """Bans in force, or still to come."""
    bans = Ban.objects.filter(patron_id=patron_id, lifted_at=None, ends_on__gte=today)
    last = bans.order_by("-ends_on").values_list("ends_on", flat=True).first()
    if last is None:
        return ()
    return [Refusal(Hindrance.BANNED, facts={"day": written(last)})]

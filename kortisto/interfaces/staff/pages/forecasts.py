"""How true the waits were that people were told: figures of a year (HLD-20)."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from kortisto.domain.fulfilment.calibration import Told, came_in_a_year, together
from kortisto.domain.fulfilment.forecasting import PROMISED
from kortisto.domain.holds.permissions import HoldPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.ui.parts import Pair

WEEK = 7
PROMISE = round(PROMISED * 100)


@require_GET
def forecasts(request: StaffRequest) -> HttpResponse:
    """By how long a wait was told: how many came sooner, within and later."""
    rows = came_in_a_year(localdate())
    told = {
        "rows": [(until_words(row), row) for row in rows],
        "every": together(rows),
        "promise": PROMISE,
        "pairs": [_pair(row) for row in rows],
    }
    return render(request, "staff/forecasts.html", told)


def until_words(row: Told) -> str:
    if row.until is None:
        return _("longer")
    weeks = row.until // WEEK
    return ngettext("{weeks} week at most", "{weeks} weeks at most", weeks).format(
        weeks=weeks
    )


def _pair(row: Told) -> Pair:
    return Pair(
        until_words(row), PROMISE, row.percent, f"{PROMISE} %", f"{row.percent} %"
    )


urlpatterns = [page("forecasts/", forecasts, needs=HoldPermission.PLACE)]

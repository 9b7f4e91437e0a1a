"""Uses in the library as the desk counts them, scan by scan."""

from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext as _

from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.in_house import count_use
from kortisto.domain.circulation.reasons import Reason
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.answers import Outcome, part, refused_part
from kortisto.interfaces.staff.lending import Scan, only
from kortisto.interfaces.staff.scan_state import ScanState


def answer_use(made: Scan, state: ScanState) -> HttpResponse | None:
    """Count what was scanned. None when no item has such a barcode."""

    def do() -> dict[str, Any]:
        used = count_use(made.code, by=made.by, now=made.now)
        home = used.item.home_library_id
        return {
            "use_id": used.use_id,
            "title": used.item.record.title,
            "barcode": used.item.barcode,
            "already": used.already,
            "home_id": home if home != made.by.library_id else None,
        }

    try:
        row, _fresh = made.once("in-house", do)
    except Refused as refused:
        if only(Reason.UNKNOWN_ITEM, refused.refusals):
            return None
        return refused_part(
            refused.refusals, state=state, actor=made.by, word=_("Not counted")
        )
    home = organisation().name(row["home_id"])
    outcome = Outcome(
        kind="attention" if row["already"] or home else "ok",
        word=_("Counted a moment ago") if row["already"] else _("Counted"),
        title=row["title"],
        detail=_("It belongs to {library}.").format(library=home) if home else "",
        icon="shelf",
    )
    return part(outcome, state=state, template="staff/_used.html", row=row)

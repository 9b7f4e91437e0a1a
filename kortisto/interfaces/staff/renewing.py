"""Renewals as the desk sees them."""

from datetime import datetime

from django.http import HttpResponse
from django.utils.translation import gettext as _

from kortisto.core.refusals import Refused
from kortisto.interfaces.staff.answers import Outcome, part, refused_part
from kortisto.interfaces.staff.lending import Scan, loan_by_barcode, renew_scanned
from kortisto.interfaces.staff.loan_rows import due_words
from kortisto.interfaces.staff.scan_state import ScanState


def answer_renewal(made: Scan, state: ScanState) -> HttpResponse | None:
    """Renew the loan of what was scanned. None when it is not on loan."""
    loan = loan_by_barcode(made.code)
    if loan is None:
        return None
    try:
        answer, _fresh = renew_scanned(made, loan)
    except Refused as refused:
        return refused_part(
            refused.refusals,
            state=state,
            actor=made.by,
            word=_("Not renewed"),
            title=loan.title,
        )
    due = due_words(datetime.fromisoformat(answer["due_at"]))
    outcome = Outcome(
        kind="attention" if answer["unchanged"] or answer["notices"] else "ok",
        word=_("Already renewed") if answer["unchanged"] else _("Renewed"),
        title=_("{title} · due {due}").format(title=answer["title"], due=due),
        detail=" ".join(answer["notices"]),
        icon="renew",
    )
    row = {"loan_id": loan.pk, "title": loan.title, "barcode": loan.barcode, "due": due}
    return part(outcome, state=state, template="staff/_renewed.html", row=row)

"""A personal identity code in the scan box: whose it is, and nothing kept of it (S28).

The code is in no address, no answer and no key of the scan: what can be told of it is
told without it.
"""

from typing import Final

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.queries import items_barcoded
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.patrons.actions.identity import find_by_identity
from kortisto.domain.patrons.identity import CodeTrouble, is_like_a_code
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import active_card, cards_numbered
from kortisto.interfaces.staff import serving
from kortisto.interfaces.staff.access import StaffRequest
from kortisto.interfaces.staff.answers import Outcome, part, show_page
from kortisto.interfaces.staff.lending import Scan
from kortisto.interfaces.staff.scan_state import ScanState

TEMPLATE: Final = "staff/_code_scanned.html"


def is_identity_code(scan: Scan) -> bool:
    """Whether a scan has the form of a code and is no card or item all the same."""
    if not is_like_a_code(scan.text):
        return False
    known = cards_numbered(scan.code).exists() or items_barcoded(scan.code).exists()
    return not known


def answer_identity_code(
    request: StaffRequest, scan: Scan, state: ScanState
) -> HttpResponse:
    """Open the patron who has the code, ready to borrow when there is a card."""
    if not request.actor.may(PatronPermission.SEE):
        return _told(state, _("You may not find patrons by a personal identity code."))
    try:
        patron_id = find_by_identity(scan.text, by=request.actor, now=scan.now)
    except Refused as refused:
        asks = any(one.reason is CodeTrouble.BORN_IN_1800S for one in refused.refusals)
        told = " ".join(one.message for one in refused.refusals)
        return _told(state, told, by_code=reverse("patron_by_code") if asks else "")
    if patron_id is None:
        may_register = request.actor.may(PatronPermission.EDIT)
        return _told(
            state,
            _("No patron has this personal identity code."),
            register=reverse("register") if may_register else "",
        )
    card = active_card(patron_id)
    if card is None or not request.actor.may(LendingPermission.LEND):
        return show_page(reverse("patron", args=[patron_id]))
    return serving.open_card(request, card, state, now=scan.now)


def _told(state: ScanState, sentence: str, **links: str) -> HttpResponse:
    word = _("Personal identity code")
    outcome = Outcome(kind="stop", word=word, detail=sentence, icon="person")
    return part(outcome, state=state, template=TEMPLATE, status=409, **links)

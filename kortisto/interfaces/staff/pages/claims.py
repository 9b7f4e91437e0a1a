"""Claims: the shelves to check for what patrons say they have brought (CIR-40)."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from kortisto.domain.catalogue.models import CodedValue
from kortisto.domain.circulation.actions.claims import looked_in_vain
from kortisto.domain.circulation.claim_queries import (
    SoughtRow,
    shelves_to_check,
    sought_at,
)
from kortisto.domain.circulation.models import Claim
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.org.queries import Organisation, organisation
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.catalogue_words import PICTURES, CodeNames
from kortisto.interfaces.staff.told import tell

SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class Line:
    """A row in words. ``elsewhere``: where it belongs, or was left, if not here."""

    row: SoughtRow
    place: str
    material: str
    picture: str
    kind: str
    elsewhere: str


@require_GET
def claims(request: StaffRequest) -> HttpResponse:
    """What to look for in the working library; what is found is scanned."""
    here = request.actor.library_id or 0
    names, tree = CodeNames(), organisation()
    rows = shelves_to_check(here, most=SHOWN)
    told = {
        "lines": [_line(row, names, tree, at=here) for row in rows],
        "all": sought_at(here).count(),
    }
    return render(request, "staff/claims.html", told)


@require_POST
def claim_missed(request: StaffRequest, claim_id: int) -> HttpResponse:
    """It was looked for and does not stand here."""
    try:
        looked_in_vain(claim_id, by=request.actor, now=timezone.now())
    except Claim.DoesNotExist:
        tell(request, _("The claim has been resolved already."), kind="info")
    else:
        tell(request, _("Noted: not on the shelf."))
    return redirect("claims")


def _line(row: SoughtRow, names: CodeNames, tree: Organisation, *, at: int) -> Line:
    words = (
        names(CodedValue.List.LOCATION, row.location),
        names(CodedValue.List.SUB_LOCATION, row.sub_location),
        names(CodedValue.List.COLLECTION, row.collection),
    )
    other = row.library_id if row.home_library_id == at else row.home_library_id
    return Line(
        row=row,
        place=" · ".join(word for word in words if word),
        material=names.material(row.material),
        picture=PICTURES.get(row.material, "book"),
        kind=str(Claim.Kind(row.kind).label),
        elsewhere=tree.name(other) if other != at else "",
    )


urlpatterns = [
    page("claims/", claims, needs=LendingPermission.LEND),
    page("claims/<int:claim_id>/missed/", claim_missed, needs=LendingPermission.LEND),
]

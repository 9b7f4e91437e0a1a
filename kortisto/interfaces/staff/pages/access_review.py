"""A review of roles: everybody's roles in one municipality, kept or ended (PER-1)."""

from typing import Final

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kortisto.core.actors import NotPermitted
from kortisto.core.refusals import Refused
from kortisto.core.text import whole_number
from kortisto.domain.org.actions.reviews import review_roles
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.reviews import grants_under_review, open_review, seen_in
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.told import tell

MANAGE: Final = OrgPermission.MANAGE_STAFF
KEEP, END = "keep", "end"


@never_cache
@require_http_methods(["GET", "POST"])
def access_review(request: StaffRequest, unit_id: int) -> HttpResponse:
    """The roles that a municipality answers for, those not seen to first."""
    tree = organisation()
    if unit_id not in tree.units or tree.municipality_of(unit_id) != unit_id:
        raise Http404
    if not request.actor.may(MANAGE, at=unit_id):
        raise NotPermitted(MANAGE, at=unit_id)
    refused: Refused | None = None
    if request.method == "POST":
        try:
            return _save(request, unit_id)
        except Refused as error:
            refused = error
    review = open_review(unit_id)
    today = timezone.localdate()
    rows = [
        (
            grant,
            tree.name(grant.unit_id),
            review is None or seen_in(grant, review),
            request.POST.get(f"grant-{grant.pk}", ""),
        )
        for grant in grants_under_review(unit_id, today=today)
    ]
    told = {
        "unit": tree.unit(unit_id),
        "review": review,
        "late": review is not None
        and review.due_on is not None
        and review.due_on < today,
        "rows": sorted(rows, key=lambda row: row[2]),
        "left": sum(not seen for _grant, _unit, seen, _choice in rows),
        "refused": refused,
    }
    status = 422 if refused else 200
    return render(request, "staff/access_review.html", told, status=status)


def _save(request: StaffRequest, unit_id: int) -> HttpResponse:
    confirm, end = _chosen(request.POST, KEEP), _chosen(request.POST, END)
    now = timezone.now()
    done = review_roles(unit_id, confirm=confirm, end=end, by=request.actor, now=now)
    number = len(confirm) + len(end)
    if not number:
        tell(request, _("Choose what becomes of at least one role."), kind="attention")
        return redirect("access_review", unit_id=unit_id)
    said = ngettext(
        "{number} role was seen to.", "{number} roles were seen to.", number
    )
    tell(request, said.format(number=number))
    if done:
        tell(request, _("The review is done: every role has been seen to."))
        return redirect("errands")
    return redirect("access_review", unit_id=unit_id)


def _chosen(posted: QueryDict, what: str) -> list[int]:
    """Ids of the grants for which this was chosen."""
    numbers = (
        whole_number(name.removeprefix("grant-"))
        for name in posted
        if posted.get(name) == what
    )
    return [number for number in numbers if number is not None]


urlpatterns = [
    page(
        "staffing/reviews/<int:unit_id>/", access_review, needs=MANAGE, somewhere=True
    ),
]

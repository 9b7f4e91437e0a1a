"""What a patron's record said before, and who changed it (S9, LOG-1)."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kortisto.domain.patrons.actions.viewing import SeenHistory, view_history
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.history_words import label_words, tell_changes
from kortisto.interfaces.staff.pages.patron_address import ReasonForm
from kortisto.interfaces.staff.paging import PAGE, Trail, cut, one_line


@never_cache
@require_http_methods(["GET", "POST"])
def patron_history(request: StaffRequest, patron_id: int) -> HttpResponse:
    """The newest changes first; a POST with a reason shows a protected address too."""
    form = ReasonForm(request.POST or None)
    reason = form.cleaned_data["reason"] if form.is_valid() else None
    field = one_line(request.GET.get("field")) or None
    now = timezone.now()
    try:
        seen = view_history(
            patron_id, by=request.actor, now=now, field=field, reason=reason
        )
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    told = {
        "form": form,
        "field": field,
        "actor": request.actor,
        **_shown(seen, request),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/patron_history.html", told, status=status)


def _shown(seen: SeenHistory, request: StaffRequest) -> dict[str, object]:
    trail = Trail.of(request)
    changes = seen.changes
    if trail.last is not None:
        changes = changes.filter(pk__lt=trail.last)
    rows = list(changes[: PAGE + 1])
    told = tell_changes(rows[:PAGE], hidden=seen.hidden)
    return {
        "patron": seen.patron,
        "fields": sorted(((one, label_words(one)) for one in seen.fields), key=_label),
        "rows": told,
        "hides": any(row.hidden for row in told),
        "pages": trail.pages(request, next_key=cut([row.pk for row in rows])),
    }


def _label(field: tuple[str, str]) -> str:
    return field[1].casefold()


urlpatterns = [
    page(
        "patrons/<int:patron_id>/history/",
        patron_history,
        needs=PatronPermission.SEE,
    ),
]

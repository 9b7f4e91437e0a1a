"""What patrons suggest to be bought: the queue, the answers, what is the same.

Nobody sees here who has suggested it: the patron reads the answer on their own pages.
"""

from collections.abc import Collection, Sequence
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.refusals import Refused
from kortisto.core.text import whole_number
from kortisto.domain.acquisitions.actions.answering import (
    answer_suggestion,
    merge_suggestions,
    part_suggestion,
)
from kortisto.domain.acquisitions.models import LONGEST_TEXT, Suggestion
from kortisto.domain.acquisitions.permissions import AcquisitionsPermission
from kortisto.domain.acquisitions.queries import (
    WAITING,
    looks_like,
    records_with,
    suggestions_at,
)
from kortisto.domain.catalogue.queries import titles_of
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.catalogue_words import CodeNames
from kortisto.interfaces.staff.paging import PAGE, Trail, cut
from kortisto.interfaces.staff.suggestion_words import (
    answer_groups,
    chosen_answer,
    rows_of,
)
from kortisto.interfaces.staff.told import tell

NEEDS: Final = AcquisitionsPermission.ANSWER_SUGGESTIONS
State = Suggestion.State
OPEN, REFUSED, HERE, EVERYWHERE = "", 409, "", "all"


@require_GET
def purchase_suggestions(request: StaffRequest) -> HttpResponse:
    """What waits, the oldest first; narrowed by library and by state."""
    trail, where = Trail.of(request), request.GET.get("library", HERE)
    state = request.GET.get("state", OPEN)
    states = [state] if state in State.values else WAITING
    found = suggestions_at(_units(request, where), states)
    if trail.last is not None:
        found = found.filter(pk__gt=trail.last)
    rows = list(found[: PAGE + 1])
    told = {
        "rows": rows_of(rows[:PAGE], CodeNames()),
        "pages": trail.pages(request, next_key=cut([row.pk for row in rows])),
        "states": State.choices,
        "state": state,
        "libraries": _libraries(request),
        "library": where,
    }
    return render(request, "staff/suggestions.html", told)


@require_http_methods(["GET", "POST"])
def purchase_suggestion(request: StaffRequest, suggestion_id: int) -> HttpResponse:
    """One of them with those merged into it and those that look the same."""
    row = _one(request, suggestion_id)
    if row.same_as_id is not None:
        return redirect("purchase_suggestion", suggestion_id=row.same_as_id)
    wrong: Sequence[str] = ()
    if request.method == "POST":
        sent = request.POST
        state, answer = chosen_answer(sent.get("answer", ""))
        try:
            answer_suggestion(
                suggestion_id,
                state,
                answer=answer,
                note=sent.get("note", ""),
                seen=sent.get("seen", ""),
                by=request.actor,
                now=timezone.now(),
            )
        except Refused as refused:
            wrong = [each.message for each in refused.refusals]
            row = _one(request, suggestion_id)
        else:
            tell(request, _("The answer has been saved."))
            return redirect("purchase_suggestions")
    return _page(request, row, wrong)


@require_POST
def merge_suggestion(request: StaffRequest, suggestion_id: int) -> HttpResponse:
    """The chosen ones are the same as this one."""
    row = _one(request, suggestion_id)
    chosen = [whole_number(one) for one in request.POST.getlist("same")]
    try:
        merge_suggestions(
            suggestion_id,
            [one for one in chosen if one is not None],
            by=request.actor,
            now=timezone.now(),
        )
    except Suggestion.DoesNotExist as missing:
        raise Http404 from missing
    except Refused as refused:
        return _page(request, row, [each.message for each in refused.refusals])
    tell(request, _("They are answered together now. Each can be taken apart again."))
    return redirect("purchase_suggestion", suggestion_id=suggestion_id)


@require_POST
def part_from_suggestion(request: StaffRequest, suggestion_id: int) -> HttpResponse:
    """A merge was a mistake: this one is answered by itself again."""
    _one(request, suggestion_id)
    try:
        before = part_suggestion(suggestion_id, by=request.actor, now=timezone.now())
    except Refused as refused:
        for each in refused.refusals:
            tell(request, each.message, kind="attention")
        return redirect("purchase_suggestion", suggestion_id=suggestion_id)
    tell(request, _("It is answered by itself again."))
    return redirect("purchase_suggestion", suggestion_id=before)


def _one(request: StaffRequest, suggestion_id: int) -> Suggestion:
    """Raises Http404, NotPermitted at another library than one may answer for."""
    rows = Suggestion.objects.select_related("library")
    row = rows.filter(pk=suggestion_id).first()
    if row is None:
        raise Http404
    request.actor.require(NEEDS, at=row.library_id)
    return row


def _page(
    request: StaffRequest, row: Suggestion, wrong: Sequence[str] = ()
) -> HttpResponse:
    names = CodeNames()
    same = row.same.select_related("library").order_by("pk")
    alike = [one for one in looks_like(row) if request.actor.may(NEEDS, one.library_id)]
    sent = request.POST
    told: dict[str, Any] = {
        "suggestion": row,
        "row": rows_of([row], names)[0],
        "same": rows_of(same, names),
        "alike": rows_of(alike, names),
        "records": sorted(titles_of(records_with(row.isbn)).items()),
        "groups": answer_groups(),
        "answer": sent.get("answer", f"{row.state}:{row.answer}"),
        "note": sent.get("note", row.note),
        "longest": LONGEST_TEXT,
        "wrong": wrong,
    }
    status = REFUSED if wrong else 200
    return render(request, "staff/suggestion.html", told, status=status)


def _units(request: StaffRequest, where: str) -> Collection[int]:
    """Where somebody may answer, as far as the address asks for it."""
    tree = organisation()
    allowed = [one.id for one in tree.libraries() if request.actor.may(NEEDS, one.id)]
    if where == EVERYWHERE:
        return allowed
    asked = whole_number(where) if where else request.actor.library_id
    if asked is None or asked not in tree.units:
        return ()
    return tree.descendants(asked).intersection(allowed)


def _libraries(request: StaffRequest) -> list[tuple[str, str]]:
    """The working library first, then the others where one may answer."""
    tree, here = organisation(), request.actor.library_id
    others = [
        (str(one.id), one.name)
        for one in tree.libraries()
        if one.id != here and request.actor.may(NEEDS, one.id)
    ]
    return [(HERE, tree.name(here)), (EVERYWHERE, _("All libraries")), *others]


urlpatterns = [
    page("suggestions/", purchase_suggestions, needs=NEEDS, somewhere=True),
    page(
        "suggestions/<int:suggestion_id>/",
        purchase_suggestion,
        needs=NEEDS,
        somewhere=True,
    ),
    page(
        "suggestions/<int:suggestion_id>/merge/",
        merge_suggestion,
        needs=NEEDS,
        somewhere=True,
    ),
    page(
        "suggestions/<int:suggestion_id>/part/",
        part_from_suggestion,
        needs=NEEDS,
        somewhere=True,
    ),
]

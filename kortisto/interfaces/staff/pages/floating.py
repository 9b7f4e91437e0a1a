"""Limits of floating, and floating that is tried on past returns (HLD-50)."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.models import Job
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import CodedValue, ItemType
from kortisto.domain.circulation.actions.trying_floating import (
    TRY_FLOATING,
    try_floating,
)
from kortisto.domain.circulation.float_simulation import (
    FloatTrial,
    Sums,
    altogether,
    from_result,
)
from kortisto.domain.distribution.actions.limiting import (
    remove_float_limit,
    set_float_limit,
)
from kortisto.domain.distribution.models import FloatLimit
from kortisto.domain.distribution.permissions import DistributionPermission
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.catalogue_words import CodeNames
from kortisto.interfaces.staff.float_forms import FloatLimitForm, TrialForm
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.job_words import STATES, actor_names
from kortisto.interfaces.staff.told import tell
from kortisto.ui.formats import count, day
from kortisto.ui.parts import Pair

MANAGE: Final = DistributionPermission.MANAGE
SHOWN: Final = 20  # trials of before
CHARTED: Final = 24  # libraries that a chart has room for
INVALID: Final = 422


@require_http_methods(["GET", "POST"])
def float_limits(request: StaffRequest) -> HttpResponse:
    """Every limit, and one more; said again of the same kind, it is replaced."""
    form = FloatLimitForm(request.POST or None, actor=request.actor)
    if form.is_valid():
        told = form.cleaned_data
        try:
            set_float_limit(
                told["unit"],
                told["most"],
                item_type=told["item_type"],
                collection=told["collection"],
                by=request.actor,
                now=timezone.now(),
            )
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The limit was saved. It holds from the next check-in."))
            return redirect("float_limits")
    names, tree = CodeNames(), organisation()
    limits = FloatLimit.objects.select_related("item_type").order_by("unit", "pk")
    shown = {
        "form": form,
        "rows": [
            (
                limit,
                tree.name(limit.unit_id),
                names(CodedValue.List.COLLECTION, limit.collection),
                request.actor.may(MANAGE, at=limit.unit_id),
            )
            for limit in limits
        ],
    }
    status = INVALID if form.errors else 200
    return render(request, "staff/float_limits.html", shown, status=status)


@require_POST
def drop_float_limit(request: StaffRequest, limit_id: int) -> HttpResponseRedirect:
    """As many float there as come."""
    try:
        remove_float_limit(limit_id, by=request.actor, now=timezone.now())
    except FloatLimit.DoesNotExist:
        tell(request, _("The limit has been removed already."), kind="info")
    else:
        tell(request, _("The limit was removed."))
    return redirect("float_limits")


@require_http_methods(["GET", "POST"])
def try_floating_form(request: StaffRequest) -> HttpResponse:
    """Choose what would float where, and see what was tried before."""
    now = timezone.now()
    form = TrialForm(request.POST or None, today=localdate(now))
    if form.is_valid():
        first, last = form.cleaned_data["first"], form.cleaned_data["last"]
        try:
            asked = try_floating(
                form.trial, first=first, last=last, by=request.actor, now=now
            )
        except Refused as refused:
            add_refusals(form, refused)
        else:
            return redirect("floating_tried", job_id=asked.pk)
    before = Job.objects.filter(kind=TRY_FLOATING).order_by("-pk")[:SHOWN]
    names = actor_names(job.asked_by for job in before)
    told = {
        "form": form,
        "before": [
            (job, _Asked(job), names[job.asked_by], STATES[job.state][1])
            for job in before
        ],
    }
    status = INVALID if form.errors else 200
    return render(request, "staff/try_floating.html", told, status=status)


class _Asked:
    """What a job was asked to try, in words."""

    def __init__(self, job: Job) -> None:
        self._trial = FloatTrial.from_json(job.arguments["trial"])
        first, last = (
            date.fromisoformat(job.arguments[one]) for one in ("first", "last")
        )
        self.days = f"{day(first)}–{day(last)}"
        self.most = self._trial.most
        self.places = self._trial.libraries

    @property
    def libraries(self) -> str:
        tree = organisation()
        return ", ".join(sorted(tree.name(one) for one in self._trial.libraries))

    @property
    def number(self) -> int:
        return len(self._trial.libraries)

    @property
    def item_types(self) -> str:
        kinds = ItemType.objects.filter(pk__in=self._trial.item_types)
        named = ", ".join(sorted(kind.name or kind.code for kind in kinds))
        return named or _("All item types")


@never_cache
@require_GET
def floating_tried(request: StaffRequest, job_id: int) -> HttpResponse:
    """How far it is, and then what floating would have changed."""
    job = get_object_or_404(Job, pk=job_id, kind=TRY_FLOATING)
    told: dict[str, Any] = {
        "job": job,
        "asked": _Asked(job),
        "unfinished": job.state in {Job.State.WAITING, Job.State.RUNNING},
    }
    if request.headers.get("HX-Request") and told["unfinished"]:
        return render(request, "staff/_floating_tried_progress.html", told)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    if job.state == Job.State.DONE and job.result:
        told |= _results(from_result(job.result["by_library"]), told["asked"])
    return render(request, "staff/floating_tried.html", told)


def _results(found: dict[int, Sums], asked: _Asked) -> dict[str, Any]:
    tree, total = organisation(), altogether(found)
    rows = [
        (tree.name(place), sums)
        for place, sums in found.items()
        if place in asked.places or sums.tried.journeys or sums.then.journeys
    ]
    rows.sort(key=lambda row: (-abs(row[1].tried.balance), row[0]))
    return {
        "total": total,
        "saved": total.then.journeys - total.tried.journeys,
        "lines": list(_lines(total)),
        "rows": rows,
        "journeys": _pairs(rows, lambda side: side.journeys),
        "come": [
            Pair(
                name,
                sums.tried.come,
                sums.tried.gone,
                count(sums.tried.come),
                count(sums.tried.gone),
            )
            for name, sums in rows[:CHARTED]
            if sums.tried.come or sums.tried.gone
        ],
    }


def _pairs(rows: list[tuple[str, Sums]], value: Callable[[Any], int]) -> list[Pair]:
    return [
        Pair(
            name,
            value(sums.then),
            value(sums.tried),
            count(value(sums.then)),
            count(value(sums.tried)),
        )
        for name, sums in rows[:CHARTED]
        if value(sums.then) or value(sums.tried)
    ]


def _lines(sums: Sums) -> Iterator[tuple[str, str, str]]:
    """What, by the rules of then, as if they floated."""
    then, tried = sums.then, sums.tried
    yield _("Sent elsewhere after the return"), count(then.sent), count(tried.sent)
    yield (
        _("Lent at a library where the copy did not stand"),
        count(then.fetched),
        count(tried.fetched),
    )
    yield _("Journeys altogether"), count(then.journeys), count(tried.journeys)
    yield _("Items away from home in the end"), count(then.come), count(tried.come)


urlpatterns = [
    page("floating/limits/", float_limits, needs=MANAGE, somewhere=True),
    page(
        "floating/limits/<int:limit_id>/remove/",
        drop_float_limit,
        needs=MANAGE,
        somewhere=True,
    ),
    page("floating/try/", try_floating_form, needs=MANAGE),
    page("floating/tried/<int:job_id>/", floating_tried, needs=MANAGE),
]

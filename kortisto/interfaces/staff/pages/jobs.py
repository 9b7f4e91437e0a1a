"""Background jobs: how they stand, when they run next, and what to do about them."""

from pathlib import Path
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kortisto.core import jobs as core_jobs
from kortisto.core.jobs import UNFINISHED, next_try_at
from kortisto.core.models import Job, Schedule
from kortisto.core.schedules import run_now
from kortisto.domain.org.permissions import OrgPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.job_words import (
    RESULTS,
    STATES,
    actor_names,
    kind_words,
)
from kortisto.interfaces.staff.paging import PAGE, Trail, cut
from kortisto.interfaces.staff.told import tell
from kortisto.ui.parts import Tab

SEE: Final = OrgPermission.SEE_JOBS
RUN: Final = OrgPermission.RUN_JOBS


@never_cache
@require_GET
def jobs(request: StaffRequest) -> HttpResponse:
    """The newest jobs first, and every schedule with its next time."""
    state, trail = request.GET.get("state", ""), Trail.of(request)
    found = Job.objects.order_by("-pk")
    if state in STATES:
        found = found.filter(state=state)
    if trail.last is not None:
        found = found.filter(pk__lt=trail.last)
    rows = list(found[: PAGE + 1])
    more = cut([row.pk for row in rows])
    names = actor_names(row.asked_by for row in rows)
    return render(
        request,
        "staff/jobs.html",
        {
            "rows": [_told(row, names) for row in rows[:PAGE]],
            "pages": trail.pages(request, next_key=more),
            "schedules": [
                (row, kind_words(row.kind), _badge(row.last_job))
                for row in Schedule.objects.select_related("last_job").order_by("pk")
            ],
            "tabs": _tabs(state),
            "may_run": request.actor.may(RUN),
        },
    )


def _tabs(now: str) -> list[Tab]:
    tabs = [Tab(label=_("All"), url="?", current=now not in STATES)]
    return tabs + [
        Tab(label=str(label), url=f"?state={state}", current=state == now)
        for state, (_kind, label, _icon) in STATES.items()
    ]


def _told(row: Job, names: dict[str, str]) -> dict[str, Any]:
    return {
        "job": row,
        "name": kind_words(row.kind),
        "badge": _badge(row),
        "by": names.get(row.asked_by, row.asked_by),
        "next_try": next_try_at(row),
        "unfinished": row.state in UNFINISHED,
    }


def _badge(row: Job | None) -> dict[str, Any] | None:
    if row is None:
        return None
    kind, word, icon = STATES[row.state]
    return {"kind": kind, "word": str(word), "icon": icon}


@never_cache
@require_GET
def job(request: StaffRequest, job_id: int) -> HttpResponse:
    """One job: its progress, its result or its last error."""
    return render(request, "staff/job.html", job_context(request, job_id))


@never_cache
@require_GET
def job_progress(request: StaffRequest, job_id: int) -> HttpResponse:
    """The part of the page that asks again while the job is unfinished."""
    return render(request, "staff/_job_progress.html", job_context(request, job_id))


def job_context(request: StaffRequest, job_id: int) -> dict[str, Any]:
    row = get_object_or_404(Job, pk=job_id)
    result = row.result if isinstance(row.result, dict) else {}
    return {
        **_told(row, actor_names([row.asked_by])),
        "result": [
            (
                RESULTS.get(name, name),
                Path(str(value)).name if name == "file" else value,
            )
            for name, value in result.items()
            if isinstance(value, int | str) and value != "" and name != "batch_id"
        ],
        "broken": result.get("broken", ()),
        "batch_id": result.get("batch_id"),
        "export": bool(result.get("file")),
        "may_run": request.actor.may(RUN),
        "may_retry": row.state in {Job.State.FAILED, Job.State.CANCELLED},
    }


@require_POST
def cancel_job(request: StaffRequest, job_id: int) -> HttpResponse:
    """Stop a job; one that runs is asked to."""
    get_object_or_404(Job, pk=job_id)
    core_jobs.cancel(job_id, by=request.actor, needs=RUN, now=timezone.now())
    tell(request, _("The job was cancelled; one that runs stops soon."))
    return redirect("job", job_id=job_id)


@require_POST
def retry_job(request: StaffRequest, job_id: int) -> HttpResponse:
    """Run a failed or cancelled job again."""
    get_object_or_404(Job, pk=job_id)
    core_jobs.retry(job_id, by=request.actor, needs=RUN, now=timezone.now())
    tell(request, _("The job waits to be run again."))
    return redirect("job", job_id=job_id)


@require_POST
def run_schedule(request: StaffRequest, name: str) -> HttpResponse:
    """Run a schedule's job now; its next time stays."""
    get_object_or_404(Schedule, pk=name)
    asked = run_now(name, by=request.actor, needs=RUN, now=timezone.now())
    tell(request, _("The job waits for a worker."))
    return redirect("job", job_id=asked.pk)


urlpatterns = [
    page("jobs/", jobs, needs=SEE),
    page("jobs/<int:job_id>/", job, needs=SEE),
    page("jobs/<int:job_id>/progress/", job_progress, needs=SEE),
    page("jobs/<int:job_id>/cancel/", cancel_job, needs=RUN),
    page("jobs/<int:job_id>/retry/", retry_job, needs=RUN),
    page("jobs/schedules/<str:name>/run/", run_schedule, needs=RUN),
]

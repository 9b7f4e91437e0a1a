"""Try a version of the rules on the loans of the past, before the board votes."""

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from kortisto.core.models import Job
from kortisto.domain.circulation.actions.simulating import SIMULATE, try_rules
from kortisto.domain.circulation.simulation import (
    Sums,
    altogether,
    from_json,
)
from kortisto.domain.org.queries import organisation
from kortisto.domain.policies.models import RuleVersion
from kortisto.domain.policies.permissions import PolicyPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.job_words import STATES, actor_names
from kortisto.interfaces.staff.window_forms import WindowForm
from kortisto.ui.formats import count, day, money
from kortisto.ui.parts import Pair

SEE: Final = PolicyPermission.SEE
SHOWN: Final = 20


class LoansForm(WindowForm):
    """Which loans are replayed: those that began on these days."""

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, today=today)
        self.fields["first"].label = _("Loans from")
        self.fields["last"].label = _("Loans until")


@require_http_methods(["GET", "POST"])
def try_rules_form(request: StaffRequest, number: int) -> HttpResponse:
    """Choose the days, and see what was tried before."""
    version = get_object_or_404(RuleVersion, number=number)
    form = LoansForm(request.POST or None, today=localdate())
    if form.is_valid():
        days = form.cleaned_data
        asked = try_rules(number, **days, by=request.actor, now=timezone.now())
        return redirect("rules_tried", job_id=asked.pk)
    before = Job.objects.filter(kind=SIMULATE).order_by("-pk")[:SHOWN]
    names = actor_names(job.asked_by for job in before)
    told = {
        "form": form,
        "version": version,
        "before": [
            (job, _days_of(job), names[job.asked_by], STATES[job.state][1])
            for job in before
        ],
    }
    status = 422 if form.errors else 200
    return render(request, "staff/try_rules.html", told, status=status)


def _days_of(job: Job) -> str:
    first, last = (date.fromisoformat(job.arguments[one]) for one in ("first", "last"))
    return f"{day(first)}–{day(last)}"


@never_cache
@require_GET
def rules_tried(request: StaffRequest, job_id: int) -> HttpResponse:
    """How far it is, and then what the rules would have changed."""
    job = _job(job_id)
    told: dict[str, Any] = {
        "job": job,
        "number": job.arguments["version"],
        "days": _days_of(job),
        "unfinished": job.state in {Job.State.WAITING, Job.State.RUNNING},
    }
    if request.headers.get("HX-Request") and told["unfinished"]:
        return render(request, "staff/_rules_tried_progress.html", told)
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Refresh": "true"})
    if job.state == Job.State.DONE:
        told |= _results(job)
    return render(request, "staff/rules_tried.html", told)


def _job(job_id: int) -> Job:
    return get_object_or_404(Job, pk=job_id, kind=SIMULATE)


def _found(job: Job) -> dict[int, Sums]:
    return from_json(job.result["by_municipality"] if job.result else {})


def _results(job: Job) -> dict[str, Any]:
    found = _found(job)
    rows = _named(found)
    total = altogether(found)
    return {
        "total": total,
        "lines": list(_lines(total)),
        "municipalities": [(name, list(_lines(sums))) for name, sums in rows],
        "income": _pairs(rows, lambda side: side.income_cents, money),
        "renewals": _pairs(rows, lambda side: side.renewals, count),
        "late": _pairs(rows, lambda side: side.late, count),
    }


def _named(found: dict[int, Sums]) -> list[tuple[str, Sums]]:
    tree = organisation()
    return sorted((tree.name(place), sums) for place, sums in found.items())


def _pairs(rows: list[tuple[str, Sums]], value: Any, told: Any) -> list[Pair]:
    return [
        Pair(
            name,
            value(sums.then),
            value(sums.tried),
            str(told(value(sums.then))),
            str(told(value(sums.tried))),
        )
        for name, sums in rows
    ]


def _lines(sums: Sums) -> Iterator[tuple[str, str, str]]:
    """What, by the rules of then, by those that are tried."""
    then, tried = sums.then, sums.tried
    lent = sums.loans - then.refused, sums.loans - tried.refused
    average = [
        f"{side.loan_days / loans:.1f}".replace(".", ",") if loans else "–"
        for side, loans in zip((then, tried), lent, strict=True)
    ]
    yield _("Loans made"), count(lent[0]), count(lent[1])
    yield _("Loans refused"), count(then.refused), count(tried.refused)
    yield _("Days from the loan to its first due date"), average[0], average[1]
    yield _("Renewals"), count(then.renewals), count(tried.renewals)
    yield (
        _("Renewals refused"),
        count(then.refused_renewals),
        count(tried.refused_renewals),
    )
    yield _("Loans that came back late"), count(then.late), count(tried.late)
    yield _("Loans that were charged for"), count(then.fined), count(tried.fined)
    yield _("Overdue charges"), money(then.fine_cents), money(tried.fine_cents)
    yield (
        _("Charges for holds that nobody collected"),
        money(then.uncollected_cents),
        money(tried.uncollected_cents),
    )
    yield _("Income"), money(then.income_cents), money(tried.income_cents)


@require_GET
def rules_tried_csv(_request: StaffRequest, job_id: int) -> HttpResponse:
    """The same numbers as a file that spreadsheets of Finland open as they are."""
    job = get_object_or_404(Job, pk=job_id, kind=SIMULATE, state=Job.State.DONE)
    out = StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(
        [_("Municipality"), _("What"), _("Rules of then"), _("Tried rules")]
    )
    found = _found(job)
    for name, sums in [*_named(found), (_("Altogether"), altogether(found))]:
        for line in _lines(sums):
            writer.writerow([name, *(text.replace("\xa0", " ") for text in line)])
    answer = HttpResponse(
        out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8"
    )
    answer["Content-Disposition"] = f'attachment; filename="rules-{job_id}.csv"'
    return answer


urlpatterns = [
    page("rules/<int:number>/try/", try_rules_form, needs=SEE),
    page("rules/tried/<int:job_id>/", rules_tried, needs=SEE),
    page("rules/tried/<int:job_id>/rules.csv", rules_tried_csv, needs=SEE),
]

"""The lending rules: every version as a matrix, the draft, and EXPLAIN (CIR-6)."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from kortisto.core.text import whole_number
from kortisto.domain.policies import explain as explaining
from kortisto.domain.policies.explain import Label, row_labels
from kortisto.domain.policies.models import RuleVersion
from kortisto.domain.policies.parameter import Group
from kortisto.domain.policies.permissions import PolicyPermission
from kortisto.domain.policies.queries import (
    draft,
    linted,
    matrix_of,
    rules_in_force,
    rules_version,
)
from kortisto.domain.policies.rules import Matrix, Row
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.job_words import actor_names
from kortisto.interfaces.staff.rule_forms import ExplainForm, PlaceForm, PublishForm
from kortisto.interfaces.staff.rule_matrix import (
    GROUPS,
    matrix_rows,
    parameters_of,
)
from kortisto.ui.parts import Tab

VERSIONS: Final = 20


@require_GET
def rules(request: StaffRequest) -> HttpResponse:
    """One version as a matrix: by default the one in force today."""
    today = timezone.localdate()
    in_force = rules_in_force(today)
    version = _version(request.GET.get("version", ""), in_force.version)
    matrix = in_force if version is None else matrix_of(version)
    label = row_labels()
    group = _group(request.GET.get("group", ""))
    wanted = PlaceForm(request.GET)
    return render(
        request,
        "staff/rules.html",
        {
            **_matrix(matrix, group, label, narrowed(matrix, wanted)),
            "version": version,
            "by": _author(version),
            "in_force": in_force.version,
            "draft": draft(),
            "versions": RuleVersion.objects.order_by("-number")[:VERSIONS],
            "findings": () if version is None else linted(version, _day(version)),
            "tabs": group_tabs(request, group),
            "wanted": wanted,
            "may_edit": request.actor.may_somewhere(PolicyPermission.EDIT),
            "back_form": PublishForm(initial={"starts_on": today}),
        },
    )


def _author(version: RuleVersion | None) -> str:
    """Who published a version, or is writing it."""
    if version is None:
        return ""
    label = version.published_by or version.made_by
    return actor_names([label])[label]


def _version(text: str, in_force: int) -> RuleVersion | None:
    """The version that was asked for; None when nothing was ever published."""
    number = whole_number(text) or in_force
    if not number:
        return None
    try:
        return rules_version(number)
    except RuleVersion.DoesNotExist as missing:
        raise Http404 from missing


def _day(version: RuleVersion) -> date:
    return max(timezone.localdate(), version.starts_on or date.min)


def _group(text: str) -> Group:
    return next((one for one in Group if one.value == text), Group.LOAN)


def group_tabs(request: StaffRequest, now: Group) -> list[Tab]:
    given = request.GET.copy()
    tabs = []
    for group, label in GROUPS.items():
        given["group"] = group.value
        url = f"?{given.urlencode()}"
        tabs.append(Tab(label=str(label), url=url, current=group is now))
    return tabs


def narrowed(matrix: Matrix, wanted: PlaceForm) -> list[Row]:
    """Rows that name what was chosen; all when nothing was."""
    chosen = wanted.cleaned_data if wanted.is_valid() else {}
    return [
        row
        for row in matrix.rows
        if chosen.get("library") in (None, row.library_id)
        and chosen.get("category") in (None, row.category_id)
        and chosen.get("item_type") in (None, row.item_type_id)
    ]


def _matrix(
    matrix: Matrix, group: Group, label: Label, rows: Sequence[Row]
) -> dict[str, Any]:
    parameters = parameters_of(group)
    return {
        "parameters": parameters,
        "rows": matrix_rows(matrix, parameters, label, rows=rows),
        "group": group,
    }


@require_GET
def explain(request: StaffRequest) -> HttpResponse:
    """Every parameter for one lending: its value, its row, and all that was asked."""
    given = request.GET if "library" in request.GET else None
    start = {"library": request.actor.library_id, "day": timezone.localdate()}
    form = ExplainForm(given, initial=start)
    told: dict[str, Any] = {"form": form, "groups": [], "draft": draft()}
    told["of_draft"] = bool(told["draft"]) and request.GET.get("of") == "draft"
    if form.is_valid():
        chosen = form.cleaned_data
        matrix = (
            matrix_of(told["draft"])
            if told["of_draft"]
            else rules_in_force(chosen["day"])
        )
        lines = explaining.explain_in(
            matrix, chosen["library"], chosen["category"], chosen["item_type"]
        )
        told["version"] = matrix.version
        told["groups"] = [
            (label, [line for line in lines if line.parameter.group is group])
            for group, label in GROUPS.items()
        ]
    status = 422 if form.errors else 200
    return render(request, "staff/explain.html", told, status=status)


urlpatterns = [
    page("rules/", rules, needs=PolicyPermission.SEE),
    page("rules/explain/", explain, needs=PolicyPermission.SEE),
]

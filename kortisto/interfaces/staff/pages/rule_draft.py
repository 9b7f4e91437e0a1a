"""Prepare, publish and bring back versions of the lending rules."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.refusals import Refused
from kortisto.core.text import whole_number
from kortisto.domain.policies.actions import drafts, publishing
from kortisto.domain.policies.actions.drafts import Place
from kortisto.domain.policies.explain import row_labels
from kortisto.domain.policies.parameters import PARAMETERS
from kortisto.domain.policies.permissions import PolicyPermission
from kortisto.domain.policies.queries import draft, matrix_of
from kortisto.domain.policies.rules import Row
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.rule_forms import PlaceForm, PublishForm, RowForm
from kortisto.interfaces.staff.rule_matrix import GROUPS, place_address, row_at
from kortisto.interfaces.staff.told import tell


@require_POST
def begin_draft(request: StaffRequest) -> HttpResponse:
    """Open the draft: a copy of the latest version when there is none."""
    made = drafts.draft_rules(by=request.actor, now=timezone.now())
    tell(request, _("This is the draft. Nothing changes before it is published."))
    return redirect(f"{reverse('rules')}?version={made.number}")


@require_POST
def discard_draft(request: StaffRequest) -> HttpResponse:
    drafts.discard_draft(by=request.actor, now=timezone.now())
    tell(request, _("The draft was thrown away."))
    return redirect("rules")


@require_GET
def choose_row(request: StaffRequest) -> HttpResponse:
    """Choose whose rules to write; the next page is the row."""
    form = PlaceForm(request.GET if "library" in request.GET else None)
    if form.is_valid():
        return redirect(f"{reverse('rule_row')}?{place_address(form.place)}")
    told = {"form": form, "heading": _("Whose rules?"), "save": _("Write the row")}
    return render(request, "staff/rule_choose.html", told)


@require_http_methods(["GET", "POST"])
def rule_row(request: StaffRequest) -> HttpResponse:
    """One row of the draft: a field for each parameter, with what it inherits."""
    version, place = draft(), _place(request)
    if version is None:
        tell(request, _("There is no draft: open one first."), kind="attention")
        return redirect("rules")
    matrix, label = matrix_of(version), row_labels()
    row = row_at(matrix, place)
    form = RowForm(request.POST or None, matrix=matrix, row=row, label=label)
    if form.is_valid():
        try:
            changed = _save(request, place, row, form)
        except Refused as refused:
            add_refusals(form, refused)
        else:
            text = _("Values changed in the draft: {number}.").format(number=changed)
            tell(request, text)
            return redirect(f"{reverse('rules')}?version={version.number}")
    told = {
        "form": form,
        "heading": label(row),
        "there": bool(row.id),
        "version": version,
        "sections": _sections(form, row),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/rule_row.html", told, status=status)


def _sections(form: RowForm, row: Row) -> list[tuple[Any, list[Any]]]:
    return [
        (
            label,
            [
                (form[key], key in row.values)
                for key, one in PARAMETERS.items()
                if one.group is group
            ],
        )
        for group, label in GROUPS.items()
    ]


@transaction.atomic
def _save(request: StaffRequest, place: Place, row: Row, form: RowForm) -> int:
    """Fill and empty the cells that differ. Returns how many did."""
    now, changed = timezone.now(), 0
    for key, parameter in PARAMETERS.items():
        text = form.cleaned_data[key]
        if text:
            value = parameter.parse(text)
            if key in row.values and row.values[key] == value:
                continue
            drafts.set_values(place, {key: value}, by=request.actor, now=now)
        elif key in row.values:
            drafts.clear_value(place, key, by=request.actor, now=now)
        else:
            continue
        changed += 1
    return changed


@require_POST
def remove_rule_row(request: StaffRequest) -> HttpResponse:
    drafts.remove_row(_place(request), by=request.actor, now=timezone.now())
    tell(request, _("The row was removed from the draft."))
    return _to_draft()


@require_http_methods(["GET", "POST"])
def copy_rule_row(request: StaffRequest) -> HttpResponse:
    """Give another place the values of a row."""
    source = _place(request)
    form = PlaceForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            drafts.copy_row(source, form.place, by=request.actor, now=timezone.now())
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The row was copied in the draft."))
            return _to_draft()
    told = {
        "form": form,
        "heading": _("Copy the row to"),
        "save": _("Copy"),
        "back": f"{reverse('rule_row')}?{place_address(source)}",
    }
    return render(request, "staff/_form_page.html", told)


@require_http_methods(["GET", "POST"])
def publish_rules(request: StaffRequest) -> HttpResponse:
    """Put the draft in force from a day; errors that the linter finds stop it."""
    today = timezone.localdate()
    form = PublishForm(request.POST or None, initial={"starts_on": today})
    if form.is_valid():
        try:
            done = publishing.publish(
                today=today, by=request.actor, now=timezone.now(), **form.cleaned_data
            )
        except Refused as refused:
            add_refusals(form, refused)
        else:
            text = _("Version {number} is published.")
            tell(request, text.format(number=done.version.number))
            return redirect(f"{reverse('rules')}?version={done.version.number}")
    told = {
        "form": form,
        "heading": _("Publish the draft"),
        "intro": _("A published version never changes; it can be rolled back."),
        "save": _("Publish"),
        "back": reverse("rules"),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/_form_page.html", told, status=status)


@require_POST
def roll_back_rules(request: StaffRequest, number: int) -> HttpResponse:
    """Bring an old version back as a new one."""
    form = PublishForm(request.POST)
    if not form.is_valid():
        tell(request, _("Choose a day from which it is in force."), kind="stop")
        return redirect(f"{reverse('rules')}?version={number}")
    done = publishing.roll_back_to(
        number,
        starts_on=form.cleaned_data["starts_on"],
        today=timezone.localdate(),
        by=request.actor,
        now=timezone.now(),
    )
    text = _("Version {old} is back as version {new}.")
    tell(request, text.format(old=number, new=done.version.number))
    return redirect(f"{reverse('rules')}?version={done.version.number}")


def _place(request: StaffRequest) -> Place:
    """The row that the address names; what is left out means all."""
    names = ("library", "category", "item_type")
    return Place(*(whole_number(request.GET.get(name)) for name in names))


def _to_draft() -> HttpResponse:
    version = draft()
    number = "" if version is None else version.number
    return redirect(f"{reverse('rules')}?version={number}")


EDIT = PolicyPermission.EDIT
urlpatterns = [
    page("rules/draft/", begin_draft, needs=EDIT, somewhere=True),
    page("rules/draft/discard/", discard_draft, needs=EDIT, somewhere=True),
    page("rules/draft/choose/", choose_row, needs=EDIT, somewhere=True),
    page("rules/draft/row/", rule_row, needs=EDIT, somewhere=True),
    page("rules/draft/row/remove/", remove_rule_row, needs=EDIT, somewhere=True),
    page("rules/draft/row/copy/", copy_rule_row, needs=EDIT, somewhere=True),
    page("rules/draft/publish/", publish_rules, needs=EDIT, somewhere=True),
    page("rules/<int:number>/roll-back/", roll_back_rules, needs=EDIT, somewhere=True),
]

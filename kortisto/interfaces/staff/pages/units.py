"""The organisation: its tree, its units, memberships and groups of libraries."""

from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kortisto.core.refusals import Refused
from kortisto.domain.closures.permissions import ClosurePermission
from kortisto.domain.closures.queries import what_waits_for
from kortisto.domain.org.actions import groups as group_actions
from kortisto.domain.org.actions import units as actions
from kortisto.domain.org.models import LibraryGroup, Membership, Unit
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.access import StaffRequest, page, page_for_all_staff
from kortisto.interfaces.staff.calendar_forms import in_order
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.moves_shown import name_of
from kortisto.interfaces.staff.premises_shown import premises_told
from kortisto.interfaces.staff.staffing_forms import UnitField
from kortisto.interfaces.staff.told import tell
from kortisto.ui.fields import DayField

EDIT: Final = OrgPermission.EDIT_UNITS
DATA: Final = (
    "name_fi", "name_sv", "name_en", "street", "postal_code", "city", "phone",
    "email", "municipality_code", "business_id", "responsible_person",
    "responsible_title", "responsible_phone", "contact_person", "mobile",
    "self_service", "opened_on", "closed_on",
)  # fmt: skip
LABELS: Final = {
    "name_fi": gettext_lazy("Name in Finnish"),
    "name_sv": gettext_lazy("Name in Swedish"),
    "name_en": gettext_lazy("Name in English"),
    "street": gettext_lazy("Street address"),
    "postal_code": gettext_lazy("Postal code"),
    "city": gettext_lazy("Town"),
    "phone": gettext_lazy("Telephone"),
    "email": gettext_lazy("E-mail"),
    "municipality_code": gettext_lazy("Municipality number"),
    "business_id": gettext_lazy("Business ID"),
    "responsible_person": gettext_lazy("Responsible person"),
    "responsible_title": gettext_lazy("Title of the responsible person"),
    "responsible_phone": gettext_lazy("Telephone of the responsible person"),
    "contact_person": gettext_lazy("Contact person"),
    "mobile": gettext_lazy("A bookmobile"),
    "self_service": gettext_lazy("Open without staff at times"),
    "opened_on": gettext_lazy("In use from"),
    "closed_on": gettext_lazy("Last day in use"),
}


def _field(name: str) -> forms.Field:
    column = Unit._meta.get_field(name)  # noqa: SLF001
    label = LABELS[name]
    if name.endswith("_on"):
        return DayField(label=label, required=False)
    if name in {"mobile", "self_service"}:
        return forms.BooleanField(label=label, required=False)
    made = forms.EmailField if name == "email" else forms.CharField
    longest = getattr(column, "max_length", None)
    return made(label=label, max_length=longest, required=name == "name_fi")


class UnitForm(forms.Form):
    def __init__(self, data: Any = None, *, new: bool = False, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if new:
            self.fields["code"] = forms.CharField(
                label=_("Code"), max_length=20, help_text=_("It never changes.")
            )
            self.fields["kind"] = forms.ChoiceField(
                label=_("Kind"), choices=Unit.Kind.choices
            )
        for name in DATA:
            self.fields[name] = _field(name)

    @property
    def details(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in DATA}


class MembershipForm(forms.Form):
    owner_id = UnitField(label=gettext_lazy("Belongs to"))
    starts_on = DayField(label=gettext_lazy("From"))


class GroupForm(forms.Form):
    code = forms.CharField(label=gettext_lazy("Code"), max_length=30)
    purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"), choices=LibraryGroup.Purpose.choices
    )
    name_fi = forms.CharField(label=gettext_lazy("Name in Finnish"), max_length=100)
    name_sv = forms.CharField(
        label=gettext_lazy("Name in Swedish"), max_length=100, required=False
    )
    name_en = forms.CharField(
        label=gettext_lazy("Name in English"), max_length=100, required=False
    )
    libraries = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Libraries"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        known = [(one.id, one.name) for one in organisation().libraries()]
        self.fields["libraries"].choices = known  # type: ignore[attr-defined]


@require_GET
def units(request: StaffRequest) -> HttpResponse:
    """The whole tree, and the groups of libraries."""
    tree, today = organisation(), timezone.localdate()
    kinds = dict(Unit.Kind.choices)
    told = {
        "rows": [
            {
                "node": node,
                "depth": "· " * (len(node.path) - 1),
                "kind": kinds[node.kind],
                "in_use": node.in_use_on(today),
            }
            for node in in_order(tree)
        ],
        "groups": LibraryGroup.objects.prefetch_related("libraries").order_by(
            "purpose", "code"
        ),
        "may_edit": request.actor.may_somewhere(EDIT),
    }
    return render(request, "staff/units.html", told)


@require_GET
def unit(request: StaffRequest, unit_id: int) -> HttpResponse:
    """One unit: its data, what is below it, and where it has belonged."""
    found = get_object_or_404(Unit.objects.select_related("parent"), pk=unit_id)
    memberships = Membership.objects.filter(unit=found).select_related("owner")
    told = {
        "unit": found,
        "facts": _facts(found),
        "children": organisation().children(unit_id),
        "memberships": memberships.order_by("-starts_on"),
        "members": Membership.objects.filter(owner=found)
        .select_related("unit")
        .order_by("unit__name_fi", "-starts_on"),
        "groups": found.library_groups.order_by("code"),
        "to_come": [(shift, name_of(shift)) for shift in what_waits_for(unit_id)],
        "premises": premises_told(unit_id, timezone.localdate()),
        "may_see_moves": request.actor.may_somewhere(ClosurePermission.CLOSE),
        "may_edit": request.actor.may(EDIT, at=unit_id),
        "may_merge": found.kind == Unit.Kind.LIBRARY
        and request.actor.may(EDIT, at=unit_id)
        and request.actor.may(ClosurePermission.CLOSE, at=unit_id),
    }
    return render(request, "staff/unit.html", told)


def _facts(found: Unit) -> list[tuple[Any, Any]]:
    told = [(LABELS[name], getattr(found, name)) for name in DATA]
    words = {True: _("yes"), False: ""}
    return [
        (label, words.get(value, value) if isinstance(value, bool) else value)
        for label, value in told
        if value not in (None, "", False)
    ]


def _answer(
    request: StaffRequest, form: Any, *, heading: str, save: str, back: str
) -> HttpResponse:
    told = {"form": form, "heading": heading, "save": save, "back": back}
    status = 422 if form.errors else 200
    return render(request, "staff/_form_page.html", told, status=status)


@require_http_methods(["GET", "POST"])
def edit_unit(request: StaffRequest, unit_id: int) -> HttpResponse:
    found = get_object_or_404(Unit, pk=unit_id)
    request.actor.require(EDIT, at=unit_id)
    start = {name: getattr(found, name) for name in DATA}
    form = UnitForm(request.POST or None, initial=start)
    if form.is_valid():
        now = timezone.now()
        try:
            actions.change_unit(unit_id, form.details, by=request.actor, now=now)
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The unit was saved."))
            return redirect("unit", unit_id=unit_id)
    back = reverse("unit", args=[unit_id])
    return _answer(request, form, heading=found.name, save=_("Save"), back=back)


@require_http_methods(["GET", "POST"])
def add_unit(request: StaffRequest, unit_id: int) -> HttpResponse:
    """Add a unit below another."""
    parent = get_object_or_404(Unit, pk=unit_id)
    request.actor.require(EDIT, at=unit_id)
    form = UnitForm(request.POST or None, new=True)
    if form.is_valid():
        try:
            made = actions.create_unit(
                form.cleaned_data["code"],
                Unit.Kind(form.cleaned_data["kind"]),
                parent_id=unit_id,
                details=form.details,
                by=request.actor,
                now=timezone.now(),
            )
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The unit was added."))
            return redirect("unit", unit_id=made.pk)
    heading = _("Add a unit below {name}").format(name=parent.name)
    back = reverse("unit", args=[unit_id])
    return _answer(request, form, heading=heading, save=_("Add"), back=back)


@require_http_methods(["GET", "POST"])
def join_unit(request: StaffRequest, unit_id: int) -> HttpResponse:
    """Record from when a unit belongs to an owner; the one before ends."""
    found = get_object_or_404(Unit, pk=unit_id)
    form = MembershipForm(request.POST or None)
    if form.is_valid():
        told, now = form.cleaned_data, timezone.now()
        try:
            actions.join(unit_id, by=request.actor, now=now, **told)
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The membership was recorded."))
            return redirect("unit", unit_id=unit_id)
    heading = _("Membership of {name}").format(name=found.name)
    back = reverse("unit", args=[unit_id])
    return _answer(request, form, heading=heading, save=_("Record"), back=back)


@require_http_methods(["GET", "POST"])
def edit_group(request: StaffRequest, code: str = "") -> HttpResponse:
    """Make a group of libraries, or change one."""
    found = get_object_or_404(LibraryGroup, code=code) if code else None
    start: dict[str, Any] = {}
    if found is not None:
        names = ("code", "purpose", "name_fi", "name_sv", "name_en")
        start = {name: getattr(found, name) for name in names}
        start["libraries"] = list(found.libraries.values_list("pk", flat=True))
    form = GroupForm(request.POST or None, initial=start)
    if found is not None:
        form.fields["code"].disabled = True
    if form.is_valid():
        told = form.cleaned_data
        try:
            group_actions.save_group(
                told["code"],
                LibraryGroup.Purpose(told["purpose"]),
                names={code: told[f"name_{code}"] for code in ("fi", "sv", "en")},
                library_ids=told["libraries"],
                by=request.actor,
                now=timezone.now(),
            )
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The group was saved."))
            return redirect("units")
    heading = _("Group of libraries")
    back = reverse("units")
    return _answer(request, form, heading=heading, save=_("Save"), back=back)


urlpatterns = [
    page_for_all_staff("units/", units),
    page("units/groups/new/", edit_group, needs=EDIT, somewhere=True, name="add_group"),
    page("units/groups/<str:code>/", edit_group, needs=EDIT, somewhere=True),
    page_for_all_staff("units/<int:unit_id>/", unit),
    page("units/<int:unit_id>/edit/", edit_unit, needs=EDIT, somewhere=True),
    page("units/<int:unit_id>/new/", add_unit, needs=EDIT, somewhere=True),
    page("units/<int:unit_id>/join/", join_unit, needs=EDIT, somewhere=True),
]

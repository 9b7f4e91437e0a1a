"""Settings of a unit: what holds, where it comes from, change it (CON)."""

from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from kortisto.core.refusals import Refused
from kortisto.core.text import whole_number
from kortisto.domain.org.actions.settings import clear_setting, set_setting_from_text
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import Node, Organisation, organisation
from kortisto.domain.org.settings import SETTINGS, Setting, setting
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.kind_fields import kind_field
from kortisto.interfaces.staff.told import tell

EDIT: Final = OrgPermission.EDIT_SETTINGS
GROUPS: Final = {
    "lending": gettext_lazy("Lending"),
    "checkin": gettext_lazy("Returns"),
    "fees": gettext_lazy("Charges"),
    "patrons": gettext_lazy("Patrons"),
    "holds": gettext_lazy("Holds"),
    "messages": gettext_lazy("Messages"),
    "staff": gettext_lazy("Staff"),
    "keeping": gettext_lazy("How long data is kept"),
}


def _unit(request: StaffRequest) -> Node:
    number = whole_number(request.GET.get("unit"))
    node = organisation().units.get(number or request.actor.library_id or 0)
    if node is None:
        raise Http404
    return node


@require_GET
def settings(request: StaffRequest) -> HttpResponse:
    """Every setting at a unit, by group, with who decided it."""
    unit = _unit(request)
    tree = organisation()
    groups: dict[str, list[dict[str, Any]]] = {}
    for one in sorted(SETTINGS.values(), key=lambda each: str(each.title)):
        groups.setdefault(one.group, []).append(_told(one, unit, tree))
    order = list(GROUPS)
    names = sorted(
        groups, key=lambda name: order.index(name) if name in order else len(order)
    )
    return render(
        request,
        "staff/settings.html",
        {
            "unit": unit,
            "units": [
                (node.id, f"{'· ' * (len(node.path) - 1)}{node.name}")
                for node in sorted(
                    tree.units.values(),
                    key=lambda node: [tree.name(place) for place in node.path],
                )
            ],
            "groups": [(GROUPS.get(name, name), groups[name]) for name in names],
            "may_edit": request.actor.may(EDIT, at=unit.id),
        },
    )


def _told(one: Setting[Any], unit: Node, tree: Organisation) -> dict[str, Any]:
    found = tree.setting(one, unit.id)
    return {
        "setting": one,
        "value": one.kind.show(found.value),
        "own": found.unit_id == unit.id,
        "typed": one.kind.typed(found.value),
        "source": tree.name(found.unit_id) or _("default"),
        "chain": _chain(one, unit, tree),
    }


def _chain(one: Setting[Any], unit: Node, tree: Organisation) -> list[dict[str, Any]]:
    """Every level, nearest first: who, what they say, and who decides."""
    return [
        {
            "name": tree.name(level.unit_id) or _("default"),
            "value": None if level.inherits else one.kind.show(level.value),
            "decides": level.decides,
        }
        for level in tree.explain_setting(one, unit.id)
    ]


@require_http_methods(["GET", "POST"])
def change_setting(request: StaffRequest, key: str) -> HttpResponse:
    """Decide a setting at a unit; an empty field inherits it again."""
    unit = _unit(request)
    try:
        one = setting(key)
    except LookupError as missing:
        raise Http404 from missing
    request.actor.require(EDIT, at=unit.id)
    told = _told(one, unit, organisation())
    form = _Form(request.POST if request.method == "POST" else None, told=told)
    if form.is_valid():
        text, now = form.cleaned_data["value"], timezone.now()
        by = request.actor
        try:
            if text:
                set_setting_from_text(unit.id, key, text=text, by=by, now=now)
            else:
                clear_setting(unit.id, key, by=by, now=now)
        except Refused as refused:
            add_refusals(form, refused, "value")
        else:
            tell(request, _("The setting was saved."))
            return redirect(f"{reverse('settings')}?unit={unit.id}")
    context = {"form": form, "unit": unit, **told}
    status = 422 if form.errors else 200
    return render(request, "staff/setting.html", context, status=status)


class _Form(forms.Form):
    def __init__(self, data: Any, *, told: dict[str, Any]) -> None:
        super().__init__(data)
        one: Setting[Any] = told["setting"]
        field = kind_field(
            one.kind,
            label=one.title,
            help_text=str(one.help),
            empty=_("Inherit from above"),
        )
        if told["own"]:
            field.initial = told["typed"]
        self.fields["value"] = field


urlpatterns = [
    page("settings/", settings, needs=EDIT, somewhere=True),
    page("settings/<str:key>/", change_setting, needs=EDIT, somewhere=True),
]

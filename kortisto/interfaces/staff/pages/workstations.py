"""Workstations: enrol them, see who used them, shut out a stolen one (S19, PER-4)."""

from datetime import timedelta
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.actors import Actor
from kortisto.core.refusals import Refused
from kortisto.core.throttle import Limit, count_failure, waits_until
from kortisto.domain.org.actions import workstations as actions
from kortisto.domain.org.models import Workstation
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import Organisation, organisation
from kortisto.interfaces.staff.access import StaffRequest, open_page, page
from kortisto.interfaces.staff.desk_forms import all_visible
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.middleware import give_credential
from kortisto.interfaces.staff.told import tell

MANAGE: Final = OrgPermission.MANAGE_WORKSTATIONS
TRIES: Final = Limit(kind="workstation", failures=10, within=timedelta(minutes=15))
PLACES: Final = frozenset({"library", "desk"})


class AddForm(forms.Form):
    unit = forms.TypedChoiceField(label=gettext_lazy("Library or desk"), coerce=int)
    label = forms.CharField(
        label=gettext_lazy("Name"),
        help_text=gettext_lazy("What is written on it, such as LT-204."),
        max_length=60,
        validators=[all_visible],
    )

    def __init__(self, data: Any = None, *, actor: Actor) -> None:
        super().__init__(data, initial={"unit": actor.desk_id or actor.library_id})
        tree = organisation()
        places = [
            (str(node.id), _where(tree, node.id))
            for node in tree.units.values()
            if node.kind in PLACES and actor.may(MANAGE, at=node.id)
        ]
        choices = sorted(places, key=lambda place: place[1])
        self.fields["unit"].choices = choices  # type: ignore[attr-defined]


def _where(tree: Organisation, unit_id: int) -> str:
    """A library, or a library and its desk."""
    library_id, own = tree.library_of(unit_id), tree.name(unit_id)
    if library_id in {None, unit_id}:
        return own
    return f"{tree.name(library_id)} · {own}"


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Code"),
        help_text=gettext_lazy("Ten letters and digits, such as ABCDE-23456."),
        max_length=30,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "autofocus": True,
            }
        ),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def workstations(request: StaffRequest) -> HttpResponse:
    """Those in use, those that wait for their code, and a form for one more."""
    posted = request.POST if request.method == "POST" else None
    form = AddForm(posted, actor=request.actor)
    if form.is_valid():
        asked, now = form.cleaned_data, timezone.now()
        try:
            made, code = actions.add_workstation(
                asked["unit"], asked["label"], by=request.actor, now=now
            )
        except Refused as refused:
            add_refusals(form, refused, "label")
        else:
            return _one(request, made, code=code)
    rows = Workstation.objects.filter(removed_at=None).order_by("unit__path", "label")
    tree = organisation()
    told = {
        "form": form,
        "here": request.workstation,
        "rows": [(one, _where(tree, one.unit_id), _state(one)) for one in rows],
    }
    status = 422 if form.errors else 200
    return render(request, "staff/workstations.html", told, status=status)


def _state(one: Workstation) -> tuple[str, str]:
    """How a workstation stands: the kind of the badge, and a word."""
    now = timezone.now()
    if one.removed_at is not None:
        return "neutral", str(Workstation.Why(one.removed_why).label)
    if one.token_until is not None and one.token_until > now:
        return "ok", _("In use")
    if one.code_until is not None and one.code_until > now:
        return "info", _("Waits for its code")
    return "attention", _("Must be enrolled again")


@never_cache
@require_GET
def workstation(request: StaffRequest, workstation_id: int) -> HttpResponse:
    return _one(request, get_object_or_404(Workstation, pk=workstation_id))


def _one(request: StaffRequest, row: Workstation, *, code: str = "") -> HttpResponse:
    uses = row.uses.select_related("staff").order_by("-last_at")
    told = {
        "one": row,
        "where": _where(organisation(), row.unit_id),
        "state": _state(row),
        "uses": uses,
        "code": code,
        "may_manage": request.actor.may(MANAGE, at=row.unit_id),
        "here": request.workstation is not None and request.workstation.pk == row.pk,
    }
    return render(request, "staff/workstation.html", told)


@never_cache
@require_POST
def workstation_code(request: StaffRequest, workstation_id: int) -> HttpResponse:
    """A new code, shown once."""
    row = get_object_or_404(Workstation, pk=workstation_id)
    code = actions.new_code(workstation_id, by=request.actor, now=timezone.now())
    row.refresh_from_db()
    return _one(request, row, code=code)


@require_POST
def shut_out(request: StaffRequest, workstation_id: int) -> HttpResponse:
    """Out of use, or stolen: dead at its next request."""
    get_object_or_404(Workstation, pk=workstation_id)
    stolen = request.POST.get("why") == Workstation.Why.STOLEN
    people = actions.shut_out(
        workstation_id, stolen=stolen, by=request.actor, now=timezone.now()
    )
    if not stolen:
        tell(request, _("The workstation has been taken out of use."))
        return redirect("workstations")
    said = ngettext(
        "The workstation is shut out, and the sessions of {number} account have ended.",
        "The workstation is shut out, and the sessions of {number} accounts have "
        "ended.",
        len(people),
    )
    tell(request, said.format(number=len(people)))
    return redirect("workstation", workstation_id=workstation_id)


@never_cache
@require_http_methods(["GET", "POST"])
def enrol_workstation(request: HttpRequest) -> HttpResponse:
    """Type the code that a colleague reads from their screen: this computer is known.

    Nobody is logged in here yet, so wrong codes are slowed down by address.
    """
    form = CodeForm(request.POST if request.method == "POST" else None)
    token = _token_for(form, request) if form.is_valid() else ""
    if token:
        answer = redirect("enrol_workstation")
        give_credential(answer, token)
        return answer
    row: Workstation | None = getattr(request, "workstation", None)
    context = {
        "form": form,
        "one": row,
        "where": "" if row is None else _where(organisation(), row.unit_id),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/enrol_workstation.html", context, status=status)


def _token_for(form: CodeForm, request: HttpRequest) -> str:
    """What the browser is known by from now on; empty when the form says why not."""
    source, now = request.META.get("REMOTE_ADDR", ""), timezone.now()
    until = waits_until(TRIES, source, now=now)
    if until is not None:
        told = _("Too many wrong attempts: try again after {until}.")
        form.add_error("code", told.format(until=localtime(until).strftime("%H.%M")))
        return ""
    try:
        _row, token = actions.enrol(form.cleaned_data["code"], now=now)
    except Refused as refused:
        count_failure(TRIES, source, now=now)
        add_refusals(form, refused, "code")
        return ""
    return token


urlpatterns = [
    open_page("workstation/", enrol_workstation, anywhere=True),
    page("workstations/", workstations, needs=MANAGE, somewhere=True),
    page(
        "workstations/<int:workstation_id>/", workstation, needs=MANAGE, somewhere=True
    ),
    page(
        "workstations/<int:workstation_id>/code/",
        workstation_code,
        needs=MANAGE,
        somewhere=True,
    ),
    page(
        "workstations/<int:workstation_id>/shut-out/",
        shut_out,
        needs=MANAGE,
        somewhere=True,
    ),
]

"""Change a patron's record in one form, which loses nothing that was typed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kortisto.core.actors import Actor
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.change import change
from kortisto.domain.patrons.actions.hold_identifiers import why_not
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.fields import label_of
from kortisto.domain.patrons.hold_identifiers import chosen, hold_key
from kortisto.domain.patrons.models import Patron, PatronCategory
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.reasons import Reason, Unfit, field_of
from kortisto.domain.patrons.records import provenance_of
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.job_words import actor_names
from kortisto.interfaces.staff.record_form import RecordForm, names_for
from kortisto.interfaces.staff.told import tell
from kortisto.ui.formats import day

INVALID: Final = 422
NOTHING: Final = "–"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A field that somebody else has changed since the form was opened."""

    field: str
    label: str
    theirs: str
    mine: str
    actor: str
    at: datetime | None


@never_cache
@require_http_methods(["GET", "POST"])
def patron_edit(request: StaffRequest, patron_id: int) -> HttpResponse:
    """The form; when it cannot be saved, the same form with the reasons beside it."""
    now = timezone.now()
    form: RecordForm | None = None
    clashes: list[Clash] = []
    if request.method == "POST":
        form = _form(request, get_object_or_404(Patron, pk=patron_id, binned_at=None))
        unsaved = _save(form, request, now=now)
        if unsaved is None:
            tell(request, _("The data was saved."))
            return redirect("patron", patron_id=patron_id)
        clashes = unsaved
    try:
        seen = view_patron(patron_id, by=request.actor, now=now, page="edit")
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    form = form or _form(request, seen)
    told = {
        "form": form,
        "patron": seen,
        "clashes": clashes,
        "ticked": request.POST.getlist("overwrite"),
        "actor": request.actor,
    }
    status = INVALID if form.errors else 200
    return render(request, "staff/patron_edit.html", told, status=status)


def _form(request: StaffRequest, patron: Patron) -> RecordForm:
    may_lift = request.actor.may(PatronPermission.SEE_PROTECTED)
    data = request.POST if request.method == "POST" else None
    names = names_for(patron, may_lift=may_lift)
    return RecordForm(data, patron=patron, names=names)


def _save(
    form: RecordForm, request: StaffRequest, *, now: datetime
) -> list[Clash] | None:
    """None when it was saved; else what others have changed meanwhile."""
    if not form.is_valid():
        return []
    mine = form.values()
    try:
        save_record(form, request, now=now)
    except Unfit as wrong:
        show_reasons(form, wrong)
        return list(_clashes(form, wrong, mine))
    return None


def save_record(form: RecordForm, request: StaffRequest, *, now: datetime) -> None:
    """Write the form. Raises Unfit, NotPermitted."""
    change(
        form.patron.pk,
        form.values(),
        by=request.actor,
        now=now,
        edition=form.cleaned_data["edition"],
        overwrite=request.POST.getlist("overwrite"),
    )


def show_reasons(form: forms.Form, wrong: Unfit) -> None:
    """Each sentence beside its field, or above the form."""
    for field, sentence in wrong.errors:
        form.add_error(field if field in form.fields else None, sentence)


def _clashes(
    form: RecordForm, wrong: Unfit, mine: Mapping[str, Any]
) -> Iterable[Clash]:
    meanwhile = [
        field_of(each) or ""
        for each in wrong.refusals
        if each.reason is Reason.CHANGED_MEANWHILE
    ]
    if not meanwhile:
        return
    known = provenance_of(form.patron.pk)
    names = actor_names(known[field].actor for field in meanwhile)
    held = Patron.objects.select_related("category").get(pk=form.patron.pk)
    for field in meanwhile:
        origin = known[field]
        yield Clash(
            field=field,
            label=str(form.fields[field].label),
            theirs=_words(field, _held(held, field)),
            mine=_words(field, mine[field]),
            actor=names.get(origin.actor, origin.actor),
            at=origin.at,
        )


def _held(patron: Patron, field: str) -> object:
    if field == "category":
        return patron.category.code
    if field == "home_library":
        return patron.home_library_id
    return getattr(patron, field)


def _words(field: str, value: object) -> str:
    """A value of a record as people read it."""
    if field == "category":
        named = PatronCategory.objects.filter(code=value).first()
        return str(value) if named is None else named.name
    if field == "home_library" and isinstance(value, int):
        return organisation().name(value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, date):
        return day(value)
    return str(value or NOTHING)


@never_cache
@require_POST
def patron_hold_check(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Whether the patron can have a hold identifier, while it is being typed (S23)."""
    patron = get_object_or_404(Patron, pk=patron_id, binned_at=None)
    typed = request.POST.get("hold_identifier", "")
    kind, words = hold_identifier_words(typed, patron, by=request.actor)
    told = {"kind": kind, "words": words}
    return render(request, "staff/_hold_check.html", told)


def hold_identifier_words(
    typed: str, patron: Patron | None, *, by: Actor
) -> tuple[str, str]:
    """How it stands, as a kind of note and a sentence; two empty ones: no news."""
    by.require(PatronPermission.EDIT)
    try:
        identifier = chosen(typed)
    except ValueError as wrong:
        return "stop", str(wrong)
    if patron and hold_key(identifier) == hold_key(patron.hold_identifier):
        return "", ""
    refusals = why_not(identifier, patron_id=None if patron is None else patron.pk)
    if refusals:
        return "stop", refusals[0].message
    return "ok", _("{label}: free.").format(label=label_of("hold_identifier"))


EDIT: Final = PatronPermission.EDIT

urlpatterns = [
    page("patrons/<int:patron_id>/edit/", patron_edit, needs=EDIT),
    page("patrons/<int:patron_id>/hold-check/", patron_hold_check, needs=EDIT),
]

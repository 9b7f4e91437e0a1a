"""The personal identity code of a patron: give, replace, remove, find, see for a bill.

The code itself is on a page once, after somebody who may has said why; it is never in
an address, a log or the session.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.patrons.actions.identity import (
    LONGEST_REASON,
    find_by_identity,
    give_identity,
    remove_identity,
    replace_identity,
    skip_identity,
)
from kortisto.domain.patrons.actions.resolving import resolve_identity
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.identity import CodeTrouble
from kortisto.domain.patrons.identity_reasons import IdentityReason
from kortisto.domain.patrons.models import Patron, PatronCategory
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.told import tell

OFF: Final = {"autocomplete": "off", "spellcheck": "false"}


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("Personal identity code"),
        max_length=20,
        widget=forms.TextInput(attrs={**OFF, "autofocus": True}),
    )
    born_in_1800s = forms.BooleanField(
        label=gettext_lazy("Born in the 1800s"), required=False
    )
    asks_1800s = False  # the answer to a ``+`` is wanted

    def show_why(self, refused: Refused) -> None:
        reasons = {each.reason for each in refused.refusals}
        self.asks_1800s = CodeTrouble.BORN_IN_1800S in reasons
        add_refusals(self, refused, "code")


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=LONGEST_REASON,
        help_text=gettext_lazy("It is kept in the log. Write no code here."),
        widget=forms.TextInput(attrs=OFF),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def patron_identity(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Whether the vault has the patron's code; give it, replace it, or say why not."""
    patron = _patron(request, patron_id)
    if request.method != "POST":
        return _page(request, patron)
    what = request.POST.get("what", "")
    if what == "code":
        return _give(request, patron)
    doing = {"skip": skip_identity, "remove": remove_identity}.get(what)
    if doing is None:
        raise Http404
    form = ReasonForm(request.POST, prefix=what)
    if form.is_valid():
        try:
            doing(
                patron_id,
                form.cleaned_data["reason"],
                by=request.actor,
                now=timezone.now(),
            )
        except Refused as refused:
            add_refusals(form, refused, "reason")
        else:
            tell(request, str(SAID[what]))
            return redirect("patron", patron_id=patron_id)
    return _page(request, patron, sent={what: form})


SAID: Final[Mapping[str, Any]] = {
    "skip": gettext_lazy("It is noted why there is no personal identity code."),
    "remove": gettext_lazy("The personal identity code was removed."),
}


def _give(request: StaffRequest, patron: Patron) -> HttpResponse:
    form = CodeForm(request.POST, prefix="code")
    asked: list[Refusal] = []
    existing = None
    ticked = request.POST.getlist("override")
    if form.is_valid():
        give = give_identity if patron.identity_key is None else replace_identity
        try:
            given = give(
                patron.pk,
                form.cleaned_data["code"],
                by=request.actor,
                now=timezone.now(),
                born_in_1800s=form.cleaned_data["born_in_1800s"],
                overriding=[each for each in IdentityReason if each.value in ticked],
            )
        except Refused as refused:
            asked = [each for each in refused.refusals if each.override is not None]
            existing = refused.refusals[0].facts.get("patron_id")
            if not asked:
                form.show_why(refused)
        else:
            tell(request, given.sentence)
            return redirect("patron", patron_id=patron.pk)
    return _page(request, patron, sent={"code": form}, asked=asked, existing=existing)


@never_cache
@require_POST
def resolve_code(request: StaffRequest, patron_id: int) -> HttpResponse:
    """The code itself, once, for a bill. That it was asked for is logged first."""
    patron = _patron(request, patron_id)
    form = ReasonForm(request.POST, prefix="resolve")
    if form.is_valid():
        try:
            code = resolve_identity(
                patron_id,
                form.cleaned_data["reason"],
                by=request.actor,
                now=timezone.now(),
            )
        except Refused as refused:
            add_refusals(form, refused, "reason")
        else:
            told = {"patron": patron, "code": code}
            return render(request, "staff/identity_code.html", told)
    return _page(request, patron, sent={"resolve": form})


@never_cache
@require_http_methods(["GET", "POST"])
def patron_by_code(request: StaffRequest) -> HttpResponse:
    """Find the patron who has a code. It is posted, so that no log has it."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    nobody = False
    if form.is_valid():
        try:
            found = find_by_identity(
                form.cleaned_data["code"],
                by=request.actor,
                now=timezone.now(),
                born_in_1800s=form.cleaned_data["born_in_1800s"],
            )
        except Refused as refused:
            form.show_why(refused)
        else:
            if found is not None:
                return redirect("patron", patron_id=found)
            nobody = True
    told = {
        "form": form,
        "nobody": nobody,
        "may_register": request.actor.may(PatronPermission.EDIT),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/patron_by_code.html", told, status=status)


def _patron(request: StaffRequest, patron_id: int) -> Patron:
    try:
        return view_patron(
            patron_id, by=request.actor, now=timezone.now(), page="identity"
        )
    except Patron.DoesNotExist as missing:
        raise Http404 from missing


def _page(
    request: StaffRequest,
    patron: Patron,
    *,
    sent: Mapping[str, forms.Form] | None = None,
    asked: Sequence[Refusal] = (),
    existing: object = None,
) -> HttpResponse:
    known = sent or {}
    told = {
        "patron": patron,
        "is_kept": patron.identity_key is not None,
        "is_organisation": patron.category.kind == PatronCategory.Kind.ORGANISATION,
        "code_form": known.get("code", CodeForm(prefix="code")),
        "asked": asked,
        "existing": existing,
        **{
            f"{what}_form": known.get(what, ReasonForm(prefix=what))
            for what in ("skip", "remove", "resolve")
        },
        "may_remove": request.actor.may(PatronPermission.REMOVE_IDENTITY),
        "may_resolve": request.actor.may(PatronPermission.RESOLVE_IDENTITY),
        "actor": request.actor,
    }
    wrong = any(form.errors for form in known.values()) or asked
    status = 422 if wrong else 200
    return render(request, "staff/patron_identity.html", told, status=status)


SEE, EDIT = PatronPermission.SEE, PatronPermission.EDIT
RESOLVE: Final = PatronPermission.RESOLVE_IDENTITY

urlpatterns = [
    page("patrons/by-code/", patron_by_code, needs=SEE),
    page("patrons/<int:patron_id>/identity/", patron_identity, needs=EDIT),
    page("patrons/<int:patron_id>/identity/code/", resolve_code, needs=RESOLVE),
]

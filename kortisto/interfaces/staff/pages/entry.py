"""Open libraries and one patron: bans, a guardian's word, terms, "why may they not"."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.refusals import Refused
from kortisto.domain.entry.actions.bans import NewBan, ban, lift_ban
from kortisto.domain.entry.actions.guardians import Answer, set_guardian_permission
from kortisto.domain.entry.actions.terms import accept_terms, newest_terms
from kortisto.domain.entry.actions.viewing import ask_would_enter
from kortisto.domain.entry.models import Ban
from kortisto.domain.entry.permissions import EntryPermission
from kortisto.domain.entry.queries import (
    accepted_terms,
    bans_of,
    guardians_of,
    word_of_guardian,
)
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.entry_forms import AskForm, BanForm, WordForm
from kortisto.interfaces.staff.entry_words import trace_lines
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.looking import look_at, must_be_there
from kortisto.interfaces.staff.told import tell


@never_cache
@require_GET
def patron_entry(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Everything about a patron and open libraries; the view is logged."""
    now = timezone.now()
    patron = look_at(request, patron_id, "entry")
    asked = request.GET if "library" in request.GET else None
    ask = AskForm(asked, library_id=request.actor.library_id)
    today = timezone.localdate(now)
    told = {
        "patron": patron,
        "terms": accepted_terms(patron_id),
        "newest": newest_terms(),
        "word": word_of_guardian(patron_id),
        "word_form": WordForm(guardians=guardians_of(patron_id, today)),
        "bans": list(bans_of(patron_id)),
        "today": today,
        "ask": ask,
        "actor": request.actor,
        **_answer(request, patron_id, ask),
    }
    status = 422 if ask.errors else 200
    return render(request, "staff/patron_entry.html", told, status=status)


def _answer(request: StaffRequest, patron_id: int, ask: AskForm) -> dict[str, Any]:
    """Would this card open this door then, and why."""
    if not ask.is_valid():
        return {}
    now = timezone.now()
    at = ask.moment(now)
    decision = ask_would_enter(
        patron_id, ask.cleaned_data["library"], at=at, by=request.actor, now=now
    )
    return {"decision": decision, "trace": trace_lines(decision), "at": at}


@never_cache
@require_http_methods(["GET", "POST"])
def ban_patron(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Ban from open libraries; in force at once when it begins today."""
    must_be_there(request, patron_id)
    form = BanForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        data = dict(form.cleaned_data)
        everywhere, libraries = data.pop("everywhere"), data.pop("libraries")
        new = NewBan(libraries=None if everywhere else libraries, **data)
        try:
            ban(patron_id, new, by=request.actor, now=timezone.now())
        except Refused as refused:
            add_refusals(form, refused)
        else:
            tell(request, _("The ban is in force on its days, at every door."))
            return redirect("patron_entry", patron_id=patron_id)
    told = {
        "form": form,
        "patron": look_at(request, patron_id, "entry"),
        "heading": _("Ban from open libraries"),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/patron_change.html", told, status=status)


@require_POST
def lift_entry_ban(request: StaffRequest, ban_id: int) -> HttpResponse:
    found = get_object_or_404(Ban, pk=ban_id)
    lift_ban(ban_id, by=request.actor, now=timezone.now())
    tell(request, _("The ban has been lifted."))
    return redirect("patron_entry", patron_id=found.patron_id)


@require_POST
def guardian_word(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Write down what a guardian has said at the desk."""
    must_be_there(request, patron_id)
    now = timezone.now()
    guardians = guardians_of(patron_id, timezone.localdate(now))
    form = WordForm(request.POST, guardians=guardians)
    if not form.is_valid():
        tell(request, _("Choose what the guardian says."), kind="stop")
        return redirect("patron_entry", patron_id=patron_id)
    answer = form.cleaned_data["answer"]
    set_guardian_permission(
        patron_id,
        Answer(answer) if answer else None,
        by=request.actor,
        now=now,
        guardian_id=form.cleaned_data["guardian"],
    )
    tell(request, _("What the guardian says has been saved."))
    return redirect("patron_entry", patron_id=patron_id)


@require_POST
def terms_at_desk(request: StaffRequest, patron_id: int) -> HttpResponse:
    """The patron has read the terms at the desk, and accepts them."""
    must_be_there(request, patron_id)
    accept_terms(patron_id, newest_terms(), by=request.actor, now=timezone.now())
    tell(request, _("The terms have been accepted."))
    return redirect("patron_entry", patron_id=patron_id)


PERMIT, BAN = EntryPermission.PERMIT, EntryPermission.BAN

urlpatterns = [
    page("patrons/<int:patron_id>/entry/", patron_entry, needs=PatronPermission.SEE),
    page("patrons/<int:patron_id>/entry/ban/", ban_patron, needs=BAN, somewhere=True),
    page("patrons/<int:patron_id>/entry/word/", guardian_word, needs=PERMIT),
    page("patrons/<int:patron_id>/entry/terms/", terms_at_desk, needs=PERMIT),
    page("entry-bans/<int:ban_id>/lift/", lift_entry_ban, needs=BAN, somewhere=True),
]

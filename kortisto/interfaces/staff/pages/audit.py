"""The audit log: who has done what, in sentences; and whether it is whole (LOG)."""

from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kortisto.core.actors import Actor
from kortisto.core.jobs import enqueue
from kortisto.core.models import ArchivedLog, Job, LoggedEvent, Seal
from kortisto.core.verification import VERIFY
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.viewing import read_log_of
from kortisto.domain.patrons.viewings import latest_first
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.audit_form import AuditForm
from kortisto.interfaces.staff.audit_words import told
from kortisto.interfaces.staff.job_words import STATES
from kortisto.interfaces.staff.paging import LONGEST_TEXT, PAGE, Trail
from kortisto.interfaces.staff.searches import asked_for, show_search

SEE: Final = OrgPermission.SEE_AUDIT_LOG


@never_cache
@require_http_methods(["GET", "POST"])
def audit(request: StaffRequest) -> HttpResponse:
    """The newest events first, narrowed as asked; and the state of the chain.

    Only of the units where one may read it: what belongs to no unit, and other
    libraries, are for those who may at the root of the tree. A search is posted,
    since it may have a card; links narrow by numbers of patrons.
    """
    if request.method == "POST":
        return show_search(request, _asked(request), at=reverse("audit"))
    asked, trail = asked_for(request) or request.GET, Trail.of(request)
    form = AuditForm(asked, units=_readable(request.actor))
    events = form.narrowed() if form.is_valid() else LoggedEvent.objects.none()
    rows = list(latest_first(events, before=trail.last)[: PAGE + 1])
    _note_the_search(request, form)
    more = rows[PAGE - 1].pk if len(rows) > PAGE else None
    verified = Job.objects.filter(kind=VERIFY).order_by("-pk").first()
    context = {
        "form": form,
        "rows": told(rows[:PAGE]),
        "pages": trail.pages(request, next_key=more),
        "seal": Seal.objects.order_by("-pk").first(),
        "verified": verified,
        "verdict": _verdict(verified),
        "archived": _archived(),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/audit.html", context, status=status)


def _readable(actor: Actor) -> frozenset[int] | None:
    """The units whose events somebody may read. None: those of all, and of none."""
    if SEE.value in actor.everywhere:
        return None
    held = actor.grants.get(SEE.value, frozenset())
    roots = {node.id for node in organisation().children(None)}
    return None if roots <= held else held


def _asked(request: StaffRequest) -> dict[str, str]:
    """What the form was filled in with, nothing else and not at any length."""
    names = AuditForm.base_fields
    typed = {name: request.POST.get(name, "")[:LONGEST_TEXT] for name in names}
    return {name: text for name, text in typed.items() if text}


def _note_the_search(request: StaffRequest, form: AuditForm) -> None:
    """Who reads the log about one patron reads that patron's data."""
    patron_id = form.cleaned_data.get("card")
    if patron_id is not None and not form.errors:
        read_log_of(patron_id, by=request.actor, now=timezone.now())


def _archived() -> str:
    """Up to when the log is in the archive, in a sentence; empty when none of it is."""
    last = ArchivedLog.objects.order_by("-id").first()
    if last is None:
        return ""
    return _(
        "Up to {month}/{year} the log is archived. The administrator of the server "
        "reads it with: kortisto log"
    ).format(month=last.month_begins_on.month, year=last.month_begins_on.year)


def _verdict(row: Job | None) -> dict[str, Any] | None:
    """How the last verification ended, in a sentence."""
    if row is None:
        return None
    if row.state != Job.State.DONE or not isinstance(row.result, dict):
        kind, word, _icon = STATES[row.state]
        return {"kind": kind, "text": str(word)}
    if row.result["whole"]:
        text = _("The chain is whole: {number} events were checked.")
        return {"kind": "ok", "text": text.format(number=row.result["sealed"])}
    return {"kind": "stop", "text": _("The chain is broken: open the job.")}


@require_POST
def verify_audit(request: StaffRequest) -> HttpResponse:
    """Let a worker compute the whole chain anew."""
    asked = enqueue(
        VERIFY,
        {},
        by=request.actor,
        run_after=timezone.now(),
        unique_key=VERIFY,
        max_attempts=1,
    )
    if request.actor.may(OrgPermission.SEE_JOBS):
        return redirect("job", job_id=asked.pk)
    return redirect("audit")


urlpatterns = [
    page("audit/", audit, needs=SEE),
    page("audit/verify/", verify_audit, needs=SEE),
]

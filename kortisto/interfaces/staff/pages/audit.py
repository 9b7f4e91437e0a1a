"""The audit log: who has done what, in sentences; and whether it is whole (LOG)."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from kortisto.core.jobs import enqueue
from kortisto.core.models import Job, LoggedEvent, Seal
from kortisto.core.text import without_places
from kortisto.core.verification import VERIFY
from kortisto.domain.org.models import Staff
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.patrons.queries import patron_by_card
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.audit_words import SENTENCES, told
from kortisto.interfaces.staff.desk_forms import DayField
from kortisto.interfaces.staff.job_words import STATES
from kortisto.interfaces.staff.paging import PAGE, Trail

SEE: Final = OrgPermission.SEE_AUDIT_LOG


class AuditForm(forms.Form):
    """What is looked for; empty fields do not matter."""

    card = forms.CharField(
        label=gettext_lazy("Patron's card"), max_length=40, required=False
    )
    staff = forms.CharField(
        label=gettext_lazy("Staff, user name"), max_length=60, required=False
    )
    kind = forms.ChoiceField(label=gettext_lazy("What"), required=False)
    since = DayField(label=gettext_lazy("From"), required=False)
    until = DayField(label=gettext_lazy("To"), required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        kinds = sorted(
            (without_places(str(text)), kind) for kind, text in SENTENCES.items()
        )
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            ("", _("Everything")),
            *((kind, words) for words, kind in kinds),
        ]

    def clean_card(self) -> int | None:
        """The patron; a card that nobody has is told."""
        number = self.cleaned_data["card"].strip()
        if not number:
            return None
        patron_id = patron_by_card(number)
        if patron_id is None:
            raise forms.ValidationError(_("Nobody has this card."))
        return patron_id

    def clean_staff(self) -> int | None:
        name = self.cleaned_data["staff"].strip().lower()
        if not name:
            return None
        staff = Staff.objects.filter(username=name).values_list("pk", flat=True)
        found = staff.first()
        if found is None:
            raise forms.ValidationError(_("There is no such user name."))
        return found


@never_cache
@require_GET
def audit(request: StaffRequest) -> HttpResponse:
    """The newest events first, narrowed as asked; and the state of the chain."""
    form, trail = AuditForm(request.GET), Trail.of(request)
    events = _narrowed(form) if form.is_valid() else LoggedEvent.objects.none()
    if trail.last is not None:
        events = events.filter(pk__lt=trail.last)
    rows = list(events.order_by("-pk")[: PAGE + 1])
    more = rows[PAGE - 1].pk if len(rows) > PAGE else None
    verified = Job.objects.filter(kind=VERIFY).order_by("-pk").first()
    context = {
        "form": form,
        "rows": told(rows[:PAGE]),
        "pages": trail.pages(request, next_key=more),
        "seal": Seal.objects.order_by("-pk").first(),
        "verified": verified,
        "verdict": _verdict(verified),
    }
    status = 422 if form.errors else 200
    return render(request, "staff/audit.html", context, status=status)


def _narrowed(form: AuditForm) -> QuerySet[LoggedEvent]:
    asked = form.cleaned_data
    events = LoggedEvent.objects.all()
    if asked["card"] is not None:
        events = events.filter(patron_id=asked["card"])
    if asked["staff"] is not None:
        events = events.filter(actor=f"staff:{asked['staff']}")
    if asked["kind"]:
        events = events.filter(kind=asked["kind"])
    if asked["since"]:
        events = events.filter(happened_at__gte=_midnight(asked["since"]))
    if asked["until"]:
        after = _midnight(asked["until"] + timedelta(days=1))
        events = events.filter(happened_at__lt=after)
    return events


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


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

"""What was sent to a patron, and writing to one (PAT-16, PAT-17, S36)."""

from typing import Any, Final
from uuid import uuid4

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from kortisto.core.refusals import Refused
from kortisto.domain.notices.actions.reading import view_message, view_messages
from kortisto.domain.notices.actions.writing import (
    Letter,
    draft,
    why_not,
    write_message,
)
from kortisto.domain.notices.kinds import kinds
from kortisto.domain.notices.models import Notice, Transport
from kortisto.domain.notices.patron_kinds import FREE
from kortisto.domain.notices.permissions import NoticePermission
from kortisto.domain.notices.rules import LONGEST_SUBJECT, LONGEST_TEXT
from kortisto.domain.notices.variables import Wording
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.job_words import actor_names
from kortisto.interfaces.staff.paging import PAGE, Trail, cut
from kortisto.interfaces.staff.sent_messages import message_row, message_rows
from kortisto.interfaces.staff.told import tell

LONGEST_KEY: Final = 40


class LetterForm(forms.Form):
    """``key`` is made with the form: a form that is sent twice writes once."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=LONGEST_KEY)
    template = forms.CharField(widget=forms.HiddenInput)
    transport = forms.ChoiceField(
        label=gettext_lazy("How it goes"),
        choices=Transport.choices,
        widget=forms.RadioSelect,
    )
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=LONGEST_SUBJECT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        help_text=gettext_lazy(
            "The patron sees which library wrote it, and not who. Write nothing that "
            "only the patron may know: e-mail can be read on its way."
        ),
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
    )


@never_cache
@require_GET
def patron_sent_messages(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Every message to a patron, the newest first. The look is logged."""
    trail = Trail.of(request)
    try:
        patron, found = view_messages(
            patron_id,
            by=request.actor,
            now=timezone.now(),
            before=trail.last,
            most=PAGE + 1,
        )
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    shown = found[:PAGE]
    told = {
        "patron": patron,
        "rows": message_rows(shown),
        "names": actor_names({one.author for one in shown} - {""}),
        "pages": trail.pages(request, next_key=cut([one.pk for one in found])),
        "actor": request.actor,
    }
    return render(request, "staff/sent_messages.html", told)


@never_cache
@require_GET
def sent_message(request: StaffRequest, notice_id: int) -> HttpResponse:
    """One message as it was sent. The look is logged."""
    try:
        patron, notice = view_message(notice_id, by=request.actor, now=timezone.now())
    except (Notice.DoesNotExist, Patron.DoesNotExist) as missing:
        raise Http404 from missing
    told = {
        "patron": patron,
        "notice": notice,
        "row": message_row(notice),
        "names": actor_names({notice.author} - {""}),
    }
    return render(request, "staff/sent_message.html", told)


@never_cache
@require_http_methods(["GET", "POST"])
def write_to_patron(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Write to a patron, beginning with a template; a refused one stays as typed."""
    by, now = request.actor, timezone.now()
    try:
        patron = view_patron(patron_id, by=by, now=now, page="write")
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    if request.method != "POST":
        return _show(request, patron, _begun(request, patron))
    form = LetterForm(request.POST)
    if form.is_valid():
        try:
            write_message(patron_id, _letter(form), by=by, now=now)
        except Refused as refused:
            _put(form, refused)
    if form.errors:
        return _show(request, patron, form, status=422)
    if form.cleaned_data["transport"] == Transport.WEB:
        tell(request, _("The message is in the patron's web account."))
    else:
        tell(request, _("The message will be sent in a moment."))
    return redirect("patron", patron_id=patron_id)


def _begun(request: StaffRequest, patron: Patron) -> LetterForm:
    """An empty form with the words of the template that was chosen."""
    chosen = request.GET.get("template", FREE.code)
    if chosen not in dict(_templates()):
        chosen = FREE.code
    wording = draft(patron, chosen, by=request.actor)
    possible = [way for way in Transport if not why_not(patron, way)]
    return LetterForm(
        initial={
            "key": uuid4().hex,
            "template": chosen,
            "transport": possible[0] if possible else Transport.EMAIL,
            "subject": wording.subject,
            "text": wording.text,
        }
    )


def _letter(form: LetterForm) -> Letter:
    told = form.cleaned_data
    return Letter(
        key=told["key"],
        template=told["template"],
        transport=Transport(told["transport"]),
        wording=Wording(told["subject"], told["text"]),
    )


def _put(form: LetterForm, refused: Refused) -> None:
    """Each reason beside its field."""
    for each in refused.refusals:
        field = str(each.facts.get("field", ""))
        visible = field in form.fields and field != "template"
        form.add_error(field if visible else None, each.message)


def _templates() -> list[tuple[str, str]]:
    return [(one.code, str(one.title)) for one in kinds() if one.by_staff]


def _show(
    request: StaffRequest, patron: Patron, form: LetterForm, *, status: int = 200
) -> HttpResponse:
    hindered = {each.message for way in Transport for each in why_not(patron, way)}
    told: dict[str, Any] = {
        "patron": patron,
        "form": form,
        "templates": _templates(),
        "chosen": form["template"].value(),
        "language": patron.language,
        "hindered": sorted(hindered),
    }
    return render(request, "staff/write_to_patron.html", told, status=status)


SEE = PatronPermission.SEE

urlpatterns = [
    page("patrons/<int:patron_id>/sent/", patron_sent_messages, needs=SEE),
    page("sent-messages/<int:notice_id>/", sent_message, needs=SEE),
    page(
        "patrons/<int:patron_id>/write/",
        write_to_patron,
        needs=NoticePermission.WRITE,
    ),
]

"""The texts of messages: every kind in every language, with a preview (NOT)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
)

from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.notices.actions.texts import (
    restore_text,
    save_text,
    tidy_wording,
)
from kortisto.domain.notices.kinds import LANGUAGES, NoticeKind, kind_of, kinds
from kortisto.domain.notices.permissions import NoticePermission
from kortisto.domain.notices.preview import example, made_up, preview
from kortisto.domain.notices.queries import changed_texts, texts_of, wording_of
from kortisto.domain.notices.rules import LONGEST_SUBJECT, LONGEST_TEXT, faults_in
from kortisto.domain.notices.variables import Wording
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.job_words import actor_names
from kortisto.interfaces.staff.told import tell

SPOKEN: Final = dict(settings.LANGUAGES)
MOST_VERSIONS: Final = 10  # on the page, the newest first


class TextForm(forms.Form):
    """``seen`` is the version that was in force when the page was opened."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    subject = forms.CharField(
        label=gettext_lazy("Subject"),
        max_length=LONGEST_SUBJECT,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(
        label=gettext_lazy("Text"),
        max_length=LONGEST_TEXT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 18}),
    )

    @property
    def wording(self) -> Wording:
        return Wording(self.cleaned_data["subject"], self.cleaned_data["text"])


@dataclass(frozen=True, slots=True)
class Spoken:
    """One kind in one language. ``changed``: the shipped text is not in force."""

    language: str
    name: str
    changed: bool


@never_cache
@require_GET
def message_texts(request: StaffRequest) -> HttpResponse:
    """Every kind of message, when it comes, and which of its texts are our own."""
    changed = changed_texts()
    rows = [
        (
            kind,
            [
                Spoken(code, SPOKEN[code], changed.get((kind.code, code), False))
                for code in LANGUAGES
            ],
        )
        for kind in kinds()
    ]
    groups = [
        (_("Sent by themselves"), [row for row in rows if not row[0].by_staff]),
        (_("Written by staff"), [row for row in rows if row[0].by_staff]),
    ]
    return render(request, "staff/message_texts.html", {"groups": groups})


@never_cache
@require_http_methods(["GET", "POST"])
def message_text(
    request: StaffRequest, notice_kind: str, notice_language: str
) -> HttpResponse:
    """One text: change it, see it as a patron would, look at what it was."""
    kind, language = _kind(notice_kind, notice_language)
    now = timezone.now()
    if request.method != "POST":
        return _show(request, kind, language, _begun(kind, language), now=now)
    form = TextForm(request.POST)
    if form.is_valid():
        try:
            saved = save_text(
                kind.code,
                language,
                form.wording,
                seen=form.cleaned_data["seen"],
                by=request.actor,
                now=now,
            )
        except Refused as refused:
            _put(form, refused)
        else:
            words = _("The text was saved.") if saved else _("Nothing had changed.")
            tell(request, words, kind="ok" if saved else "info")
            return redirect("message_text", kind.code, language)
    return _show(request, kind, language, form, now=now, status=422)


@require_POST
def preview_message_text(
    request: StaffRequest, notice_kind: str, notice_language: str
) -> HttpResponse:
    """The part of the page that shows what is being typed."""
    kind, language = _kind(notice_kind, notice_language)
    form = TextForm(request.POST)
    form.is_valid()
    told = form.cleaned_data
    wording = Wording(told.get("subject", ""), told.get("text", ""))
    shown = _preview(request, kind, language, wording, now=timezone.now())
    return render(request, "staff/_message_preview.html", {**shown, "lang": language})


@require_POST
def restore_message_text(
    request: StaffRequest, notice_kind: str, notice_language: str
) -> HttpResponse:
    """The shipped text again; what was there stays among the versions."""
    kind, language = _kind(notice_kind, notice_language)
    seen = request.POST.get("seen", "")
    number = int(seen) if seen.isascii() and seen.isdigit() else 0
    try:
        restore_text(
            kind.code, language, seen=number, by=request.actor, now=timezone.now()
        )
    except Refused as refused:
        tell(request, refused.refusals[0].message, kind="stop")
    else:
        tell(request, _("The shipped text is in use again."))
    return redirect("message_text", kind.code, language)


def _kind(code: str, language: str) -> tuple[NoticeKind, str]:
    if language not in LANGUAGES:
        raise Http404
    try:
        return kind_of(code), language
    except LookupError as missing:
        raise Http404 from missing


def _begun(kind: NoticeKind, language: str) -> TextForm:
    wording, version = wording_of(kind, language)
    return TextForm(
        initial={"seen": version, "subject": wording.subject, "text": wording.text}
    )


def _put(form: TextForm, refused: Refused) -> None:
    """Each fault beside its field."""
    for each in refused.refusals:
        field = each.facts.get("field")
        form.add_error(None if field is None else str(field), each.message)


def _preview(
    request: StaffRequest,
    kind: NoticeKind,
    language: str,
    wording: Wording,
    *,
    now: datetime,
) -> dict[str, Any]:
    """What a made-up patron would read, or what is wrong."""
    faults: list[Refusal] = []
    try:
        wording = tidy_wording(wording)
    except Refused as refused:
        faults = list(refused.refusals)
    faults = faults or faults_in(wording, kind.variables)
    if faults:
        return {"faults": [each.message for each in faults]}
    place = request.actor.library_id
    return {"preview": preview(kind, language, wording, unit_id=place, now=now)}


def _show(
    request: StaffRequest,
    kind: NoticeKind,
    language: str,
    form: TextForm,
    *,
    now: datetime,
    status: int = 200,
) -> HttpResponse:
    values = made_up(kind, language, unit_id=request.actor.library_id, now=now)
    typed = Wording(form["subject"].value() or "", form["text"].value() or "")
    versions = list(texts_of(kind.code, language)[:MOST_VERSIONS])
    told = {
        "kind": kind,
        "language": language,
        "lang": language,
        "spoken": SPOKEN[language],
        "others": [(code, SPOKEN[code]) for code in LANGUAGES if code != language],
        "form": form,
        "variables": [(one, example(one, values)) for one in kind.variables],
        "versions": versions,
        "names": actor_names({one.written_by for one in versions}),
        "own": bool(versions) and not versions[0].is_shipped,
        "shipped": kind.shipped(language),
        **_preview(request, kind, language, typed, now=now),
    }
    return render(request, "staff/message_text.html", told, status=status)


EDIT: Final = NoticePermission.EDIT_TEXTS
ONE: Final = "message-texts/<str:notice_kind>/<str:notice_language>/"

urlpatterns = [
    page("message-texts/", message_texts, needs=EDIT),
    page(ONE, message_text, needs=EDIT),
    page(f"{ONE}preview/", preview_message_text, needs=EDIT),
    page(f"{ONE}shipped/", restore_message_text, needs=EDIT),
]

"""What patrons have asked for on the web: changes to answer, cards to hand over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from kortisto.core.refusals import Refusal, Refused
from kortisto.core.text import whole_number
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.change_requests import (
    LONGEST_NOTE,
    Answer,
    answer_changes,
    asked_by_guardian,
    view_queue,
    view_requested,
)
from kortisto.domain.patrons.actions.identity import LONGEST_REASON
from kortisto.domain.patrons.actions.provisional import (
    PROVISIONAL,
    drop_registration,
    hand_over_card,
    last_day,
    view_registration,
    view_waiting,
)
from kortisto.domain.patrons.actions.writing import text_in_history
from kortisto.domain.patrons.category_kinds import ORDINARY_PEOPLE
from kortisto.domain.patrons.category_places import used_at
from kortisto.domain.patrons.fields import EDITABLE, label_of
from kortisto.domain.patrons.models import Patron, PatronCategory, RequestedChange
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import terms_of
from kortisto.domain.patrons.reasons import Unfit, field_of
from kortisto.domain.patrons.records import guardians_of
from kortisto.domain.patrons.rules import category_fits
from kortisto.domain.patrons.settings import ADDRESS_FIELDS
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.desk_forms import code
from kortisto.interfaces.staff.forms import add_refusals
from kortisto.interfaces.staff.told import tell
from kortisto.ui.formats import day

ANSWERS: Final = (
    (Answer.ACCEPT.value, gettext_lazy("Accept")),
    (Answer.DENY.value, gettext_lazy("Deny")),
    (Answer.LATER.value, gettext_lazy("Decide later")),
)
VALUES: Final = frozenset(answer.value for answer in Answer)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedRow:
    """One field side by side. ``before`` is given when it has changed since."""

    name: str  # of the input
    label: str
    now: str
    wanted: str
    before: str
    answer: str
    asked_by: str  # in words


@never_cache
@require_GET
def change_requests(request: StaffRequest) -> HttpResponse:
    """Who waits for an answer here, the longest first; each look is logged."""
    rows = [
        (asking, [label_of(name) for name in asking.fields])
        for asking in view_queue(
            units=_here(request), by=request.actor, now=timezone.now()
        )
    ]
    return render(request, "staff/change_requests.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "POST"])
def change_request(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Old and new side by side; each field is accepted, denied or left."""
    now = timezone.now()
    try:
        patron, asked = view_requested(patron_id, by=request.actor, now=now)
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    wrong: Sequence[str] = ()
    status = 200
    if request.method == "POST":
        sent = request.POST
        answers = {
            row.pk: Answer(sent[f"answer-{row.pk}"])
            for row in asked
            if sent.get(f"answer-{row.pk}") in VALUES
        }
        try:
            answer_changes(
                patron_id,
                answers,
                by=request.actor,
                now=now,
                note=sent.get("note", ""),
                edition=whole_number(sent.get("edition")),
            )
        except Refused as refused:
            wrong = [_told(each) for each in refused.refusals]
            status = 422 if isinstance(refused, Unfit) else 409
        else:
            tell(request, _("The answer has been saved."))
            return redirect("change_requests")
    guardians = _guardians_by_label(patron)
    told = {
        "patron": patron,
        "rows": [_row(row, patron, request.POST, guardians) for row in asked],
        "answers": ANSWERS,
        "note": request.POST.get("note", ""),
        "longest": LONGEST_NOTE,
        "wrong": wrong,
    }
    return render(request, "staff/change_request.html", told, status=status)


class CardForm(forms.Form):
    card_number = forms.CharField(
        label=gettext_lazy("Card number"),
        max_length=30,
        widget=forms.TextInput(
            attrs={"autofocus": True, "spellcheck": "false", "autocomplete": "off"}
        ),
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"))
    pin = forms.CharField(
        label=gettext_lazy("PIN"),
        help_text=gettext_lazy("Empty: what the patron has chosen, if anything."),
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    seen = forms.BooleanField(
        label=gettext_lazy("I have seen an identity document with this name and photo")
    )

    def __init__(
        self, data: Any = None, *, categories: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        self.fields["category"].choices = list(categories)  # type: ignore[attr-defined]

    def clean_card_number(self) -> str:
        return code(self.cleaned_data["card_number"])


class DropForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


@never_cache
@require_GET
def online_registrations(request: StaffRequest) -> HttpResponse:
    """Who has registered on the web and not fetched the card yet."""
    rows = view_waiting(units=_here(request), by=request.actor, now=timezone.now())
    return render(request, "staff/online_registrations.html", {"rows": rows})


@never_cache
@require_http_methods(["GET", "POST"])
def online_registration(request: StaffRequest, patron_id: int) -> HttpResponse:
    """The person stands at the desk: check who it is, and hand the card over."""
    patron, same = _registration(request, patron_id)
    sent = request.POST if request.method == "POST" else None
    form = CardForm(sent, categories=_categories(patron))
    if form.is_valid():
        try:
            hand_over_card(
                patron_id,
                form.cleaned_data["card_number"],
                category=form.cleaned_data["category"],
                pin=form.cleaned_data["pin"],
                by=request.actor,
                now=timezone.now(),
            )
        except Refused as refused:
            for each in refused.refusals:
                name = field_of(each)
                form.add_error(name if name in form.fields else None, each.message)
        else:
            tell(request, _("The card works now. Welcome the patron."))
            return redirect("patron", patron_id=patron_id)
    return _registration_page(request, patron, same, form=form)


@never_cache
@require_POST
def drop_online_registration(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Forget a registration that should not have been made."""
    patron, same = _registration(request, patron_id)
    form = DropForm(request.POST)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            drop_registration(patron_id, reason, by=request.actor, now=timezone.now())
        except Refused as refused:
            add_refusals(form, refused, "reason")
        else:
            tell(request, _("The registration has been forgotten."))
            return redirect("online_registrations")
    return _registration_page(request, patron, same, drop=form)


def _here(request: StaffRequest) -> Sequence[int]:
    assert request.actor.library_id is not None  # noqa: S101 - pages need a library
    return list(organisation().descendants(request.actor.library_id))


def _told(refusal: Refusal) -> str:
    """The sentence, after the field that it is about if that is one of the patron's."""
    name = field_of(refusal)
    if name is None or name not in EDITABLE:
        return refusal.message
    return f"{label_of(name)}: {refusal.message}"


def _guardians_by_label(patron: Patron) -> dict[str, str]:
    """How the log names each guardian who has a card, and their name."""
    links = guardians_of(patron.pk, timezone.localdate()).exclude(guardian=None)
    known = (link.guardian for link in links)
    return {f"patron:{one.pk}": one.full_name for one in known if one is not None}


def _who_asked(row: RequestedChange, guardians: Mapping[str, str]) -> str:
    if not asked_by_guardian(row):
        return _("The patron")
    if name := guardians.get(row.asked_by):
        return _("Guardian: {name}").format(name=name)
    return _("A guardian who is not linked to the patron any more")


def _row(
    row: RequestedChange,
    patron: Patron,
    sent: Mapping[str, str],
    guardians: Mapping[str, str],
) -> AskedRow:
    held = text_in_history(row.field, getattr(patron, row.field))
    hidden = patron.is_protected and row.field in ADDRESS_FIELDS
    answer = f"answer-{row.pk}"
    secret = _("protected")
    return AskedRow(
        name=answer,
        label=label_of(row.field),
        now=secret if hidden else _shown(row.field, held),
        wanted=secret if hidden else _shown(row.field, row.new),
        before="" if hidden or held == row.old else _shown(row.field, row.old),
        answer=sent.get(answer, Answer.ACCEPT.value),
        asked_by=_who_asked(row, guardians),
    )


def _shown(field: str, text: str) -> str:
    """A value of the history in words."""
    if not text:
        return _("empty")
    if field == "language":
        return dict(settings.LANGUAGES).get(text, text)
    return day(date.fromisoformat(text)) if field.endswith("_on") else text


def _registration(request: StaffRequest, patron_id: int) -> tuple[Patron, list[int]]:
    try:
        return view_registration(patron_id, by=request.actor, now=timezone.now())
    except Patron.DoesNotExist as missing:
        raise Http404 from missing


def _categories(patron: Patron) -> list[tuple[str, str]]:
    """Ordinary categories, those for the patron's age first."""
    today = timezone.localdate()

    def fits(category: PatronCategory) -> bool:
        terms, born_on = terms_of(category), patron.born_on
        return not category_fits(terms, born_on=born_on, guardians=0, today=today)

    rows = used_at(patron.home_library_id).exclude(kind=PROVISIONAL)
    people = [each for each in rows if each.kind in ORDINARY_PEOPLE]
    people.sort(key=lambda each: not fits(each))
    return [(each.code, each.name) for each in people]


def _registration_page(
    request: StaffRequest,
    patron: Patron,
    same: Sequence[int],
    *,
    form: CardForm | None = None,
    drop: DropForm | None = None,
) -> HttpResponse:
    sent = [each for each in (form, drop) if each is not None]
    told = {
        "patron": patron,
        "same": same,
        "until": last_day(patron),
        "form": form or CardForm(categories=_categories(patron)),
        "drop": drop or DropForm(),
    }
    status = 422 if any(each.errors for each in sent) else 200
    return render(request, "staff/online_registration.html", told, status=status)


EDIT: Final = PatronPermission.EDIT

urlpatterns = [
    page("change-requests/", change_requests, needs=EDIT),
    page("change-requests/<int:patron_id>/", change_request, needs=EDIT),
    page("online-registrations/", online_registrations, needs=EDIT),
    page("online-registrations/<int:patron_id>/", online_registration, needs=EDIT),
    page(
        "online-registrations/<int:patron_id>/drop/",
        drop_online_registration,
        needs=EDIT,
    ),
]

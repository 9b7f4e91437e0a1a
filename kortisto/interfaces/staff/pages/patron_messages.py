"""Which messages come to a patron and how: the table of ticks (S30, S31)."""

from collections.abc import Sequence
from typing import Final

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from kortisto.domain.patrons.actions.choices import (
    choose_messages_and_number,
    reach_of,
    ticks_of,
)
from kortisto.domain.patrons.actions.viewing import view_patron
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.reasons import Unfit
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.message_matrix import (
    columns,
    days_in,
    message_rows,
    ticks_in,
    why_not,
)
from kortisto.interfaces.staff.told import tell
from kortisto.ui.parts import Wrong

TABLE: Final = "messages-table"


class SmsForm(forms.Form):
    sms_number = forms.CharField(
        label=gettext_lazy("Number for text messages"),
        help_text=gettext_lazy("Empty: the phone."),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def patron_messages(request: StaffRequest, patron_id: int) -> HttpResponse:
    """The table; what cannot be is told above it, and every tick stays."""
    patron = get_object_or_404(Patron, pk=patron_id, binned_at=None)
    data = request.POST if request.method == "POST" else None
    form = SmsForm(data, initial={"sms_number": patron.sms_number or ""})
    wrongs: Sequence[Wrong] = ()
    if form.is_valid():
        try:
            choose_messages_and_number(
                patron_id,
                ticks_in(request.POST),
                form.cleaned_data["sms_number"] or None,
                by=request.actor,
                now=timezone.now(),
            )
        except Unfit as wrong:
            wrongs = _told(form, wrong)
        else:
            tell(request, _("The messages were saved."))
            return redirect("patron", patron_id=patron_id)
    return _show(request, patron_id, form, wrongs)


def _told(form: SmsForm, wrong: Unfit) -> list[Wrong]:
    """Sentences about the number beside it; the others lead to the table."""
    table = []
    for field, sentence in wrong.errors:
        if field in form.fields:
            form.add_error(field, sentence)
        else:
            table.append(Wrong(TABLE, sentence))
    return table


def _show(
    request: StaffRequest, patron_id: int, form: SmsForm, wrongs: Sequence[Wrong]
) -> HttpResponse:
    now = timezone.now()
    try:
        patron = view_patron(patron_id, by=request.actor, now=now, page="messages")
    except Patron.DoesNotExist as missing:
        raise Http404 from missing
    sent = request.method == "POST"
    ticks = ticks_in(request.POST) if sent else ticks_of(patron_id)
    reach = reach_of(patron)
    told = {
        "patron": patron,
        "form": form,
        "wrongs": wrongs,
        "table": TABLE,
        "ways": columns(),
        "rows": message_rows(ticks, days=days_in(request.POST), reach=reach),
        "impossible": why_not(reach),
    }
    status = 422 if wrongs or form.errors else 200
    return render(request, "staff/patron_messages.html", told, status=status)


urlpatterns = [
    page(
        "patrons/<int:patron_id>/messages/",
        patron_messages,
        needs=PatronPermission.EDIT,
    )
]

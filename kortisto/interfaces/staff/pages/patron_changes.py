"""Short changes of one patron: notes, restrictions, the card, the PIN, flags."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from kortisto.domain.patrons.actions.cards import replace_card
from kortisto.domain.patrons.actions.change import set_flags
from kortisto.domain.patrons.actions.notes import withdraw_note, write_note
from kortisto.domain.patrons.actions.pin import set_pin
from kortisto.domain.patrons.actions.renewing import renew_membership
from kortisto.domain.patrons.actions.restrictions import lift, restrict
from kortisto.domain.patrons.models import Card, Patron, PatronNote, Restriction
from kortisto.domain.patrons.permissions import PatronPermission
from kortisto.domain.patrons.queries import active_card
from kortisto.domain.patrons.reasons import Unfit
from kortisto.domain.patrons.restriction_types import types_in_use
from kortisto.interfaces.staff.access import StaffRequest, page
from kortisto.interfaces.staff.desk_forms import PinForm
from kortisto.interfaces.staff.looking import look_at, must_be_there
from kortisto.interfaces.staff.patron_forms import CardForm, NoteForm, RestrictForm

FLAGS: Final = ("card_lost", "check_address", "check_phone", "check_email")


def _change_page(
    request: StaffRequest,
    patron_id: int,
    form: forms.Form,
    *,
    heading: str,
    field: str,
    do: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    """A short form about one patron; back to the patron when it is done.

    To see the form is to look at the patron. ``field`` is where a sentence belongs
    that names no field of the form.
    """
    must_be_there(request, patron_id)
    if form.is_valid():
        try:
            do(form.cleaned_data)
        except ValueError as wrong:
            errors = wrong.errors if isinstance(wrong, Unfit) else [(None, str(wrong))]
            for name, sentence in errors:
                form.add_error(name if name in form.fields else field, sentence)
        else:
            return redirect("patron", patron_id=patron_id)
    patron = look_at(request, patron_id, "change")
    told = {"form": form, "patron": patron, "heading": heading}
    status = 422 if form.errors else 200
    return render(request, "staff/patron_change.html", told, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def patron_note(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Write a note, for staff or for the patron."""
    return _change_page(
        request,
        patron_id,
        NoteForm(request.POST or None),
        heading=_("Write a note"),
        field="text",
        do=lambda data: write_note(
            patron_id,
            data["text"],
            audience=PatronNote.Audience(data["audience"]),
            by=request.actor,
            now=timezone.now(),
        ),
    )


@require_POST
def note_withdraw(request: StaffRequest, note_id: int) -> HttpResponse:
    note = get_object_or_404(PatronNote, pk=note_id)
    withdraw_note(note_id, by=request.actor, now=timezone.now())
    return redirect("patron", patron_id=note.patron_id)


@never_cache
@require_http_methods(["GET", "POST"])
def patron_pin(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Give a new PIN."""
    return _change_page(
        request,
        patron_id,
        PinForm(request.POST or None),
        heading=_("Set a PIN"),
        field="pin",
        do=lambda data: set_pin(
            patron_id, data["pin"], by=request.actor, now=timezone.now()
        ),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def patron_card(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Give a card, in place of the old one if there is one."""
    has_card = active_card(patron_id) is not None
    lost = Patron.objects.filter(pk=patron_id, card_lost=True).exists()
    form = CardForm(request.POST or None, has_card=has_card, lost=lost)
    return _change_page(
        request,
        patron_id,
        form,
        heading=_("Replace the card") if has_card else _("Give a card"),
        field="number",
        do=lambda data: replace_card(
            patron_id,
            data["number"],
            by=request.actor,
            now=timezone.now(),
            ending=Card.Ending(data.get("ending", Card.Ending.REPLACED)),
        ),
    )


@never_cache
@require_http_methods(["GET", "POST"])
def patron_restrict(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Bar from borrowing."""
    return _change_page(
        request,
        patron_id,
        RestrictForm(request.POST or None, types=types_in_use()),
        heading=_("Add a restriction"),
        field="note",
        do=lambda data: restrict(
            patron_id,
            data["note"],
            kind=data["kind"],
            ends_on=data["ends_on"],
            by=request.actor,
            now=timezone.now(),
        ),
    )


@require_POST
def lift_restriction(request: StaffRequest, restriction_id: int) -> HttpResponse:
    found = get_object_or_404(Restriction, pk=restriction_id)
    lift(restriction_id, by=request.actor, now=timezone.now())
    return redirect("patron", patron_id=found.patron_id)


@require_POST
def patron_flags(request: StaffRequest, patron_id: int) -> HttpResponse:
    """Set or clear "card lost" and what is to be checked."""
    must_be_there(request, patron_id)
    flags = {
        name: request.POST[name] == "yes" for name in FLAGS if name in request.POST
    }
    set_flags(patron_id, flags, by=request.actor, now=timezone.now())
    return redirect("patron", patron_id=patron_id)


@require_POST
def patron_renew(request: StaffRequest, patron_id: int) -> HttpResponse:
    """The data has been checked with the patron: the card is good from today on."""
    must_be_there(request, patron_id)
    renew_membership(patron_id, by=request.actor, now=timezone.now())
    return redirect("patron", patron_id=patron_id)


EDIT, RESTRICT = PatronPermission.EDIT, PatronPermission.RESTRICT
RESET_PIN = PatronPermission.RESET_PIN

urlpatterns = [
    page("patrons/<int:patron_id>/note/", patron_note, needs=EDIT),
    page("notes/<int:note_id>/withdraw/", note_withdraw, needs=EDIT),
    page("patrons/<int:patron_id>/pin/", patron_pin, needs=RESET_PIN),
    page("patrons/<int:patron_id>/card/", patron_card, needs=EDIT),
    page("patrons/<int:patron_id>/restrict/", patron_restrict, needs=RESTRICT),
    page("patrons/<int:patron_id>/flags/", patron_flags, needs=EDIT),
    page("patrons/<int:patron_id>/renewed/", patron_renew, needs=EDIT),
    page("restrictions/<int:restriction_id>/lift/", lift_restriction, needs=RESTRICT),
]

"""The form of a claim: what a patron says of a loan, and where to look."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kortisto.core.actors import Actor
from kortisto.domain.circulation.actions.claims import LONGEST_NOTE, NewClaim
from kortisto.domain.circulation.models import Claim
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.desk_forms import all_visible, not_after_today
from kortisto.ui.fields import DayField


class ClaimForm(forms.Form):
    kind = forms.ChoiceField(label=_("What the patron says"), choices=Claim.Kind)
    library = forms.TypedChoiceField(
        label=_("Where to look"),
        help_text=_("Where it was left. Its home library looks too."),
        coerce=int,
    )
    told_on = DayField(
        label=_("Said on"),
        help_text=_("Empty: today. No fine grows from that day on."),
        required=False,
        validators=[not_after_today],
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("Staff read it, and the patron may ask for it."),
        max_length=LONGEST_NOTE,
        required=False,
        validators=[all_visible],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, by: Actor) -> None:
        super().__init__(data, initial={"library": by.library_id})
        libraries = [(one.id, one.name) for one in organisation().libraries()]
        self.fields["library"].choices = libraries  # type: ignore[attr-defined]
        if not by.may(LendingPermission.BACKDATE):
            del self.fields["told_on"]

    @property
    def told(self) -> NewClaim:
        return NewClaim(
            kind=self.cleaned_data["kind"],
            library_id=self.cleaned_data["library"],
            note=self.cleaned_data["note"],
            told_on=self.cleaned_data.get("told_on"),
        )

"""The short forms about one patron: notes, restrictions, cards, guardians."""

from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from kortisto.domain.patrons.fields import longest
from kortisto.domain.patrons.models import (
    Card,
    Guardianship,
    PatronNote,
    Restriction,
    RestrictionType,
)
from kortisto.domain.patrons.restriction_types import MANUAL
from kortisto.interfaces.staff.desk_forms import (
    code,
    not_after_today,
    not_before_today,
)
from kortisto.ui.fields import DayField

TEXT: Final = {"autocomplete": "off", "spellcheck": "false"}


class NoteForm(forms.Form):
    text = forms.CharField(
        label=_("Note"),
        max_length=longest(PatronNote, "text"),
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
    )
    audience = forms.ChoiceField(
        label=_("Who reads it"),
        choices=PatronNote.Audience.choices,
        initial=PatronNote.Audience.STAFF,
    )


class RestrictForm(forms.Form):
    kind = forms.ChoiceField(label=_("Type"))
    note = forms.CharField(
        label=_("Why"),
        help_text=_("For staff. The patron gets it too on asking for all the data."),
        max_length=longest(Restriction, "note"),
        required=False,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    ends_on = DayField(
        label=_("Last day"),
        help_text=_("Empty: as long as the type says, or until it is lifted."),
        required=False,
        validators=[not_before_today],
    )

    def __init__(self, data: Any = None, *, types: Sequence[RestrictionType]) -> None:
        super().__init__(data, initial={"kind": MANUAL})
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (one.code, _with_length(one)) for one in types
        ]


def _with_length(one: RestrictionType) -> str:
    """The name of a type, and how long it lasts unless another day is given."""
    if one.days is None:
        return one.name
    days = ngettext("%(count)d day", "%(count)d days", one.days) % {"count": one.days}
    return f"{one.name} ({days})"


class CardForm(forms.Form):
    """``ending`` is asked only when there is a card to replace."""

    number = forms.CharField(
        label=_("New card number"),
        max_length=longest(Card, "number"),
        widget=forms.TextInput(attrs={**TEXT, "autofocus": True}),
    )
    ending = forms.ChoiceField(
        label=_("What became of the old card"),
        help_text=_("The old card stops working at once; its number is kept."),
        choices=Card.Ending.choices,
    )

    def __init__(self, data: Any = None, *, has_card: bool, lost: bool) -> None:
        ending = Card.Ending.LOST if lost else Card.Ending.REPLACED
        super().__init__(data, initial={"ending": ending})
        if not has_card:
            del self.fields["ending"]

    def clean_number(self) -> str:
        return code(self.cleaned_data["number"])


class GuardianForm(forms.Form):
    """A patron who was chosen before, or somebody without a card."""

    guardian = forms.IntegerField(required=False, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name"), max_length=200, required=False)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={**TEXT, "type": "tel"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        widget=forms.TextInput(attrs={**TEXT, "type": "email"}),
    )
    address = forms.CharField(label=_("Address"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=Guardianship.Kind.choices)
    starts_on = DayField(
        label=_("From"),
        help_text=_("Empty: today."),
        required=False,
        validators=[not_after_today],
    )
    ends_on = DayField(
        label=_("Last day"),
        help_text=_("Empty: until further notice."),
        required=False,
    )
    gets_bills = forms.BooleanField(label=_("Gets the bills"), required=False)
    sees_loans = forms.BooleanField(label=_("May see the loans"), required=False)
    sees_charges = forms.BooleanField(label=_("May see the charges"), required=False)

    PERSON: Final = ("name", "phone", "email", "address")

    def __init__(
        self, data: Any = None, *, chosen: bool, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        for name in self.PERSON if chosen else ():
            del self.fields[name]


class LastDayForm(forms.Form):
    """Empty: today."""

    last_day = DayField(label=_("Last day"), required=False)

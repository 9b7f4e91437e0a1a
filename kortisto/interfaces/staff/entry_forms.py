"""The forms of open libraries: bans, a guardian's word, questions to the rule."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import Patron
from kortisto.interfaces.staff.desk_forms import (
    all_visible,
    not_before_today,
)
from kortisto.ui.fields import DayField


def open_libraries(today: date) -> list[tuple[int, str]]:
    """Libraries in use that are marked as open without staff, by name."""
    found = organisation().libraries(on=today)
    return [(one.id, one.name) for one in found if one.self_service]


class BanForm(forms.Form):
    starts_on = DayField(label=_("First day"), validators=[not_before_today])
    ends_on = DayField(label=_("Last day"), validators=[not_before_today])
    everywhere = forms.BooleanField(label=_("In all open libraries"), required=False)
    libraries = forms.TypedMultipleChoiceField(
        label=_("Or only in these"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("For staff."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    hearing = forms.CharField(
        label=_("How the patron was heard"),
        help_text=_("When and how, or why it was not possible."),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    public_note = forms.CharField(
        label=_("Note to the patron"),
        help_text=_("The patron reads it in the web library."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, data: Any = None) -> None:
        today = timezone.localdate()
        start = {"starts_on": today, "ends_on": today + timedelta(days=29)}
        super().__init__(data, initial=start)
        self.fields["libraries"].choices = open_libraries(today)  # type: ignore[attr-defined]


class WordForm(forms.Form):
    """A guardian's word at the desk. ``guardian`` is an id, or None."""

    answer = forms.ChoiceField(
        label=_("The guardian says"),
        choices=[("yes", _("yes")), ("no", _("no")), ("", _("nothing any more"))],
        required=False,
    )
    guardian = forms.TypedChoiceField(
        label=_("Who said it"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, data: Any = None, *, guardians: list[Patron]) -> None:
        super().__init__(data)
        known = [(one.pk, one.full_name) for one in guardians]
        self.fields["guardian"].choices = [("", _("not noted")), *known]  # type: ignore[attr-defined]


class AskForm(forms.Form):
    """Whether this card would open this door then."""

    library = forms.TypedChoiceField(label=_("Library"), coerce=int)
    at = forms.DateTimeField(
        label=_("When"),
        help_text=_("Empty: now."),
        required=False,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        widget=forms.DateTimeInput(
            attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"
        ),
    )

    def __init__(self, data: Any = None, *, library_id: int | None) -> None:
        super().__init__(data, initial={"library": library_id})
        self.fields["library"].choices = [  # type: ignore[attr-defined]
            (one.id, one.name)
            for one in organisation().libraries(on=timezone.localdate())
        ]

    def moment(self, now: datetime) -> datetime:
        return self.cleaned_data["at"] or now


class EntriesForm(forms.Form):
    """Which library, and from which day to which."""

    library = forms.TypedChoiceField(label=_("Library"), coerce=int)
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("Until"), required=False)

    def __init__(self, data: Any = None, *, libraries: list[tuple[int, str]]) -> None:
        super().__init__(data)
        self.fields["library"].choices = libraries  # type: ignore[attr-defined]


class DoorForm(forms.Form):
    library = forms.TypedChoiceField(label=_("Library"), coerce=int)
    label = forms.CharField(
        label=_("Name of the door"),
        help_text=_("As people of the library call it, such as “Main door”."),
        max_length=60,
        validators=[all_visible],
    )

    def __init__(self, data: Any = None, *, libraries: list[tuple[int, str]]) -> None:
        super().__init__(data)
        self.fields["library"].choices = libraries  # type: ignore[attr-defined]

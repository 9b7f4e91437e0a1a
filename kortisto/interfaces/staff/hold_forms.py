"""The forms of holds: what a patron waits for, where and when."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.editions import Edition
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.pickup import pickup_libraries
from kortisto.domain.org.stop_words import stop_choices
from kortisto.interfaces.staff.catalogue_words import CodeNames
from kortisto.interfaces.staff.desk_forms import all_visible, not_before_today
from kortisto.ui.fields import DayField
from kortisto.ui.stops import check_stop, offer_stops, stop_field

MOST_VOLUMES: Final = 500
LONGEST_NOTE: Final = 500  # Hold.note


class DaysAndPlace(forms.Form):
    """What can be chosen of a hold while it waits in its queue."""

    pickup = forms.TypedChoiceField(label=_("Pick-up library"), coerce=int)
    stop = stop_field()
    starts_on = DayField(
        label=_("First day"),
        help_text=_("Empty: at once."),
        required=False,
    )
    expires_on = DayField(
        label=_("Last day"),
        help_text=_("Empty: as long as holds are good for."),
        required=False,
        validators=[not_before_today],
    )
    non_urgent = forms.BooleanField(
        label=_("Not urgent: others may renew their loans"), required=False
    )
    always_last = forms.BooleanField(
        label=_("Always last: everybody else goes before"), required=False
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("Staff read it, and the patron may ask for it."),
        max_length=LONGEST_NOTE,
        required=False,
        validators=[all_visible],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(
        self, data: Any = None, *, today: date, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, initial=initial)
        self.fields["pickup"].choices = pickup_choices(today)  # type: ignore[attr-defined]
        places = {library.id for library in pickup_libraries(today)}
        offer_stops(self, stop_choices(places, today))

    @override
    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        check_stop(self, told)
        first, last = told.get("starts_on"), told.get("expires_on")
        if first is not None and last is not None and last < first:
            self.add_error(
                "expires_on", _("The last day cannot be before the first one.")
            )
        return told


class ChangeHoldForm(DaysAndPlace):
    """A hold that waits in its queue already has a last day, and keeps one."""

    def __init__(
        self, data: Any = None, *, today: date, initial: dict[str, Any] | None = None
    ) -> None:
        super().__init__(data, today=today, initial=initial)
        last = self.fields["expires_on"]
        last.required, last.help_text = True, ""


class PlaceHoldForm(DaysAndPlace):
    """A new hold. ``volume`` is asked only of titles that have volumes or issues."""

    patron = forms.IntegerField(widget=forms.HiddenInput)
    item = forms.IntegerField(required=False, widget=forms.HiddenInput)
    volume = forms.ChoiceField(label=_("Volume or issue"), required=False)
    any_edition = forms.BooleanField(label=_("Any edition will do"), required=False)
    editions = forms.TypedMultipleChoiceField(
        label=_("These editions"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    field_order = ("volume", "pickup", "stop", "starts_on", "expires_on")
    OF_EDITIONS = ("any_edition", "editions")

    def __init__(
        self,
        data: Any = None,
        *,
        today: date,
        volumes: Sequence[str],
        editions: Sequence[tuple[int, str]] = (),
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, today=today, initial=initial)
        self.fields["starts_on"].validators.append(not_before_today)
        self.fields["editions"].choices = editions  # type: ignore[attr-defined]
        if not editions:
            for name in self.OF_EDITIONS:
                del self.fields[name]
        if not volumes:
            del self.fields["volume"]
            return
        any_copy = ("", _("Any copy of the title"))
        self.fields["volume"].choices = [any_copy, *((v, v) for v in volumes)]  # type: ignore[attr-defined]

    @property
    def plain_fields(self) -> list[forms.BoundField]:
        """Those that a page shows one after another; editions have their own place."""
        return [
            bound
            for bound in self.visible_fields()
            if bound.name not in self.OF_EDITIONS
        ]

    @property
    def other_editions(self) -> list[int]:
        """What will do besides the title itself, once the form is valid."""
        told = self.cleaned_data
        return list(told["editions"]) if told.get("any_edition") else []


class SuspendForm(forms.Form):
    until = DayField(
        label=_("Suspended until"),
        help_text=_("Empty: until it is resumed."),
        required=False,
        validators=[not_before_today],
    )


class KeepForm(forms.Form):
    until = DayField(label=_("Kept until"), validators=[not_before_today])


class PickupForm(forms.Form):
    pickup = forms.TypedChoiceField(label=_("Pick-up library"), coerce=int)

    def __init__(self, data: Any = None, *, initial: int | None = None) -> None:
        super().__init__(data, initial={"pickup": initial})
        choices = pickup_choices(localdate())
        self.fields["pickup"].choices = choices  # type: ignore[attr-defined]


def pickup_choices(today: date) -> list[tuple[int, str]]:
    return [(library.id, library.name) for library in pickup_libraries(today)]


def edition_choices(editions: Sequence[Edition]) -> list[tuple[int, str]]:
    """Editions by their title, year and material."""
    names = CodeNames() if editions else None
    return [
        (
            one.record_id,
            " · ".join(
                str(part)
                for part in (
                    one.title,
                    one.year,
                    names and names.material(one.material),
                )
                if part
            ),
        )
        for one in editions
    ]


def volumes_of(record_id: int) -> list[str]:
    """The volumes or issues of a title of which there is a copy, the latest first."""
    found = Item.objects.filter(record_id=record_id, withdrawn="", lost="")
    volumes = found.exclude(enumchron="").values_list("enumchron", flat=True)
    return list(volumes.distinct().order_by("-enumchron")[:MOST_VOLUMES])


def days_of(hold: Hold) -> dict[str, Any]:
    """What the form of a hold that waits begins with."""
    names = ("starts_on", "expires_on", "non_urgent", "always_last", "note")
    return {name: getattr(hold, name) for name in names} | {
        "pickup": hold.pickup_library_id,
        "stop": hold.stop_id,
    }

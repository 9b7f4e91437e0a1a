"""The form in which a patron reserves a title. What is allowed the action decides."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kortisto.domain.circulation.actions.place_hold import Wish
from kortisto.domain.circulation.hold_choices import Volumes
from kortisto.domain.org.stop_words import stop_choices
from kortisto.domain.org.tree import Node
from kortisto.ui.fields import DayField
from kortisto.ui.stops import check_stop, offer_stops, stop_field

OF_EDITIONS: Final = ("any_edition", "editions")


class ReserveForm(forms.Form):
    """``key`` is the same however often one form is sent, so that it is done once."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=60)
    back = forms.CharField(widget=forms.HiddenInput, required=False, max_length=2000)
    volume = forms.ChoiceField(label=gettext_lazy("Issue or volume"))
    pickup = forms.TypedChoiceField(label=gettext_lazy("Pick-up library"), coerce=int)
    stop = stop_field()
    any_edition = forms.BooleanField(
        label=gettext_lazy("Any edition will do"),
        help_text=gettext_lazy("You get the first one that comes."),
        required=False,
    )
    editions = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Which ones?"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    non_urgent = forms.BooleanField(
        label=gettext_lazy("I am in no hurry"),
        help_text=gettext_lazy("The one who has it may renew the loan."),
        required=False,
    )
    starts_on = DayField(
        label=gettext_lazy("From the day"),
        help_text=gettext_lazy("Empty: at once."),
        required=False,
    )
    expires_on = DayField(
        label=gettext_lazy("I need it by"),
        help_text=gettext_lazy("After this day the hold ends by itself."),
        required=False,
    )

    def __init__(
        self,
        data: Any = None,
        *,
        libraries: Sequence[Node],
        volumes: Volumes,
        editions: Sequence[tuple[int, str]],
        today: date,
        initial: dict[str, Any],
    ) -> None:
        super().__init__(data, initial={"key": uuid4().hex, **initial})
        self.today = today
        pickup, volume = self.fields["pickup"], self.fields["volume"]
        named = sorted((library.name, library.id) for library in libraries)
        pickup.choices = [  # type: ignore[attr-defined]
            ("", _("Choose a library")),
            *((str(number), name) for name, number in named),
        ]
        places = {library.id for library in libraries}
        offer_stops(self, stop_choices(places, today))
        self.fields["editions"].choices = editions  # type: ignore[attr-defined]
        if not editions:
            for name in OF_EDITIONS:
                del self.fields[name]
        if not volumes:
            del self.fields["volume"]
            return
        volume.required = volumes.required
        any_copy = _("Choose") if volumes.required else _("Any")
        volume.choices = [  # type: ignore[attr-defined]
            ("", any_copy),
            *((name, name) for name in volumes.names),
        ]

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        check_stop(self, values)
        first, last = values.get("starts_on"), values.get("expires_on")
        if last is not None and last < self.today:
            self.add_error("expires_on", _("This day has gone by."))
        elif last is not None and first is not None and last < first:
            self.add_error("expires_on", _("This day is before the first one."))
        return values

    @property
    def first_fields(self) -> list[forms.BoundField]:
        """What stands above the choice of editions."""
        first = ("key", "back", "volume", "pickup", "stop")
        return [bound for bound in self if bound.name in first]

    @property
    def last_fields(self) -> list[forms.BoundField]:
        """What stands below it."""
        above = {bound.name for bound in self.first_fields}
        return [b for b in self if b.name not in above.union(OF_EDITIONS)]

    @property
    def other_editions(self) -> list[int]:
        """Those that will do besides the title itself, once the form is valid."""
        told = self.cleaned_data
        return list(told["editions"]) if told.get("any_edition") else []

    def wish(self, record_id: int) -> Wish:
        """What was asked for, once the form is valid."""
        told = self.cleaned_data
        return Wish(
            record_id=record_id,
            pickup_library_id=told["pickup"],
            stop_id=told.get("stop"),
            volume=told.get("volume", ""),
            non_urgent=told["non_urgent"],
            starts_on=told["starts_on"],
            expires_on=told["expires_on"],
        )

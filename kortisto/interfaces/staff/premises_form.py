"""The form of a library that works at another address for a time."""

from datetime import date
from typing import Any, Final

from django import forms
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kortisto.domain.catalogue.models import CodedValue, Item
from kortisto.domain.org.actions.calendars import Hours
from kortisto.domain.org.actions.closures import OtherPlace, Plan
from kortisto.domain.org.models import Closure
from kortisto.domain.org.queries import organisation, premises_of
from kortisto.domain.org.rules import Opening, WeeklyOpening
from kortisto.interfaces.staff.calendar_year import (
    hours_words,
    parse_hours,
    weekday_label,
)
from kortisto.interfaces.staff.closure_forms import TEXTS, text_fields
from kortisto.ui.fields import DayField

LIST: Final = CodedValue.List
PLACE: Final = ("street", "postal_code", "city", "phone", "van_note", "left_status")


class PremisesForm(forms.Form):
    """Where one library works, from when to when, and what is otherwise meanwhile."""

    starts_on = DayField(label=gettext_lazy("First day there"))
    ends_on = DayField(label=gettext_lazy("Last day there"))
    street = forms.CharField(label=gettext_lazy("Street address"), max_length=100)
    postal_code = forms.CharField(
        label=gettext_lazy("Postal code"), max_length=10, required=False
    )
    city = forms.CharField(label=gettext_lazy("Town"), max_length=60)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"),
        help_text=gettext_lazy("Empty: the number that the library has."),
        max_length=30,
        required=False,
    )
    text_fi, text_sv, text_en = text_fields()
    van_note = forms.CharField(
        label=gettext_lazy("Where the van stops"),
        help_text=gettext_lazy(
            "For drivers and staff. The times stay those of the rounds."
        ),
        max_length=200,
        required=False,
    )
    left_locations = forms.MultipleChoiceField(
        label=gettext_lazy("Shelves that are left behind"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    left_status = forms.ChoiceField(
        label=gettext_lazy("Items on them are meanwhile"), required=False
    )

    def __init__(
        self, data: Any = None, *, library: int, closure: Closure | None, day: date
    ) -> None:
        super().__init__(data, initial={} if closure is None else _told_of(closure))
        self.library = library
        self.ordinary = organisation().weekly.get(library, ())
        weekly = self.ordinary
        if closure is not None and closure.premises.hours:
            weekly = premises_of(closure, closure.ends_on).weekly
            day = closure.starts_on
        for number in range(7):
            self.fields[f"day{number}"] = forms.CharField(
                label=weekday_label(number),
                required=False,
                max_length=100,
                initial=hours_words(_openings(weekly, number, day)),
            )
        self.fields["left_locations"].choices = _shelves(library)  # type: ignore[attr-defined]
        statuses = CodedValue.objects.filter(list=LIST.NOT_FOR_LOAN).order_by("order")
        self.fields["left_status"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose")),
            *((one.code, one.name) for one in statuses),
        ]

    @override
    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        for number in range(7):
            name = f"day{number}"
            try:
                parse_hours(number, told.get(name, ""))
            except forms.ValidationError as error:
                self.add_error(name, error)
        return told

    @property
    def days(self) -> list[forms.BoundField]:
        """The seven fields of the week."""
        return [self[f"day{number}"] for number in range(7)]

    @property
    def plan(self) -> Plan:
        told = self.cleaned_data
        place = {name: told[name] for name in PLACE}
        return Plan(
            library_ids=(self.library,),
            starts_on=told["starts_on"],
            ends_on=told["ends_on"],
            texts={name[-2:]: told[name] for name in TEXTS},
            premises=OtherPlace(
                hours=self._hours,
                left_locations=tuple(told["left_locations"]),
                **place,
            ),
        )

    @property
    def _hours(self) -> tuple[Hours, ...]:
        """None when they are as in its own house: then they follow changes there."""
        typed = {
            number: parse_hours(number, self.cleaned_data[f"day{number}"])
            for number in range(7)
        }
        first = self.cleaned_data["starts_on"]
        usual = all(
            [(one.opens, one.closes, one.self_service) for one in hours]
            == [
                (one.opens, one.closes, one.self_service)
                for one in _openings(self.ordinary, number, first)
            ]
            for number, hours in typed.items()
        )
        return () if usual else tuple(one for hours in typed.values() for one in hours)


def _openings(
    weekly: tuple[WeeklyOpening, ...], weekday: int, day: date
) -> list[Opening]:
    return sorted(
        one.opening
        for one in weekly
        if one.weekday == weekday
        and one.starts_on <= day
        and (one.ends_on is None or day <= one.ends_on)
    )


def _shelves(library: int) -> list[tuple[str, str]]:
    """The shelving locations of the items there, with how many."""
    names = {
        one.code: one.name for one in CodedValue.objects.filter(list=LIST.LOCATION)
    }
    rows = Item.objects.filter(library=library, location__in=names).order_by("location")
    counted = rows.values_list("location").annotate(items=Count("pk"))
    return [(code, f"{names[code]} ({number})") for code, number in counted]


def _told_of(closure: Closure) -> dict[str, Any]:
    place = closure.premises
    names = ("starts_on", "ends_on", *TEXTS)
    told = {name: getattr(closure, name) for name in names}
    told |= {name: getattr(place, name) for name in PLACE}
    return told | {"left_locations": place.left_locations}

"""The form of a bookmobile's stop: its name, its place, and its timetable."""

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kortisto.domain.org.actions.stops import StopPlan
from kortisto.domain.org.models.stops import LONGEST_CYCLE
from kortisto.domain.org.stops import Call, Stop
from kortisto.interfaces.staff.desk_forms import all_visible
from kortisto.ui.fields import DayField

ROWS: Final = 8  # times of one stop
OF_A_ROW: Final = ("first_on", "every_weeks", "arrives", "leaves", "last_on")


class StopForm(forms.Form):
    """``stop`` None: a new one. A row without a first day is left out."""

    name_fi = forms.CharField(
        label=gettext_lazy("Name in Finnish"), max_length=100, validators=[all_visible]
    )
    name_sv = forms.CharField(
        label=gettext_lazy("Name in Swedish"),
        max_length=100,
        required=False,
        validators=[all_visible],
    )
    name_en = forms.CharField(
        label=gettext_lazy("Name in English"),
        max_length=100,
        required=False,
        validators=[all_visible],
    )
    place = forms.CharField(
        label=gettext_lazy("Where it is found"),
        help_text=gettext_lazy("A street address, or the yard of a school."),
        max_length=200,
        required=False,
        validators=[all_visible],
    )

    def __init__(self, data: Any, *, stop: Stop | None) -> None:
        super().__init__(data, initial=_initial(stop))
        for number in range(ROWS):
            self.fields.update(_row_fields(number))

    @property
    def about(self) -> list[forms.BoundField]:
        """What is asked of the stop itself."""
        return [self[name] for name in ("name_fi", "name_sv", "name_en", "place")]

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        return [[self[name] for name in names] for names in _names()]

    @property
    def plan(self) -> StopPlan:
        """What was said. Only of a form that is valid."""
        told = self.cleaned_data
        names = {code: told[f"name_{code}"] for code in ("fi", "sv", "en")}
        return StopPlan(names=names, place=told["place"], calls=tuple(self._calls()))

    @override
    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        for names in _names():
            first, _every, arrives, leaves, _last = names
            if told.get(first) is None:
                if told.get(arrives) or told.get(leaves):
                    self.add_error(first, _("From which day on does it come?"))
                continue
            for name in (arrives, leaves):
                if told.get(name) is None and name not in self.errors:
                    self.add_error(name, _("At what time?"))
        return told

    def _calls(self) -> Iterator[Call]:
        for names in _names():
            first, every, arrives, leaves, last = (
                self.cleaned_data[name] for name in names
            )
            if first is not None:
                yield Call(first, every or 1, arrives, leaves, last)


def _names() -> list[list[str]]:
    return [[f"{name}_{number}" for name in OF_A_ROW] for number in range(ROWS)]


def _row_fields(number: int) -> dict[str, forms.Field]:
    first, every, arrives, leaves, last = (f"{name}_{number}" for name in OF_A_ROW)
    clock = {"type": "time"}
    return {
        first: DayField(label=_("First time"), required=False),
        every: forms.IntegerField(
            label=_("Every how many weeks"),
            min_value=1,
            max_value=LONGEST_CYCLE,
            required=False,
        ),
        arrives: forms.TimeField(
            label=_("Comes at"),
            required=False,
            widget=forms.TimeInput(attrs=clock, format="%H:%M"),
        ),
        leaves: forms.TimeField(
            label=_("Leaves at"),
            required=False,
            widget=forms.TimeInput(attrs=clock, format="%H:%M"),
        ),
        last: DayField(label=_("Last time"), required=False),
    }


def _initial(stop: Stop | None) -> dict[str, Any]:
    if stop is None:
        return {"every_weeks_0": 2}
    found: dict[str, Any] = {f"name_{code}": name for code, name in stop.names.items()}
    found["place"] = stop.place
    for number, call in enumerate(stop.calls[:ROWS]):
        for name in OF_A_ROW:
            found[f"{name}_{number}"] = getattr(call, name)
    return found

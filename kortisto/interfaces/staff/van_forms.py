"""The form of a van's round: when it drives, and where it calls at what time."""

from collections.abc import Iterator
from datetime import date, time
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kortisto.core.text import whole_number
from kortisto.domain.org.actions.vans import RoundPlan
from kortisto.domain.org.models import VanRound
from kortisto.domain.org.queries import organisation
from kortisto.domain.org.vans import Stop
from kortisto.interfaces.staff.calendar_year import weekday_label
from kortisto.interfaces.staff.item_forms import EurosField
from kortisto.ui.fields import DayField

MOST_STOPS: Final = 40
EMPTY_ROWS: Final = 4
ROWS_OF_A_NEW_ONE: Final = 10
MOST_ITEMS, MOST_KILOMETRES = 20_000, 999
NAMES: Final = ("name_fi", "name_sv", "name_en")
OF_A_STOP: Final = ("library", "at", "kilometres")


class RoundForm(forms.Form):
    """``round_`` None: a new one, which is asked for its code.

    A stop whose library is empty is left out; the times give the order.
    """

    name_fi = forms.CharField(label=gettext_lazy("Name in Finnish"), max_length=100)
    name_sv = forms.CharField(
        label=gettext_lazy("Name in Swedish"), max_length=100, required=False
    )
    name_en = forms.CharField(
        label=gettext_lazy("Name in English"), max_length=100, required=False
    )
    starts_on = DayField(
        label=gettext_lazy("From"),
        help_text=gettext_lazy("From a later day on: until then it stays as it is."),
    )
    ends_on = DayField(
        label=gettext_lazy("To"),
        help_text=gettext_lazy("Included. Empty: until further notice."),
        required=False,
    )
    capacity = forms.IntegerField(
        label=gettext_lazy("Items that a run has room for"),
        min_value=1,
        max_value=MOST_ITEMS,
    )
    run_cents = EurosField(
        label=gettext_lazy("What one run costs, €"),
        help_text=gettext_lazy(
            "Shared by kilometres and room: what an item costs follows from it."
        ),
        required=False,
    )
    handling_cents = EurosField(
        label=gettext_lazy("Loading and unloading one item, €"), required=False
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Drives on"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, data: Any, *, round_: VanRound | None, day: date) -> None:
        self.round = round_
        self.rows = _rows_sent(data) or _rows_for(round_)
        super().__init__(data, initial=_initial(round_, day=day))
        if round_ is None:
            code = forms.CharField(
                label=_("Code"),
                max_length=20,
                help_text=_("It never changes."),
                widget=forms.TextInput(attrs={"autocapitalize": "characters"}),
            )
            self.fields = {"code": code, **self.fields}
        week = [(number, weekday_label(number)) for number in range(7)]
        self.fields["weekdays"].choices = week  # type: ignore[attr-defined]
        libraries = [("", "–"), *((one.id, one.name) for one in _libraries(day))]
        for number in range(self.rows):
            self.fields.update(_stop_fields(number, libraries))

    @property
    def about(self) -> list[forms.BoundField]:
        """What is asked of the round itself."""
        of_stops = {name for names in self._names_of_stops() for name in names}
        return [self[name] for name in self.fields if name not in of_stops]

    @property
    def stop_rows(self) -> list[list[forms.BoundField]]:
        return [[self[name] for name in names] for names in self._names_of_stops()]

    @property
    def plan(self) -> RoundPlan:
        """What was said. Only of a form that is valid."""
        told = self.cleaned_data
        return RoundPlan(
            names={name.removeprefix("name_"): told[name] for name in NAMES},
            weekdays=frozenset(told["weekdays"]),
            capacity=told["capacity"],
            stops=tuple(sorted(self._stops(), key=lambda stop: stop.at)),
            starts_on=told["starts_on"],
            ends_on=told["ends_on"],
            run_cents=told["run_cents"] or 0,
            handling_cents=told["handling_cents"] or 0,
        )

    @override
    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        for library, at, _kilometres in self._names_of_stops():
            has_time = told.get(at) is not None or at in self.errors
            if told.get(library) and not has_time:
                self.add_error(at, _("When does the van call there?"))
            elif told.get(at) is not None and not told.get(library):
                self.add_error(library, _("At which library is the van then?"))
        return told

    def _names_of_stops(self) -> Iterator[list[str]]:
        for number in range(self.rows):
            yield [f"{name}_{number}" for name in OF_A_STOP]

    def _stops(self) -> Iterator[Stop]:
        for names in self._names_of_stops():
            library, at, kilometres = (self.cleaned_data[name] for name in names)
            if library:
                yield Stop(int(library), at, kilometres or 0)


def _libraries(day: date) -> Iterator[Any]:
    yield from organisation().libraries(on=day)


def _rows_sent(data: Any) -> int:
    """How many rows the page had that was sent."""
    return min((whole_number(data.get("rows")) or 0) if data else 0, MOST_STOPS)


def _rows_for(round_: VanRound | None) -> int:
    if round_ is None:
        return ROWS_OF_A_NEW_ONE
    return min(round_.stops.count() + EMPTY_ROWS, MOST_STOPS)


def _stop_fields(number: int, libraries: list[Any]) -> dict[str, forms.Field]:
    library, at, kilometres = (f"{name}_{number}" for name in OF_A_STOP)
    return {
        library: forms.ChoiceField(
            label=_("Library"), choices=libraries, required=False
        ),
        at: forms.TimeField(
            label=_("Time of the stop"),
            required=False,
            input_formats=["%H:%M", "%H.%M", "%H:%M:%S"],
            widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        ),
        kilometres: forms.IntegerField(
            label=_("Kilometres from the stop before"),
            min_value=0,
            max_value=MOST_KILOMETRES,
            required=False,
        ),
    }


def _initial(round_: VanRound | None, *, day: date) -> dict[str, Any]:
    if round_ is None:
        return {"starts_on": day, "weekdays": [0, 1, 2, 3, 4]}
    columns = ("starts_on", "ends_on", "capacity", "run_cents", "handling_cents")
    found = {name: getattr(round_, name) for name in (*NAMES, *columns)}
    found["weekdays"] = [int(one) for one in round_.weekdays]
    for number, stop in enumerate(round_.stops.all()):
        values: tuple[int, time, int] = (
            stop.library_id,
            stop.calls_at,
            stop.kilometres,
        )
        for name, value in zip(OF_A_STOP, values, strict=True):
            found[f"{name}_{number}"] = value
    return found

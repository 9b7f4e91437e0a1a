"""Forms of rotating collections: the round, the day, and what belongs to them."""

from collections.abc import Iterator
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kortisto.core.text import whole_number
from kortisto.domain.distribution.actions.rotating import Stay
from kortisto.domain.distribution.models import RotatingCollection
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.desk_forms import BoxForm
from kortisto.ui.fields import DayField

MOST_STOPS: Final = 40
EMPTY_ROWS: Final = 3
ROWS_OF_A_NEW_ONE: Final = 6
LONGEST_STAY: Final = 730


class RotatingForm(forms.Form):
    """``collection`` None: a new one, which is asked since when it is there.

    Stops without a library are left out; the order of the rows is that of the round.
    """

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    starts_on = DayField(label=gettext_lazy("At the first library from"))

    def __init__(
        self, data: Any, *, collection: RotatingCollection | None, today: date
    ) -> None:
        stays = [] if collection is None else _stays_of(collection)
        sent = whole_number(data.get("rows")) if data else None
        extra = ROWS_OF_A_NEW_ONE if collection is None else len(stays) + EMPTY_ROWS
        self.rows = min(extra if sent is None else sent, MOST_STOPS)
        super().__init__(data, initial=_initial(collection, stays, today=today))
        if collection is not None:
            del self.fields["starts_on"]
        libraries = [
            ("", "–"),
            *((str(one.id), one.name) for one in organisation().libraries(on=today)),
        ]
        for number in range(self.rows):
            self.fields[f"library_{number}"] = forms.ChoiceField(
                label=_("Library"), choices=libraries, required=False
            )
            self.fields[f"days_{number}"] = forms.IntegerField(
                label=_("Days there"),
                min_value=1,
                max_value=LONGEST_STAY,
                required=False,
            )

    @property
    def about(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "starts_on") if name in self.fields]

    @property
    def stop_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        return [
            (self[f"library_{number}"], self[f"days_{number}"])
            for number in range(self.rows)
        ]

    @property
    def stays(self) -> list[Stay]:
        """The round that was told. Only of a form that is valid."""
        return list(self._stays())

    @override
    def clean(self) -> dict[str, Any]:
        told: dict[str, Any] = super().clean() or {}
        for number in range(self.rows):
            library, days = f"library_{number}", f"days_{number}"
            has_days = told.get(days) is not None or days in self.errors
            if told.get(library) and not has_days:
                self.add_error(days, _("How many days does it stay there?"))
        return told

    def _stays(self) -> Iterator[Stay]:
        for number in range(self.rows):
            library = self.cleaned_data.get(f"library_{number}")
            if library:
                yield Stay(int(library), self.cleaned_data[f"days_{number}"])


def _stays_of(collection: RotatingCollection) -> list[Stay]:
    stops = collection.stops.order_by("place")
    return [Stay(one.library_id, one.days) for one in stops]


def _initial(
    collection: RotatingCollection | None, stays: list[Stay], *, today: date
) -> dict[str, Any]:
    if collection is None:
        return {"starts_on": today}
    told: dict[str, Any] = {"name": collection.name}
    for number, stay in enumerate(stays):
        told[f"library_{number}"] = stay.library_id
        told[f"days_{number}"] = stay.days
    return told


class GoesOnForm(forms.Form):
    goes_on = DayField(label=gettext_lazy("Moves on"))


class AddItemsForm(BoxForm):
    """Items that belong to the collection from now on."""

    as_of = None  # type: ignore[assignment]

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["barcodes"].widget.attrs |= {"rows": 4, "autofocus": False}

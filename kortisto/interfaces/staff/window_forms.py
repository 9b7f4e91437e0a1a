"""The days of the past that something is tried on."""

from datetime import date, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from typing_extensions import override

from kortisto.domain.circulation.simulation import LONGEST_DAYS
from kortisto.interfaces.staff.desk_forms import not_after_today
from kortisto.ui.fields import DayField

YEAR: Final = timedelta(days=365)


class WindowForm(forms.Form):
    """From a day until a day, none of them to come; a form says of what they are."""

    first = DayField(validators=[not_after_today])
    last = DayField(validators=[not_after_today])

    def __init__(self, data: Any, *, today: date) -> None:
        start = {"first": today - YEAR, "last": today - timedelta(days=1)}
        super().__init__(data, initial=start)

    @override
    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        first, last = told.get("first"), told.get("last")
        if first and last and last < first:
            self.add_error("last", _("The last day is before the first."))
        elif first and last and (last - first).days > LONGEST_DAYS:
            self.add_error("first", _("Two years at the most."))
        return told

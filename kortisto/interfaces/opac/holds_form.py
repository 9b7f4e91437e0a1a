"""What a patron can change of holds that wait in their queues. It checks shape only."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kortisto.domain.org.tree import Node
from kortisto.ui.fields import DayField


class ChangeHoldsForm(forms.Form):
    """The days of a suspension and a library; ``do`` says which of them is meant."""

    since = DayField(
        label=gettext_lazy("Suspend from"),
        help_text=gettext_lazy("Empty: from today."),
        required=False,
    )
    until = DayField(
        label=gettext_lazy("Suspend until"),
        help_text=gettext_lazy("The last day. Empty: until you resume it."),
        required=False,
    )
    pickup = forms.TypedChoiceField(
        label=gettext_lazy("Pick-up library"),
        coerce=int,
        empty_value=None,
        required=False,
    )

    def __init__(
        self, data: Any = None, *, libraries: Sequence[Node], today: date
    ) -> None:
        super().__init__(data)
        self.today = today
        named = sorted((library.name, library.id) for library in libraries)
        self.fields["pickup"].choices = [  # type: ignore[attr-defined]
            ("", _("Choose a library")),
            *((str(number), name) for name, number in named),
        ]

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        match self.data.get("do"):
            case "suspend":
                self._days(values.get("since"), values.get("until"))
            case "pickup" if "pickup" not in self.errors and not values["pickup"]:
                self.add_error("pickup", _("Choose a library."))
        return values

    def _days(self, since: date | None, until: date | None) -> None:
        if until is None:
            return
        if until < self.today:
            self.add_error("until", _("This day has gone by."))
        elif since is not None and until < since:
            self.add_error("until", _("This day is before the first one."))

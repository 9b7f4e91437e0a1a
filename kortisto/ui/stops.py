"""The field in which somebody chooses where a bookmobile brings a hold."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Choice(Protocol):
    """A stop with its bookmobile, in words."""

    @property
    def id(self) -> int: ...
    @property
    def library_id(self) -> int: ...
    @property
    def label(self) -> str: ...


def stop_field() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=gettext_lazy("Stop of the bookmobile"),
        help_text=gettext_lazy("Only when a bookmobile is the pick-up library."),
        coerce=int,
        required=False,
        empty_value=None,
    )


def offer_stops(form: forms.Form, stops: Sequence[Choice]) -> None:
    """The field is there only when there are stops."""
    if not stops:
        del form.fields["stop"]
        return
    field = form.fields["stop"]
    field.choices = [("", "–"), *((one.id, one.label) for one in stops)]  # type: ignore[attr-defined]
    field.widget.library_of = {one.id: one.library_id for one in stops}


def check_stop(form: forms.Form, told: Mapping[str, Any]) -> None:
    """A bookmobile that has stops is told one of its own, any other library none."""
    if "stop" not in form.fields or told.get("pickup") is None:
        return
    library_of = form.fields["stop"].widget.library_of
    pickup, stop = told["pickup"], told.get("stop")
    if stop is None and pickup in library_of.values():
        form.add_error("stop", _("Choose where the bookmobile stops."))
    elif stop is not None and library_of.get(stop) != pickup:
        form.add_error(
            "stop",
            _("This stop is of another bookmobile than the pick-up library."),
        )

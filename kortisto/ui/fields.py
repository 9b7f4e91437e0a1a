"""Form fields that say what they mean to people who cannot see them."""

from typing import Any

from django.forms import (
    BaseForm,
    BoundField,
    CheckboxInput,
    DateField,
    DateInput,
)
from django.utils.safestring import SafeString

from kortisto.ui.parts import Wrong


class DayField(DateField):
    """A day, chosen or typed."""

    def __init__(self, **kwargs: Any) -> None:
        widget = DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        formats = ["%Y-%m-%d", "%d.%m.%Y"]
        super().__init__(widget=widget, input_formats=formats, **kwargs)


def described(bound: BoundField) -> dict[str, Any]:
    """The widget with its help and errors linked, and the ids that it links to."""
    base = bound.id_for_label or bound.html_name
    help_id = f"{base}-help" if bound.help_text else ""
    error_id = f"{base}-error" if bound.errors else ""
    attributes: dict[str, str | bool] = {}
    if help_id or error_id:
        attributes["aria-describedby"] = f"{error_id} {help_id}".strip()
    if bound.errors:
        attributes["aria-invalid"] = "true"
    widget: SafeString = bound.as_widget(attrs=attributes)
    return {
        "widget": widget,
        "help_id": help_id,
        "error_id": error_id,
        "is_check": isinstance(bound.field.widget, CheckboxInput),
    }


def wrongs_of(form: BaseForm) -> list[Wrong]:
    """What is wrong with a form, in the order of its fields, each named."""
    beside = [
        Wrong(bound.id_for_label, f"{bound.label}: {error}")
        for bound in form
        for error in bound.errors
    ]
    return [*(Wrong("", str(error)) for error in form.non_field_errors()), *beside]

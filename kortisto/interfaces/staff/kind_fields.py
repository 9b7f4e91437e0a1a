"""Form fields for configured values: one for each kind, empty means "inherits"."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from typing_extensions import override

from kortisto.core.values import NO_VALUE, Choice, Kind, Maybe, Words, YesNo


class KindField(forms.CharField):
    """Text that a kind can read; a sentence of the kind when it cannot."""

    def __init__(self, kind: Kind[Any], **kwargs: Any) -> None:
        self.kind = kind
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        super().__init__(required=False, max_length=200, **kwargs)

    @override
    def validate(self, value: Any) -> None:
        super().validate(value)
        if value:
            try:
                self.kind.parse(value)
            except ValueError as error:
                raise ValidationError(str(error)) from error


def kind_field(
    kind: Kind[Any], *, label: Words, help_text: str, empty: str
) -> KindField:
    """The field of a kind. ``empty`` says what an empty one means."""
    choices = choices_of(kind)
    if choices:
        widget: forms.Widget = forms.Select(choices=[("", empty), *choices])
        return KindField(kind, label=label, help_text=help_text, widget=widget)
    if isinstance(kind, Maybe):
        nothing = _("{sign} means: {nothing}.").format(
            sign=NO_VALUE, nothing=kind.nothing
        )
        help_text = f"{help_text} {nothing}".strip()
    return KindField(kind, label=label, help_text=help_text)


def choices_of(kind: Kind[Any]) -> list[tuple[str, str]]:
    """What a kind of few values lets one choose; empty for the others."""
    if isinstance(kind, Maybe):
        inner = choices_of(kind.kind)
        return [(NO_VALUE, str(kind.nothing)), *inner] if inner else []
    if isinstance(kind, YesNo):
        return [("yes", kind.show(True)), ("no", kind.show(False))]  # noqa: FBT003
    if isinstance(kind, Choice):
        return [(value, str(label)) for value, label in kind.choices.items()]
    return []

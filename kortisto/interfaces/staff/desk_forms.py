"""The forms of the desk: days of return, boxes, and what a patron record needs."""

from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kortisto.core.text import ControlCharacters, card_code, visible
from kortisto.ui.fields import DayField

LARGEST_BOX: Final = 500  # items


def not_after_today(day: date) -> None:
    if day > timezone.localdate():
        raise ValidationError(_("The day cannot be in the future."))


def not_before_today(day: date) -> None:
    if day < timezone.localdate():
        raise ValidationError(_("The day cannot be in the past."))


def all_visible(text: str) -> None:
    """For what is pasted from elsewhere, with marks that only machines see."""
    try:
        visible(text)
    except ControlCharacters as error:
        raise ValidationError(str(error)) from error


def code(text: str) -> str:
    """A card or a barcode as it is kept. Raises ValidationError."""
    try:
        return card_code(text)
    except ControlCharacters as error:
        message = _("There are characters here that nobody can see.")
        raise ValidationError(message) from error


class BackdateForm(forms.Form):
    as_of = DayField(
        label=_("Returned on"), required=False, validators=[not_after_today]
    )
    drop = forms.BooleanField(
        label=_("Book drop: as of the last open day"), required=False
    )


class BoxForm(forms.Form):
    """``barcodes`` comes out as a list without repeats, in the order of the box."""

    barcodes = forms.CharField(
        label=_("Barcodes"),
        help_text=_("Scan them one after the other, or paste them: one on each line."),
        widget=forms.Textarea(
            attrs={"rows": 12, "spellcheck": "false", "autofocus": True}
        ),
    )
    as_of = DayField(
        label=_("Returned on"),
        help_text=_("Empty: today."),
        required=False,
        validators=[not_after_today],
    )

    def clean_barcodes(self) -> list[str]:
        lines = self.cleaned_data["barcodes"].split()
        found = list(dict.fromkeys(code(line) for line in lines))
        if len(found) > LARGEST_BOX:
            raise ValidationError(
                _("A box has at most {most} items; here are {count}.").format(
                    most=LARGEST_BOX, count=len(found)
                )
            )
        return found


class LendingBoxForm(BoxForm):
    card = forms.CharField(
        label=_("Card"),
        max_length=30,
        widget=forms.TextInput(attrs={"autofocus": True, "spellcheck": "false"}),
    )
    as_of = None  # type: ignore[assignment]
    field_order = ("card", "barcodes")

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        del self.fields["barcodes"].widget.attrs["autofocus"]

    def clean_card(self) -> str:
        return code(self.cleaned_data["card"])


class PinForm(forms.Form):
    pin = forms.CharField(
        label=_("New PIN"),
        help_text=_("The patron types it, not you."),
        max_length=20,
        widget=forms.PasswordInput(
            attrs={
                "inputmode": "numeric",
                "autocomplete": "new-password",
                "autofocus": True,
            }
        ),
    )

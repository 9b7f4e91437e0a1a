"""Forms in which patrons change what is known of them. They check shape only."""

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kortisto.domain.patrons.hold_identifiers import LONGEST
from kortisto.domain.patrons.reasons import Unfit
from kortisto.interfaces.opac.contact_form import line


def secret(label: Any, autocomplete: str) -> forms.CharField:
    """A PIN that is typed."""
    return forms.CharField(
        label=label,
        max_length=40,
        widget=forms.PasswordInput(
            attrs={"autocomplete": autocomplete, "inputmode": "numeric"}
        ),
    )


class NewPinForm(forms.Form):
    """A new PIN, twice."""

    new = secret(gettext_lazy("New PIN"), "new-password")
    again = secret(gettext_lazy("New PIN again"), "new-password")

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("new") != values.get("again"):
            self.add_error("again", _("The two new PINs are not the same."))
        return values


class PinForm(NewPinForm):
    old = secret(gettext_lazy("PIN now"), "current-password")

    field_order = ("old", "new", "again")


class HoldIdentifierForm(forms.Form):
    hold_identifier = forms.CharField(
        label=gettext_lazy("New hold identifier"),
        max_length=LONGEST * 2,
        help_text=gettext_lazy(
            "Digits, letters from A to Ö, hyphens and spaces. Not your name: everybody "
            "sees it on the hold shelf."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


class SmsForm(forms.Form):
    """Where text messages go: after the phone, or to a number of their own (S31)."""

    FOLLOW: Final = "phone"
    OTHER: Final = "other"

    where = forms.ChoiceField(
        label=gettext_lazy("Text messages go to"),
        choices=(
            (FOLLOW, gettext_lazy("my phone number")),
            (OTHER, gettext_lazy("another number")),
        ),
        widget=forms.RadioSelect,
    )
    sms_number = line(gettext_lazy("Another number"), "off", kind="tel")

    @override
    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if values.get("where") == self.OTHER and not values.get("sms_number"):
            self.add_error(
                "sms_number", _("Type the number to which text messages should go.")
            )
        return values

    @property
    def number(self) -> str | None:
        """The number of its own; None when messages follow the phone."""
        if self.cleaned_data["where"] == self.FOLLOW:
            return None
        number: str = self.cleaned_data["sms_number"]
        return number


def put_errors(
    form: forms.Form, unfit: Unfit, *, called: Mapping[str, str] | None = None
) -> None:
    """Each sentence beside its field; one that has none here, above the form.

    ``called`` says how this form calls a field of the record.
    """
    for field, sentence in unfit.errors:
        name = (called or {}).get(field or "", field)
        form.add_error(name if name in form.fields else None, sentence)

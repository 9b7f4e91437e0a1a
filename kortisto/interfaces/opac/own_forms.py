"""Forms in which patrons change what is known of them. They check shape only."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kortisto.domain.patrons.hold_identifiers import LONGEST
from kortisto.domain.patrons.reasons import Unfit

PHONE: Final = "+358"  # how a Finnish number begins when it is kept


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


def _line(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    kind = more.pop("kind", "text")
    widget = forms.TextInput(attrs={"autocomplete": autocomplete, "type": kind})
    return forms.CharField(
        label=label, required=False, max_length=200, widget=widget, **more
    )


class ContactForm(forms.Form):
    """How the library reaches me; what each field may hold is decided by the domain."""

    called_name = _line(
        gettext_lazy("Called name"),
        "nickname",
        help_text=gettext_lazy("Used in messages instead of your first names."),
    )
    phone = _line(gettext_lazy("Phone"), "tel", kind="tel")
    second_phone = _line(gettext_lazy("Second phone"), "off", kind="tel")
    email = _line(gettext_lazy("E-mail"), "email", kind="email")
    second_email = _line(gettext_lazy("Second e-mail"), "off", kind="email")
    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=0)


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
    sms_number = _line(gettext_lazy("Another number"), "off", kind="tel")

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


def put_errors(form: forms.Form, unfit: Unfit) -> None:
    """Each sentence beside its field; one that has none here, above the form."""
    for field, sentence in unfit.errors:
        form.add_error(field if field in form.fields else None, sentence)

"""The forms before and around the work: log in, workplace, own account."""

from collections.abc import Sequence

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from kortisto.core.refusals import Refused
from kortisto.domain.org.passwords import LEAST_LENGTH


def add_refusals(form: forms.Form, refused: Refused, field: str | None = None) -> None:
    """Show every reason at a field, at the one it names itself, or above the form."""
    for refusal in refused.refusals:
        named = str(refusal.facts.get("field", ""))
        own = named if named in form.fields else None
        form.add_error(field or own, refusal.message)


class LogInForm(forms.Form):
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "username",
                "autocapitalize": "none",
                "autofocus": True,
            }
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        help_text=_("Six digits from your authenticator application."),
        max_length=10,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "autofocus": True,
            }
        ),
    )


class WorkplaceForm(forms.Form):
    """``place`` is ``library`` or ``library:desk``, ids."""

    place = forms.ChoiceField(
        label=_("Library and desk"), widget=forms.Select(attrs={"autofocus": True})
    )
    confirmed = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: object = None, *, places: Sequence[object], initial: str = ""
    ) -> None:
        super().__init__(data, initial={"place": initial})  # type: ignore[arg-type]
        self.fields["place"].choices = list(places)  # type: ignore[attr-defined]


class PasswordForm(forms.Form):
    old = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        help_text=_(
            "At least {least} characters. Several words in a row are easy to remember."
        ),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, data: object = None) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        told = str(self.fields["new"].help_text)
        self.fields["new"].help_text = told.format(least=LEAST_LENGTH)


class LanguageForm(forms.Form):
    language = forms.ChoiceField(choices=settings.LANGUAGES)

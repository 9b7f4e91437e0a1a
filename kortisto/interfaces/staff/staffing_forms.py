"""Forms of staff accounts and roles."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.permissions import Permission, all_permissions, permission
from kortisto.domain.org.models import Role, Staff
from kortisto.domain.org.passwords import LEAST_LENGTH
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.calendar_forms import in_order
from kortisto.ui.fields import DayField


def unit_choices() -> list[tuple[Any, str]]:
    """Every unit but desks and machines; the tree by indenting."""
    return [
        (node.id, f"{'· ' * (len(node.path) - 1)}{node.name}")
        for node in in_order(organisation())
        if node.kind not in {"desk", "device"}
    ]


class UnitField(forms.TypedChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(coerce=int, choices=unit_choices, **kwargs)


class AccountForm(forms.Form):
    """What of an account can be changed later."""

    full_name = forms.CharField(label=gettext_lazy("Name"), max_length=100)
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    phone = forms.CharField(
        label=gettext_lazy("Telephone"), max_length=30, required=False
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"), choices=settings.LANGUAGES
    )
    home_library_id = UnitField(
        label=gettext_lazy("Home unit"),
        help_text=gettext_lazy("It says who manages the account."),
    )


class _Password(forms.CharField):
    def __init__(self) -> None:
        super().__init__(
            label=gettext_lazy("First password"),
            strip=False,
            widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        )


class NewAccountForm(AccountForm):
    username = forms.CharField(label=gettext_lazy("User name"), max_length=60)
    password = _Password()

    field_order = ("username", "full_name", "password")

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["password"].help_text = _(
            "At least {least} characters; the person changes it at the first log-in."
        ).format(least=LEAST_LENGTH)


class PasswordForm(forms.Form):
    password = _Password()


class GrantForm(forms.Form):
    role = forms.ChoiceField(label=gettext_lazy("Role"))
    unit_id = UnitField(
        label=gettext_lazy("At"), help_text=gettext_lazy("And everything below it.")
    )
    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(
        label=gettext_lazy("To"),
        help_text=gettext_lazy("Included. Empty: until further notice."),
        required=False,
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        roles = [(role.code, role.name) for role in Role.objects.order_by("name_fi")]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]


class WhyForm(forms.Form):
    """Which permission, where."""

    permission = forms.ChoiceField(label=gettext_lazy("May do"))
    at = UnitField(label=gettext_lazy("At"))

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        known = [(one.value, str(one.label)) for one in all_permissions()]
        self.fields["permission"].choices = known  # type: ignore[attr-defined]

    @property
    def asked(self) -> Permission:
        return permission(self.cleaned_data["permission"])


class CopyForm(forms.Form):
    source = forms.CharField(
        label=gettext_lazy("Give the same roles as"),
        help_text=gettext_lazy("The other person's user name."),
        max_length=60,
    )

    def clean_source(self) -> Staff:
        name = self.cleaned_data["source"].strip().lower()
        found = Staff.objects.filter(username=name).first()
        if found is None:
            raise forms.ValidationError(_("There is no such user name."))
        return found

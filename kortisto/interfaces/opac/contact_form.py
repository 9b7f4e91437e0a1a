"""The form of names and contact details; what each may hold is decided elsewhere."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.contacts import readable_number
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.queries import terms_of
from kortisto.domain.patrons.rules import Part, parts_of_form
from kortisto.domain.patrons.settings import ADDRESS_FIELDS, AT_ONCE

NUMBERS: Final = ("phone", "second_phone")
LONGEST: Final = 200  # characters that are read; the columns have their own ends


def line(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    """A line of text. ``kind`` is the type of the input."""
    kind = more.pop("kind", "text")
    widget = forms.TextInput(attrs={"autocomplete": autocomplete, "type": kind})
    return forms.CharField(
        label=label, required=False, max_length=LONGEST, widget=widget, **more
    )


class ContactForm(forms.Form):
    """Each field carries what it showed at first, so that only changes are asked for.

    An organisation has one name; a protected address is changed at a library only.
    """

    called_name = line(
        gettext_lazy("Called name"),
        "nickname",
        help_text=gettext_lazy("Used in messages instead of the first names."),
    )
    phone = line(gettext_lazy("Phone"), "tel", kind="tel")
    second_phone = line(gettext_lazy("Second phone"), "off", kind="tel")
    email = line(gettext_lazy("E-mail"), "email", kind="email")
    second_email = line(gettext_lazy("Second e-mail"), "off", kind="email")
    first_names = line(gettext_lazy("First names"), "given-name")
    surname = line(gettext_lazy("Surname"), "family-name")
    street = line(gettext_lazy("Street address"), "street-address")
    postal_code = line(gettext_lazy("Postal code"), "postal-code")
    city = line(gettext_lazy("Town"), "address-level2")
    country = line(gettext_lazy("Country"), "country-name")
    second_street = line(gettext_lazy("Second street address"), "off")
    second_postal_code = line(gettext_lazy("Second postal code"), "off")
    second_city = line(gettext_lazy("Second town"), "off")
    second_from_on = line(
        gettext_lazy("At the second address from"), "off", kind="date"
    )
    second_until_on = line(
        gettext_lazy("At the second address until"), "off", kind="date"
    )

    def __init__(
        self, patron: Patron, data: Any = None, *, waiting: Collection[str] = ()
    ) -> None:
        super().__init__(data, initial=held(patron, self.base_fields))
        if Part.NAME not in parts_of_form(terms_of(patron.category)):
            del self.fields["first_names"], self.fields["called_name"]
            self.fields["surname"].label = _("Name")
        if patron.is_protected:
            for name in ADDRESS_FIELDS:
                self.fields.pop(name, None)
        self.fields["surname"].required = True
        tree, home = organisation(), patron.home_library_id
        self._at_once = {
            name for name in self.fields if tree.setting(AT_ONCE[name], home).value
        }
        for name, field in self.fields.items():
            field.show_hidden_initial = True
            if name in waiting:
                field.help_text = _("You have asked for a change of this already.")

    @property
    def changes(self) -> dict[str, Any]:
        """What is not as it was when the form was opened."""
        return {name: self.cleaned_data[name] for name in self.changed_data}

    @property
    def seen(self) -> dict[str, str]:
        """What the form showed when it was opened."""
        return {
            bound.name: self.data.get(bound.html_initial_name, "") for bound in self
        }

    @property
    def initials(self) -> list[SafeString]:
        """Hidden inputs that bring along what the form showed."""
        return [bound.as_hidden(only_initial=True) for bound in self]

    @property
    def parts(self) -> list["PartOfForm"]:
        """What takes effect at once, and what the library looks at first."""
        at_once = [bound for bound in self if bound.name in self._at_once]
        later = [bound for bound in self if bound.name not in self._at_once]
        return [part_of(bounds) for bounds in (at_once, later)]


@dataclass(frozen=True, slots=True)
class PartOfForm:
    """Fields of one fate; a second phone, e-mail or address is folded away."""

    main: list[forms.BoundField]
    second: list[forms.BoundField]

    @property
    def label(self) -> str:
        """What is folded away: the settings decide what stands in which part."""
        addressed = {bound.name in ADDRESS_FIELDS for bound in self.second}
        if addressed == {True}:
            return _("A second address")
        if addressed == {False}:
            return _("A second phone or e-mail")
        return _("A second phone, e-mail or address")


def part_of(bounds: list[forms.BoundField]) -> PartOfForm:
    second = [bound for bound in bounds if bound.name.startswith("second_")]
    return PartOfForm([one for one in bounds if one not in second], second)


def held(patron: Patron, names: Collection[str]) -> dict[str, str]:
    """What the record holds, as people write it."""
    values = {name: getattr(patron, name) for name in names}
    return {
        name: readable_number(value) if name in NUMBERS else _text(value)
        for name, value in values.items()
    }


def _text(value: object) -> str:
    return "" if value is None else str(value)

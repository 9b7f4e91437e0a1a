"""The form of a patron's record: its parts, which of them a category shows (PAT-4).

What may be written in a field is decided by the domain; the form checks only that a
date is a date, and keeps whatever was typed.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.conf import settings
from django.forms import BoundField
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.fields import EDITABLE, TELL_WHERE, longest
from kortisto.domain.patrons.models import Patron, PatronCategory
from kortisto.domain.patrons.queries import terms_of
from kortisto.domain.patrons.rules import Part, parts_of_form
from kortisto.ui.fields import DayField

ADDRESS: Final = ("street", "postal_code", "city", "country")
SECOND: Final = (
    *(f"second_{name}" for name in ADDRESS),
    "second_from_on",
    "second_until_on",
)
PROTECTED_NAMES: Final = (*ADDRESS, *SECOND)
DAYS: Final = frozenset(name for name in EDITABLE if name.endswith("_on"))
FLAGS: Final = frozenset(
    {"check_address", "check_phone", "check_email", "card_lost", "is_protected"}
)
REQUIRED: Final = frozenset({"surname", "hold_identifier", "expires_on"})
TYPES: Final = {
    "phone": "tel",
    "second_phone": "tel",
    "sms_number": "tel",
    "email": "email",
    "second_email": "email",
}
LABELS: Final[Mapping[str, Promise]] = {"surname": _("Surname or organisation")}
HELP: Final[Mapping[str, Promise]] = {
    "sms_number": _("Empty: the phone."),
}
PARTS: Final[Mapping[str, Part]] = {
    "first_names": Part.NAME,
    "called_name": Part.NAME,
    "born_on": Part.BIRTH,
    "business_id": Part.BUSINESS,
    "contact_person": Part.BUSINESS,
    "hold_identifier": Part.LOG_IN,
    "sms_number": Part.MESSAGES,
    "history": Part.LOG_IN,
    "card_lost": Part.CARD,
    "expires_on": Part.CARD,
}
"""The part that a field belongs to; what is not here is in every form."""


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading; ``folded``: closed while there is nothing in them."""

    key: str
    title: str | Promise
    names: tuple[str, ...]
    folded: bool = False


GROUPS: Final = (
    Group(
        "who",
        _("Who it is"),
        (
            "category",
            "surname",
            "first_names",
            "called_name",
            "born_on",
            "business_id",
            "contact_person",
            "home_library",
            "language",
            "hold_identifier",
        ),
    ),
    Group(
        "contact",
        _("Contact"),
        (
            "phone",
            "second_phone",
            "sms_number",
            "check_phone",
            "email",
            "second_email",
            "check_email",
        ),
    ),
    Group("address", _("Address"), (*ADDRESS, "check_address")),
    Group("second", _("Second address"), SECOND, folded=True),
    Group(
        "membership",
        _("Card and loans"),
        ("expires_on", "terms_accepted_on", "history", "card_lost"),
    ),
    Group(
        "rare",
        _("Protection and death"),
        ("is_protected", "protected_until_on", "died_on"),
        folded=True,
    ),
)


@dataclass(frozen=True, slots=True)
class ShownField:
    """A field as the page draws it. ``hidden``: the category has no such part now."""

    bound: BoundField
    part: str
    hidden: bool


@dataclass(frozen=True, slots=True)
class ShownGroup:
    key: str
    title: str | Promise
    fields: Sequence[ShownField]
    folded: bool
    open: bool


class RecordForm(forms.Form):
    """Fields of one patron. ``edition`` tells what the form was opened on."""

    edition = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(
        self,
        data: Any = None,
        *,
        patron: Patron,
        names: Sequence[str] = tuple(EDITABLE),
    ) -> None:
        super().__init__(data, initial=_initial(patron))
        self.patron = patron
        categories = list(PatronCategory.objects.order_by("pk"))
        self._parts = {one.code: parts_of_form(terms_of(one)) for one in categories}
        for name in names:
            self.fields[name] = _field(name)
        if "surname" in names:
            self.fields["surname"].widget.attrs["autofocus"] = True
            self.fields["category"] = _categories(categories)
        if "street" in names:
            self.fields["home_library"] = _libraries()

    @property
    def parts_as_json(self) -> str:
        """For the script: which parts each category has."""
        return json.dumps({code: sorted(parts) for code, parts in self._parts.items()})

    @property
    def groups(self) -> Iterator[ShownGroup]:
        """What is to be drawn, in its order; a group without fields is left out."""
        shown = self._shown_parts()
        for group in GROUPS:
            fields = [
                self._shown(name, shown) for name in group.names if name in self.fields
            ]
            if fields:
                filled = any(one.bound.value() or one.bound.errors for one in fields)
                yield ShownGroup(
                    group.key, group.title, fields, group.folded, open=filled
                )

    def values(self) -> dict[str, Any]:
        """What was sent, of the parts that the chosen category has.

        A box without a tick is not sent by a browser, so it is read as it stands; any
        other field that was not sent stays as it is.
        """
        shown = self._shown_parts()
        return {
            name: self.cleaned_data[name]
            for name in self.fields
            if name != "edition"
            and (name in FLAGS or name in self.data)
            and self._in(name, shown)
        }

    def _shown_parts(self) -> frozenset[Part]:
        chosen = self.data.get("category") or self.patron.category.code
        return self._parts.get(chosen, frozenset(Part))

    def _in(self, name: str, shown: frozenset[Part]) -> bool:
        return PARTS.get(name) is None or PARTS[name] in shown

    def _shown(self, name: str, shown: frozenset[Part]) -> ShownField:
        part = PARTS.get(name)
        return ShownField(self[name], part or "", hidden=not self._in(name, shown))


def names_for(patron: Patron, *, may_lift: bool) -> tuple[str, ...]:
    """The fields of the ordinary form.

    Of a protected person neither the address nor the home library is among them, and
    the protection itself only for those who may see what it hides (GDP-5).
    """
    left_out: set[str] = set()
    if patron.is_protected:
        left_out |= TELL_WHERE
        if not may_lift:
            left_out.add("is_protected")
    return tuple(name for name in EDITABLE if name not in left_out)


def _initial(patron: Patron) -> dict[str, Any]:
    held = {name: getattr(patron, name) for name in EDITABLE}
    return {
        **held,
        "sms_number": patron.sms_number or "",
        "category": patron.category.code,
        "home_library": patron.home_library_id,
        "edition": patron.edition,
    }


def _field(name: str) -> forms.Field:
    """A field that takes what is typed; whether it is right, the domain knows."""
    label = str(LABELS.get(name, EDITABLE[name].label))
    help_text = str(HELP.get(name, ""))
    required = name in REQUIRED
    if name in FLAGS:
        return forms.BooleanField(label=label, required=False)
    if name in DAYS:
        return DayField(label=label, required=required)
    if name == "language":
        return forms.ChoiceField(label=label, choices=settings.LANGUAGES)
    if name == "history":
        return forms.ChoiceField(label=label, choices=Patron.History.choices)
    attrs: dict[str, Any] = {"autocomplete": "off", "spellcheck": "false"}
    attrs["type"] = TYPES.get(name, "text")
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=required,
        max_length=longest(Patron, name),
        widget=forms.TextInput(attrs=attrs),
    )


def _categories(categories: Sequence[PatronCategory]) -> forms.ChoiceField:
    choices = [(each.code, each.name) for each in categories]
    return forms.ChoiceField(label=_("Category"), choices=choices)


def _libraries() -> forms.TypedChoiceField:
    today = timezone.localdate()
    choices = [(one.id, one.name) for one in organisation().libraries(on=today)]
    return forms.TypedChoiceField(label=_("Home library"), coerce=int, choices=choices)

"""The form of an item: what staff may set by hand."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from kortisto.core import money
from kortisto.domain.catalogue.item_changes import LISTS
from kortisto.domain.catalogue.models import Item
from kortisto.domain.catalogue.queries import item_types
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.catalogue_words import FIELD_WORDS, choices_of
from kortisto.ui.fields import DayField

PLAIN: Final = (
    "barcode",
    "call_number",
    "enumchron",
    "copy_number",
    "parts",
    "parts_note",
    "public_note",
    "staff_note",
    "acquired_on",
    "old_stock",
    "price_cents",
    "replacement_price_cents",
)
CODED: Final = (
    "location",
    "sub_location",
    "collection",
    "not_for_loan",
    "damaged",
    "lost",
    "withdrawn",
)


class EurosField(forms.CharField):
    """Typed in euros, kept in cents; empty is None."""

    @override
    def to_python(self, value: Any) -> Any:
        text = super().to_python(value)
        if not text:
            return None
        try:
            return money.cents(text)
        except ValueError as error:
            message = _("Write the amount in euros, like 12,50.")
            raise ValidationError(message) from error

    @override
    def prepare_value(self, value: Any) -> Any:
        if isinstance(value, int):
            return f"{value // 100},{value % 100:02d}"
        return value


class ItemForm(forms.Form):
    """``values`` are those of ``ItemDetails``: what the actions take."""

    barcode = forms.CharField(label=_("Barcode"), max_length=30)
    home_library_id = forms.TypedChoiceField(label=_("Home library"), coerce=int)
    library_id = forms.TypedChoiceField(
        label=_("Where it is now"), coerce=int, required=False, empty_value=None
    )
    item_type_id = forms.TypedChoiceField(
        label=_("Type"), help_text=_("It decides the lending rules."), coerce=int
    )
    call_number = forms.CharField(label=_("Call number"), max_length=80, required=False)
    enumchron = forms.CharField(
        label=_("Issue or volume"), max_length=80, required=False
    )
    copy_number = forms.CharField(label=_("Copy number"), max_length=20, required=False)
    parts = forms.IntegerField(label=_("Parts to count"), min_value=1, initial=1)
    parts_note = forms.CharField(
        label=_("What the parts are"), max_length=200, required=False
    )
    public_note = forms.CharField(
        label=_("Note for everybody"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    staff_note = forms.CharField(
        label=_("Note for staff"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    acquired_on = DayField(label=_("Acquired on"), required=False)
    old_stock = forms.BooleanField(
        label=_("Old item, not for the statistics of acquisitions"), required=False
    )
    price_cents = EurosField(label=_("Price, €"), required=False)
    replacement_price_cents = EurosField(
        label=_("Replacement price, €"),
        help_text=_("What is charged when it is lost."),
        required=False,
    )
    changed_at = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, item: Item | None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self._explain_acquiring(is_new=item is None)
        libraries = [(one.id, one.name) for one in organisation().libraries()]
        self._choose("home_library_id", libraries)
        self._choose("library_id", [("", _("At home")), *libraries])
        self._choose("item_type_id", [(one.pk, one.name) for one in item_types()])
        for name in CODED:
            now = "" if item is None else getattr(item, name)
            choices = choices_of(LISTS[name], now=now)
            label = FIELD_WORDS[name][1]
            self.fields[name] = forms.ChoiceField(
                label=label, choices=choices, required=False
            )

    def _explain_acquiring(self, *, is_new: bool) -> None:
        """A tick that stands from the item before must not go unseen."""
        self.fields["acquired_on"].help_text = (
            _("Empty: today. The day of an old item stays unknown.")
            if is_new
            else _("Empty: not known.")
        )
        self.fields["old_stock"].help_text = (
            _("Ticked, because the last item that you added today was old.")
            if is_new and self.initial.get("old_stock")
            else _("Old, but new to the register: found or catalogued late.")
        )

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    @property
    def values(self) -> dict[str, Any]:
        """What was typed; where the item is, only when it was said."""
        values = dict(self.cleaned_data)
        values.pop("changed_at", None)
        if values["library_id"] is None:
            del values["library_id"]
        return values


def initial_of(item: Item) -> dict[str, Any]:
    columns = (*PLAIN, *CODED, "home_library_id", "library_id", "item_type_id")
    told = {name: getattr(item, name) for name in columns}
    return {**told, "changed_at": item.changed_at.isoformat()}

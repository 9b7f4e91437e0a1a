"""Forms of what is lost, damaged or missing."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.claims import LONGEST_NOTE
from kortisto.domain.circulation.actions.losing import (
    Compensation,
    replacement_price,
)
from kortisto.domain.circulation.losses import DAMAGED_OF, marks_for
from kortisto.interfaces.staff.desk_forms import all_visible
from kortisto.interfaces.staff.item_forms import EurosField

LOST: Final = "lost"
DAMAGED: Final = "damaged"


class LossForm(forms.Form):
    """``open``: the loan goes on, so the item can be lost as well as damaged."""

    what = forms.ChoiceField(
        label=_("What has happened"),
        choices=[(LOST, _("The patron has lost it")), (DAMAGED, _("It is damaged"))],
    )
    cents = EurosField(
        label=_("Replacement charge, €"),
        help_text=_("Empty: nothing is charged."),
        required=False,
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=_("It stands beside the charge."),
        max_length=LONGEST_NOTE,
        required=False,
        validators=[all_visible],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, item: Item, is_open: bool) -> None:
        price = replacement_price(item)
        super().__init__(data, initial={"cents": price}, prefix="loss")
        if not is_open:
            self.fields["what"].choices = [(DAMAGED, _("It is damaged"))]  # type: ignore[attr-defined]
        if price is None:
            self.fields["cents"].help_text = _(
                "The item has no price. Empty: nothing is charged."
            )

    @property
    def cost(self) -> Compensation:
        cents = self.cleaned_data["cents"] or 0
        return Compensation(cents=cents, note=self.cleaned_data["note"])


class MarkForm(forms.Form):
    """What can be said of an item as it is now; of one on loan only that it broke."""

    mark = forms.ChoiceField(label=_("How it is"))

    def __init__(self, data: Any = None, *, item: Item, is_lent: bool) -> None:
        super().__init__(data)
        marks = (
            list(DAMAGED_OF) if is_lent else list(marks_for(item.lost, item.damaged))
        )
        choices = [(mark.value, mark.label) for mark in marks]
        self.fields["mark"].choices = choices  # type: ignore[attr-defined]

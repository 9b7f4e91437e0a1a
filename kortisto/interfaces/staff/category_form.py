"""The form of a patron category: its fields with their meaning, in groups (PAT-20)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.values import YesNo
from kortisto.domain.org.models import LibraryGroup
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.actions.categories import NAMES, CategoryTold
from kortisto.domain.patrons.category_fields import (
    CARD,
    CHARGES,
    FIELDS,
    LENDING,
    MESSAGES,
    MONTHS,
    OTHER_PARTS,
    PIN,
    WHO,
    CategoryField,
)
from kortisto.domain.patrons.models import CardValidity, PatronCategory
from kortisto.domain.patrons.reasons import Unfit
from kortisto.domain.patrons.rules import Tick
from kortisto.interfaces.staff.calendar_forms import in_order
from kortisto.interfaces.staff.kind_fields import choices_of, kind_field
from kortisto.ui.parts import Wrong

TABLE: Final = "messages-table"
VALIDITY: Final = "validity-"


@dataclass(frozen=True, slots=True)
class Group:
    """Fields under one heading; ``folded`` while there is nothing in them."""

    key: str
    title: str | Promise
    fields: Sequence[BoundField]
    folded: bool = False

    @property
    def open(self) -> bool:
        return any(one.value() or one.errors for one in self.fields)


class CategoryForm(forms.Form):
    """``category`` None: a new one, which is asked for its code."""

    def __init__(self, data: Any, *, category: PatronCategory | None) -> None:
        self.category = category
        super().__init__(data, initial=_initial(category))
        if category is None:
            self.fields["code"] = forms.CharField(
                label=_("Code"), max_length=20, help_text=_("It never changes.")
            )
        for name in NAMES:
            self.fields[name] = forms.CharField(
                label=str(OTHER_PARTS[name]), max_length=200, required=name == "name_fi"
            )
        for name, one in FIELDS.items():
            self.fields[name] = _field(one)
        self.fields["next_category"] = _next(category)
        self.fields["units"] = _units()
        for group in LibraryGroup.objects.order_by("code"):
            self.fields[f"{VALIDITY}{group.pk}"] = kind_field(
                MONTHS, label=group.name, help_text="", empty=""
            )

    @property
    def groups(self) -> Iterator[Group]:
        """The fields as the page draws them."""
        code = [] if self.category else ["code"]
        yield self._group("name", _("Name"), [*code, *NAMES])
        yield self._group("who", _("Who it is for"), [*WHO, "next_category"])
        yield self._group("card", _("Card"), CARD)
        yield self._group("lending", _("Lending"), LENDING)
        yield self._group("charges", _("Charges and borrowing"), CHARGES)
        yield self._group("pin", _("PIN"), PIN)
        yield self._group("places", OTHER_PARTS["units"], ["units"], folded=True)
        names = [name for name in self.fields if name.startswith(VALIDITY)]
        if names:
            title = OTHER_PARTS["validities"]
            yield self._group("validities", title, names, folded=True)

    @property
    def of_messages(self) -> Group:
        """Drawn last, above the table of ticks."""
        return self._group("messages", _("Messages"), MESSAGES)

    def _group(
        self, key: str, title: Any, names: Any, *, folded: bool = False
    ) -> Group:
        return Group(key, title, [self[name] for name in names], folded)

    def told(self, ticks: frozenset[Tick]) -> CategoryTold:
        """What was decided. Only of a form that is valid."""
        data = self.cleaned_data
        return CategoryTold(
            names={name: data[name] for name in NAMES},
            values={name: _value(one, data[name]) for name, one in FIELDS.items()},
            next_category=data["next_category"],
            units=frozenset(data["units"]),
            validities={
                int(name.removeprefix(VALIDITY)): MONTHS.parse(text)
                for name, text in data.items()
                if name.startswith(VALIDITY) and text
            },
            ticks=ticks,
        )

    def show_why(self, unfit: Unfit) -> list[Wrong]:
        """Sentences beside their fields; those about ticks lead to the table."""
        table = []
        for field, sentence in unfit.errors:
            if field is None or field in self.fields:
                self.add_error(field, sentence)
            else:
                table.append(Wrong(TABLE, sentence))
        return table


def _field(one: CategoryField) -> forms.Field:
    if isinstance(one.kind, YesNo):
        return forms.BooleanField(
            label=str(one.title), help_text=str(one.help), required=False
        )
    help_text = str(one.help)
    if one.may_be_empty:
        means = _("Empty: {meaning}.").format(meaning=one.empty)
        help_text = f"{help_text} {means}"
    field = kind_field(
        one.kind, label=one.title, help_text=help_text, empty=str(one.empty)
    )
    field.required = not one.may_be_empty
    if field.required:
        field.widget.choices = choices_of(one.kind)
    return field


def _value(one: CategoryField, typed: Any) -> Any:
    """What the column holds; nothing is NULL, or no letters in a column of letters."""
    if isinstance(one.kind, YesNo):
        return bool(typed)
    if typed:
        return one.kind.parse(typed)
    return "" if one.kind.widget == "choice" else None


def _next(category: PatronCategory | None) -> forms.ChoiceField:
    others = PatronCategory.objects.order_by("pk")
    if category is not None:
        others = others.exclude(pk=category.pk)
    return forms.ChoiceField(
        label=str(OTHER_PARTS["next_category"]),
        help_text=_("The night after the oldest age patrons get this one."),
        choices=[("", _("none")), *((each.code, each.name) for each in others)],
        required=False,
    )


def _units() -> forms.TypedMultipleChoiceField:
    choices = [
        (node.id, f"{'· ' * (len(node.path) - 1)}{node.name}")
        for node in in_order(organisation())
    ]
    return forms.TypedMultipleChoiceField(
        label=gettext_lazy("Libraries and what is above them"),
        help_text=_(
            "A patron may be in the category when the home library is one of these or "
            "below one. Borrowing is not limited by it. None ticked: everybody's."
        ),
        choices=choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )


def _initial(category: PatronCategory | None) -> dict[str, Any]:
    shown = category or PatronCategory()
    initial: dict[str, Any] = {name: getattr(shown, name) for name in NAMES}
    for name, one in FIELDS.items():
        held = getattr(shown, name)
        if isinstance(one.kind, YesNo):
            initial[name] = held
        else:
            initial[name] = "" if held in (None, "") else one.kind.typed(held)
    if category is not None:
        following = category.next_category
        initial["next_category"] = "" if following is None else following.code
        initial["units"] = list(category.units.values_list("pk", flat=True))
        rows = CardValidity.objects.filter(category=category)
        for group, months in rows.values_list("group_id", "months"):
            initial[f"{VALIDITY}{group}"] = str(months)
    return initial

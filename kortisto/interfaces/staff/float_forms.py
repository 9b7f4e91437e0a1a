"""Forms about floating: what to look at, limits, and what is tried on past returns."""

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.actors import Actor
from kortisto.domain.catalogue.models import CodedValue, ItemType
from kortisto.domain.circulation.balancing import LEAST
from kortisto.domain.circulation.float_simulation import FloatTrial
from kortisto.domain.distribution.actions.limiting import OVER_LIBRARIES
from kortisto.domain.distribution.permissions import DistributionPermission
from kortisto.domain.org.models import LibraryGroup
from kortisto.domain.org.queries import Node, organisation
from kortisto.interfaces.staff.catalogue_words import choices_of
from kortisto.interfaces.staff.closure_forms import libraries_in
from kortisto.interfaces.staff.window_forms import WindowForm

MOST: Final = 100_000
MOST_OF_A_BOX: Final = 1000


class KindFields(forms.Form):
    """An item type and a collection, or all of them."""

    item_type = forms.ModelChoiceField(
        label=gettext_lazy("Item type"),
        queryset=ItemType.objects.order_by("name_fi", "code"),
        empty_label=gettext_lazy("All item types"),
        required=False,
    )
    collection = forms.ChoiceField(label=gettext_lazy("Collection"), required=False)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        types = self.fields["item_type"]
        types.label_from_instance = lambda kind: kind.name or kind.code  # type: ignore[attr-defined]
        _none, *known = choices_of(CodedValue.List.COLLECTION)
        every = ("", _("All collections"))
        self.fields["collection"].choices = [every, *known]  # type: ignore[attr-defined]


class BalanceForm(KindFields):
    """Which items the balance is of, and how small a box is worth sending."""

    least = forms.IntegerField(
        label=gettext_lazy("Smallest box, items"),
        min_value=1,
        max_value=MOST_OF_A_BOX,
        required=False,
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data or {"least": LEAST})

    @property
    def kind(self) -> dict[str, Any]:
        """What was chosen; nothing that was said wrongly."""
        told = self.cleaned_data if self.is_valid() else {}
        kind = told.get("item_type")
        return {
            "item_type_id": kind.pk if kind else None,
            "collection": told.get("collection") or None,
        }

    @property
    def smallest(self) -> int:
        told = self.cleaned_data if self.is_valid() else {}
        return int(told.get("least") or LEAST)


class FlowForm(forms.Form):
    """A suggestion that somebody takes, as the page sends it back."""

    item_type = forms.IntegerField(min_value=1)
    origin = forms.TypedChoiceField(coerce=int)
    destination = forms.TypedChoiceField(coerce=int)
    items = forms.IntegerField(min_value=1, max_value=MOST)
    collection = forms.CharField(max_length=20, required=False)

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data)
        for name in ("origin", "destination"):
            known = [(one.id, one.name) for one in organisation().libraries(on=today)]
            self.fields[name].choices = known  # type: ignore[attr-defined]


class FloatLimitForm(KindFields):
    """How many of what float where, at most."""

    unit = forms.TypedChoiceField(
        label=gettext_lazy("Where"),
        coerce=int,
        help_text=gettext_lazy(
            "Of a municipality or the consortium: in each library of it."
        ),
    )
    most = forms.IntegerField(
        label=gettext_lazy("Floating items at most"),
        help_text=gettext_lazy("The library's own items are not counted."),
        min_value=0,
        max_value=MOST,
    )

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self.order_fields(["unit", "item_type", "collection", "most"])
        self.fields["unit"].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            *((node.id, node.name) for node in places_for(actor)),
        ]


def places_for(actor: Actor) -> list[Node]:
    """The units whose limits somebody may set, the widest first."""
    tree = organisation()
    return [
        node
        for node in sorted(tree.units.values(), key=lambda n: (len(n.path), n.name))
        if node.kind in OVER_LIBRARIES
        and actor.may(DistributionPermission.MANAGE, at=node.id)
    ]


class TrialForm(WindowForm):
    """What would float, among which libraries, and on which returns it is tried."""

    libraries = forms.MultipleChoiceField(
        label=gettext_lazy("Libraries that would float together"),
        widget=forms.CheckboxSelectMultiple,
    )
    item_types = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Item types; none chosen: all"),
        queryset=ItemType.objects.order_by("name_fi", "code"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    most = forms.IntegerField(
        label=gettext_lazy("Floating items at most in a library"),
        help_text=gettext_lazy("Empty: as many as come."),
        min_value=0,
        max_value=MOST,
        required=False,
    )

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data, today=today)
        self.fields["first"].label = _("Returns from")
        self.fields["last"].label = _("Returns until")
        groups = LibraryGroup.objects.order_by("name_fi")
        self.fields["libraries"].choices = [  # type: ignore[attr-defined]
            *(
                (f"group:{one.code}", _("Group: {name}").format(name=one.name))
                for one in groups.filter(purpose=LibraryGroup.Purpose.FLOATING)
            ),
            *(
                (f"unit:{node.id}", node.name)
                for node in organisation().libraries(on=today)
            ),
        ]
        types = self.fields["item_types"]
        types.label_from_instance = lambda kind: kind.name or kind.code  # type: ignore[attr-defined]

    @property
    def trial(self) -> FloatTrial:
        told = self.cleaned_data
        return FloatTrial(
            libraries=frozenset(libraries_in(told["libraries"])),
            item_types=frozenset(kind.pk for kind in told["item_types"]),
            most=told["most"],
        )

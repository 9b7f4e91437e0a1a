"""Forms of closures and of due dates that are moved for many."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kortisto.core.actors import Actor
from kortisto.domain.catalogue.models import ItemType
from kortisto.domain.closures.due_dates import DueDates
from kortisto.domain.closures.permissions import ClosurePermission
from kortisto.domain.holds.pickup import pickup_libraries
from kortisto.domain.org.actions.closures import Plan
from kortisto.domain.org.models import Closure, LibraryGroup
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import organisation, targets
from kortisto.domain.patrons.models import PatronCategory
from kortisto.ui.fields import DayField

TEXTS = ("text_fi", "text_sv", "text_en")


def libraries_for(actor: Actor, today: date) -> list[tuple[str, str]]:
    """Groups first, then the libraries that somebody may close."""
    groups = [
        (f"group:{group.code}", _("Group: {name}").format(name=group.name))
        for group in LibraryGroup.objects.order_by("name_fi")
    ]
    return groups + [
        (f"unit:{node.id}", node.name)
        for node in organisation().libraries(on=today)
        if actor.may(ClosurePermission.CLOSE, at=node.id)
        and actor.may(OrgPermission.EDIT_CALENDAR, at=node.id)
    ]


def libraries_in(places: list[str]) -> tuple[int, ...]:
    """Every library that is meant, each once."""
    found: dict[int, None] = {}
    for place in places:
        kind, _colon, name = place.partition(":")
        meant = targets(group=name) if kind == "group" else (int(name),)
        found.update(dict.fromkeys(meant))
    return tuple(found)


def text_fields() -> tuple[forms.CharField, forms.CharField, forms.CharField]:
    """What the public is told, in three languages."""
    return (
        forms.CharField(
            label=gettext_lazy("Text for the public in Finnish"),
            help_text=gettext_lazy("Shown with the opening hours while it lasts."),
            max_length=200,
        ),
        forms.CharField(
            label=gettext_lazy("Text for the public in Swedish"),
            max_length=200,
            required=False,
        ),
        forms.CharField(
            label=gettext_lazy("Text for the public in English"),
            max_length=200,
            required=False,
        ),
    )


class ClosureForm(forms.Form):
    """Which libraries are closed, when, and how it is meanwhile."""

    places = forms.MultipleChoiceField(
        label=gettext_lazy("Libraries that are closed"),
        widget=forms.CheckboxSelectMultiple,
    )
    starts_on = DayField(label=gettext_lazy("First day closed"))
    ends_on = DayField(label=gettext_lazy("Last day closed"))
    text_fi, text_sv, text_en = text_fields()
    pickup = forms.TypedChoiceField(
        label=gettext_lazy("Holds are collected meanwhile"),
        coerce=int,
        empty_value=None,
        required=False,
    )
    returns = forms.ChoiceField(
        label=gettext_lazy("Where items are returned meanwhile"),
        choices=Closure.Returns.choices,
        initial=Closure.Returns.ELSEWHERE,
    )

    def __init__(self, data: Any = None, *, actor: Actor, today: date, **more: Any):
        super().__init__(data, **more)
        self.fields["places"].choices = libraries_for(actor, today)  # type: ignore[attr-defined]
        self.fields["pickup"].choices = [  # type: ignore[attr-defined]
            ("", _("Nowhere: they wait until the library opens")),
            *((str(node.id), node.name) for node in pickup_libraries(today)),
        ]

    @property
    def plan(self) -> Plan:
        told = self.cleaned_data
        return Plan(
            library_ids=libraries_in(told["places"]),
            starts_on=told["starts_on"],
            ends_on=told["ends_on"],
            texts={name[-2:]: told[name] for name in TEXTS},
            pickup_id=told["pickup"],
            returns=Closure.Returns(told["returns"]),
        )


def told_of(closure: Closure) -> dict[str, Any]:
    """What the form of a closure begins with."""
    names = ("starts_on", "ends_on", *TEXTS, "returns")
    libraries = closure.libraries.order_by("pk").values_list("pk", flat=True)
    return {name: getattr(closure, name) for name in names} | {
        "places": [f"unit:{library}" for library in libraries],
        "pickup": closure.pickup_id,
    }


class DueDatesForm(forms.Form):
    """Which loans get another due date, and which one (TOL-10)."""

    places = forms.MultipleChoiceField(
        label=gettext_lazy("Libraries whose rules the loans follow"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    categories = forms.MultipleChoiceField(
        label=gettext_lazy("Patron categories"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    item_types = forms.MultipleChoiceField(
        label=gettext_lazy("Item types"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    due_from = DayField(label=gettext_lazy("Due from"))
    due_to = DayField(label=gettext_lazy("Due to"))
    day = DayField(
        label=gettext_lazy("New due date"),
        help_text=gettext_lazy("The same for all. Or say by how many days."),
        required=False,
    )
    days = forms.IntegerField(
        label=gettext_lazy("Moved by so many days"),
        help_text=gettext_lazy("Later when above 0, sooner when below."),
        min_value=-365,
        max_value=365,
        required=False,
    )

    def __init__(self, data: Any = None, *, actor: Actor, today: date):
        super().__init__(data, initial={"due_from": today})
        self.fields["places"].choices = libraries_for(actor, today)  # type: ignore[attr-defined]
        self.fields["categories"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), one.name) for one in PatronCategory.objects.order_by("code")
        ]
        self.fields["item_types"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), one.name) for one in ItemType.objects.order_by("code")
        ]

    @override
    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        first, last = told.get("due_from"), told.get("due_to")
        if first and last and last < first:
            self.add_error("due_to", _("The last day is before the first."))
        return told

    @property
    def choice(self) -> DueDates:
        told = self.cleaned_data
        return DueDates(
            libraries=libraries_in(told["places"]),
            categories=tuple(map(int, told["categories"])),
            item_types=tuple(map(int, told["item_types"])),
            due_from=told["due_from"],
            due_to=told["due_to"],
            day=told["day"],
            days=told["days"],
        )

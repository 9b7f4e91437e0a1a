"""Forms of the calendars: whose, which days, which hours."""

from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from typing_extensions import override

from kortisto.core.actors import Actor
from kortisto.domain.org.actions.calendars import Days, Hours
from kortisto.domain.org.models import LibraryGroup
from kortisto.domain.org.permissions import OrgPermission
from kortisto.domain.org.queries import Node, Organisation, organisation, targets
from kortisto.interfaces.staff.calendar_year import (
    hours_words,
    parse_hours,
    weekday_label,
)
from kortisto.ui.fields import DayField

PLACES: Final = frozenset({"consortium", "municipality", "library"})


def places_for(actor: Actor) -> list[tuple[str, str]]:
    """Units and groups whose calendar the actor may change; the tree by indenting."""
    tree = organisation()
    allowed = [
        (f"unit:{node.id}", f"{'· ' * (len(node.path) - 1)}{node.name}")
        for node in in_order(tree)
        if node.kind in PLACES and actor.may(OrgPermission.EDIT_CALENDAR, at=node.id)
    ]
    groups = LibraryGroup.objects.order_by("name_fi")
    return allowed + [
        (f"group:{group.code}", _("Group: {name}").format(name=group.name))
        for group in groups
    ]


def in_order(tree: Organisation) -> list[Node]:
    """Every unit after the one above it, those beside each other by name."""
    return sorted(
        tree.units.values(), key=lambda node: [tree.name(place) for place in node.path]
    )


class PlacesForm(forms.Form):
    """Whose calendar is meant: a unit with all below it, or a group of libraries."""

    place = forms.ChoiceField(label=gettext_lazy("For whom"))

    def __init__(self, data: Any = None, *, actor: Actor, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.fields["place"].choices = places_for(actor)  # type: ignore[attr-defined]

    @property
    def libraries(self) -> tuple[int, ...]:
        """Every library that is meant, one by one."""
        kind, _colon, name = self.cleaned_data["place"].partition(":")
        return targets(group=name) if kind == "group" else targets(int(name))

    @property
    def units(self) -> tuple[int, ...]:
        """The unit itself, which those below it follow; or the group's libraries."""
        kind, _colon, name = self.cleaned_data["place"].partition(":")
        return targets(group=name) if kind == "group" else (int(name),)


class DaysForm(PlacesForm):
    """A day or a period that differs."""

    name_fi = forms.CharField(label=gettext_lazy("Name in Finnish"), max_length=100)
    name_sv = forms.CharField(
        label=gettext_lazy("Name in Swedish"), max_length=100, required=False
    )
    name_en = forms.CharField(
        label=gettext_lazy("Name in English"), max_length=100, required=False
    )
    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(
        label=gettext_lazy("To"),
        help_text=gettext_lazy("Included. Empty: one day."),
        required=False,
    )
    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Only on"), coerce=int, required=False, empty_value=None
    )
    yearly = forms.BooleanField(
        label=gettext_lazy("The same dates every year"), required=False
    )
    open = forms.BooleanField(
        label=gettext_lazy("Open although it would be closed"), required=False
    )
    opens = forms.TimeField(label=gettext_lazy("Opens"), required=False)
    closes = forms.TimeField(label=gettext_lazy("Closes"), required=False)

    def __init__(self, data: Any = None, *, actor: Actor, **kwargs: Any) -> None:
        super().__init__(data, actor=actor, **kwargs)
        week = [(number, weekday_label(number)) for number in range(7)]
        self.fields["weekday"].choices = [  # type: ignore[attr-defined]
            ("", _("Every day")),
            *week,
        ]
        for name in ("opens", "closes"):
            self.fields[name].widget = forms.TimeInput(attrs={"type": "time"})

    @property
    def days(self) -> Days:
        told = self.cleaned_data
        names = {code: told[f"name_{code}"] for code in ("fi", "sv", "en")}
        columns = ("starts_on", "weekday", "yearly", "open", "opens", "closes")
        values = {name: told[name] for name in columns}
        ends_on = told["ends_on"] or told["starts_on"]
        return Days(names=names, ends_on=ends_on, **values)


class HoursForm(PlacesForm):
    """The hours of a week, from a day on or for a season."""

    starts_on = DayField(label=gettext_lazy("From"))
    ends_on = DayField(
        label=gettext_lazy("To"),
        help_text=gettext_lazy("Included. Empty: until further notice."),
        required=False,
    )

    def __init__(
        self, data: Any = None, *, actor: Actor, library: int, day: date
    ) -> None:
        start: dict[str, Any] = {"place": f"unit:{library}", "starts_on": day}
        super().__init__(data, actor=actor, initial=start)
        weekly = organisation().weekly.get(library, ())
        for number in range(7):
            now = sorted(
                one.opening
                for one in weekly
                if one.weekday == number
                and one.starts_on <= day
                and (one.ends_on is None or day <= one.ends_on)
            )
            self.fields[f"day{number}"] = forms.CharField(
                label=weekday_label(number),
                required=False,
                max_length=100,
                initial=hours_words(now),
            )

    @override
    def clean(self) -> dict[str, Any]:
        told = super().clean() or self.cleaned_data
        for number in range(7):
            name = f"day{number}"
            try:
                parse_hours(number, told.get(name, ""))
            except forms.ValidationError as error:
                self.add_error(name, error)
        return told

    @property
    def hours(self) -> list[Hours]:
        return [
            one
            for number in range(7)
            for one in parse_hours(number, self.cleaned_data[f"day{number}"])
        ]

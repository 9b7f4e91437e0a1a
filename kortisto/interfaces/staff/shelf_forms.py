"""The forms of the places of a hold shelf."""

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kortisto.domain.catalogue.models import CodedValue
from kortisto.domain.holds.actions.shelving import PlaceTold
from kortisto.domain.holds.models import Hold, ShelfPlace
from kortisto.domain.holds.shelf_places import Place
from kortisto.domain.holds.shelf_queries import places_at
from kortisto.domain.patrons.category_places import used_at
from kortisto.domain.patrons.fields import longest
from kortisto.interfaces.staff.calendar_year import weekday_label
from kortisto.interfaces.staff.catalogue_words import choices_of
from kortisto.interfaces.staff.desk_forms import all_visible

MOST_COPIES: Final = 2000
LARGEST_NUMBER: Final = 9999


class PlaceForm(forms.Form):
    """``place`` None: a new one."""

    name = forms.CharField(
        label=_("Name"),
        help_text=_(
            "Short, as it stands on the shelf: slips and patrons' pages say it."
        ),
        max_length=longest(ShelfPlace, "name"),
        validators=[all_visible],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    capacity = forms.IntegerField(
        label=_("Room for so many copies"), min_value=1, max_value=MOST_COPIES
    )
    priority = forms.IntegerField(
        label=_("Order"),
        help_text=_("The place with the smallest number is filled first."),
        min_value=0,
        max_value=LARGEST_NUMBER,
        initial=100,
    )
    weekday = forms.TypedChoiceField(
        label=_("For what comes on"), coerce=int, required=False, empty_value=None
    )
    category_id = forms.TypedChoiceField(
        label=_("For patrons of the category"),
        coerce=int,
        required=False,
        empty_value=None,
    )
    material = forms.ChoiceField(label=_("For the material"), required=False)
    one_day = forms.BooleanField(
        label=_("Holds of one day only"),
        help_text=_(
            "What came on an earlier day closes the place until it is empty: then a "
            "whole place can be cleared at once."
        ),
        required=False,
        initial=True,
    )
    same_title = forms.BooleanField(
        label=_("Several copies of one title may stand here"), required=False
    )
    overflow = forms.BooleanField(
        label=_("Overflow: used when no other place is free"), required=False
    )
    locked = forms.BooleanField(
        label=_("Out of use: nothing more is put here"), required=False
    )

    YES_OR_NO = ("one_day", "same_title", "overflow", "locked")

    def __init__(self, data: Any, *, place: ShelfPlace | None, library_id: int) -> None:
        told = PlaceTold.__dataclass_fields__
        now = None if place is None else {name: getattr(place, name) for name in told}
        super().__init__(data, initial=now)
        week = [("", "–"), *((day, weekday_label(day)) for day in range(7))]
        self.fields["weekday"].choices = week  # type: ignore[attr-defined]
        known = [("", "–"), *((one.pk, one.name) for one in used_at(library_id))]
        if place is not None and place.category is not None:
            mine = (place.category_id, place.category.name)
            known += [] if mine in known else [mine]
        self.fields["category_id"].choices = known  # type: ignore[attr-defined]
        self.fields["material"].choices = choices_of(  # type: ignore[attr-defined]
            CodedValue.List.MATERIAL, now="" if place is None else place.material
        )

    @property
    def named(self) -> list[forms.BoundField]:
        return [self[name] for name in ("name", "capacity", "priority")]

    @property
    def meant(self) -> list[forms.BoundField]:
        return [self[name] for name in ("weekday", "category_id", "material")]

    @property
    def boxes(self) -> list[forms.BoundField]:
        return [self[name] for name in self.YES_OR_NO]

    @property
    def told(self) -> PlaceTold:
        """What was said. Only of a form that is valid."""
        return PlaceTold(**self.cleaned_data)


class PutForm(forms.Form):
    """Where on the hold shelf a copy stands; places that are full say so."""

    place = forms.TypedChoiceField(
        label=_("Place on the hold shelf"),
        coerce=int,
        required=False,
        empty_value=None,
    )

    def __init__(
        self, data: Any = None, *, places: Iterable[Place], now: int | None = None
    ) -> None:
        super().__init__(data, initial={"place": now or ""})
        named = [(one.id, _choice(one)) for one in places if not one.locked]
        self.fields["place"].choices = [("", "–"), *named]  # type: ignore[attr-defined]


def _choice(place: Place) -> str:
    return f"{place.name} ({place.standing}/{place.capacity})"


def put_form_for(hold: Hold, *, today: date) -> PutForm | None:
    """To say where a waiting copy stands; None: its library has no places."""
    if hold.state != Hold.State.WAITING:
        return None
    places = places_at(hold.pickup_library_id, today=today)
    return PutForm(places=places, now=hold.shelf_place_id) if places else None

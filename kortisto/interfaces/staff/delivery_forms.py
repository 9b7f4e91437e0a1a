"""Forms of home delivery: a round, and what a patron on it wishes."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from kortisto.core.actors import Actor
from kortisto.domain.delivery.actions.people import Wishes
from kortisto.domain.delivery.actions.rounds import RoundPlan
from kortisto.domain.delivery.models import DeliveryPatron, DeliveryRound
from kortisto.domain.delivery.permissions import DeliveryPermission
from kortisto.domain.delivery.queries import rounds
from kortisto.domain.delivery.rules import MOST_ITEMS, MOST_WEEKS
from kortisto.domain.org.queries import organisation
from kortisto.ui.fields import DayField


class RoundForm(forms.Form):
    """Where a round starts, and when it goes."""

    library = forms.TypedChoiceField(label=gettext_lazy("Library"), coerce=int)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    first_on = DayField(
        label=gettext_lazy("First day"),
        help_text=gettext_lazy("It goes on the same weekday from then on."),
    )
    every_weeks = forms.IntegerField(
        label=gettext_lazy("Every how many weeks"),
        min_value=1,
        max_value=MOST_WEEKS,
        initial=2,
    )

    def __init__(
        self, data: Any = None, *, actor: Actor, round_: DeliveryRound | None
    ) -> None:
        start: dict[str, Any] = {"library": actor.library_id}
        if round_ is not None:
            names = ("name", "first_on", "every_weeks")
            start = {name: getattr(round_, name) for name in names}
            start["library"] = round_.library_id
        super().__init__(data, initial=start)
        self.fields["library"].choices = [  # type: ignore[attr-defined]
            (node.id, node.name)
            for node in organisation().libraries()
            if actor.may(DeliveryPermission.SERVE, at=node.id)
        ]

    @property
    def plan(self) -> RoundPlan:
        told = self.cleaned_data
        return RoundPlan(
            library_id=told["library"],
            name=told["name"],
            first_on=told["first_on"],
            every_weeks=told["every_weeks"],
        )


class WishesForm(forms.Form):
    """On which round, and what the patron has told for their baskets."""

    round = forms.TypedChoiceField(label=gettext_lazy("Round"), coerce=int)
    items = forms.IntegerField(
        label=gettext_lazy("Items in a basket"),
        min_value=1,
        max_value=MOST_ITEMS,
        initial=5,
    )
    likes = forms.CharField(
        label=gettext_lazy("What the patron likes"),
        help_text=gettext_lazy("As they told it, for this purpose. They can read it."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    avoids = forms.CharField(
        label=gettext_lazy("What the patron does not want"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, *, profile: DeliveryPatron | None) -> None:
        start: dict[str, Any] = {}
        if profile is not None:
            names = ("items", "likes", "avoids")
            start = {name: getattr(profile, name) for name in names}
            start["round"] = profile.round_id
        super().__init__(data, initial=start)
        self.fields["round"].choices = [  # type: ignore[attr-defined]
            ("", gettext_lazy("Choose")),
            *((one.pk, f"{one.library.name}: {one.name}") for one in rounds()),
        ]

    @property
    def wishes(self) -> Wishes:
        told = self.cleaned_data
        return Wishes(likes=told["likes"], avoids=told["avoids"], items=told["items"])

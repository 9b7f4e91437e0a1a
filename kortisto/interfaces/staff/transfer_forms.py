"""Forms of moving items to another library, and of where they are not sent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from kortisto.core.actors import Actor
from kortisto.domain.distribution.permissions import DistributionPermission
from kortisto.domain.org.queries import organisation
from kortisto.interfaces.staff.desk_forms import BoxForm
from kortisto.interfaces.staff.float_forms import KindFields, places_for


class TransferForm(BoxForm):
    """A box of items, and where it goes."""

    as_of = None  # type: ignore[assignment]
    destination = forms.TypedChoiceField(label=gettext_lazy("To library"), coerce=int)
    in_spite = forms.BooleanField(
        label=gettext_lazy("Also where such items are not sent"), required=False
    )
    field_order = ("destination", "barcodes", "in_spite")

    def __init__(self, data: Any = None, *, actor: Actor, **more: Any) -> None:
        super().__init__(data, **more)
        del self.fields["barcodes"].widget.attrs["autofocus"]
        self.fields["destination"].choices = [  # type: ignore[attr-defined]
            ("", "–"),
            *(
                (node.id, node.name)
                for node in organisation().libraries()
                if node.id != actor.library_id and node.closed_on is None
            ),
        ]
        if not actor.may(DistributionPermission.MANAGE):
            del self.fields["in_spite"]


class TransferLimitForm(KindFields):
    """Which items are not sent from where to where."""

    origin = forms.TypedChoiceField(label=gettext_lazy("From library"), coerce=int)
    destination = forms.TypedChoiceField(
        label=gettext_lazy("To library"),
        coerce=int,
        help_text=gettext_lazy(
            "A municipality or the consortium: each library of it is meant."
        ),
    )

    def __init__(self, data: Any, *, actor: Actor) -> None:
        super().__init__(data)
        self.order_fields(["origin", "destination", "item_type", "collection"])
        places = [("", "–"), *((one.id, one.name) for one in places_for(actor))]
        for name in ("origin", "destination"):
            self.fields[name].choices = places  # type: ignore[attr-defined]

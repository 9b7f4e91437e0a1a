"""The form of a type of restrictions: what it does, and how long (S26)."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from kortisto.domain.patrons.actions.restriction_types import MEANING, TypeTold
from kortisto.domain.patrons.fields import longest
from kortisto.domain.patrons.models import RestrictionType
from kortisto.domain.patrons.reasons import Unfit
from kortisto.domain.patrons.restriction_types import (
    MOST_DAYS,
    NAMES,
    OF_THE_PROGRAM,
    TITLES,
    Removal,
)


class RestrictionTypeForm(forms.Form):
    """``type_`` None: a new one, which is asked for its code.

    Of a type of the program only the names are asked.
    """

    def __init__(self, data: Any, *, type_: RestrictionType | None) -> None:
        self.type = type_
        shown = type_ or RestrictionType()
        super().__init__(data, initial={name: getattr(shown, name) for name in TITLES})
        if type_ is None:
            self.fields["code"] = forms.CharField(
                label=_("Code"),
                max_length=longest(RestrictionType, "code"),
                help_text=_("It never changes."),
            )
        for name in NAMES:
            self.fields[name] = forms.CharField(
                label=str(TITLES[name]),
                max_length=longest(RestrictionType, name),
                required=name == "name_fi",
            )
        if not self.is_of_the_program:
            self.fields.update(_meaning())

    @property
    def is_of_the_program(self) -> bool:
        return self.type is not None and self.type.code in OF_THE_PROGRAM

    @property
    def named(self) -> list[forms.BoundField]:
        return [one for one in self if one.name not in MEANING]

    @property
    def meant(self) -> list[forms.BoundField]:
        return [one for one in self if one.name in MEANING]

    def told(self) -> TypeTold:
        """What was decided. Only of a form that is valid."""
        data = self.cleaned_data
        asked = {
            name: data[name] if name in data else getattr(self.type, name)
            for name in MEANING
        }
        return TypeTold(names={name: data[name] for name in NAMES}, **asked)

    def show_why(self, unfit: Unfit) -> None:
        """Sentences beside their fields."""
        for name, sentence in unfit.errors:
            self.add_error(name if name in self.fields else None, sentence)


def _meaning() -> dict[str, forms.Field]:
    fields = {
        "removal": forms.ChoiceField(
            choices=Removal.choices,
            help_text=_("Staff can lift it before. One with a last day ends on it."),
        ),
        "days": forms.IntegerField(
            min_value=1,
            max_value=MOST_DAYS,
            required=False,
            help_text=_(
                "When no last day is given. Empty: no last day, or it must be given "
                "where the type ends by it."
            ),
        ),
        "binding": forms.BooleanField(
            required=False,
            help_text=_("When not, staff with the permission may set it aside."),
        ),
        "shuts_doors": forms.BooleanField(
            required=False,
            help_text=_("Where the library's setting says that restrictions do."),
        ),
        "in_use": forms.BooleanField(
            required=False,
            help_text=_(
                "When not, nobody can choose it any more. What is in force stays."
            ),
        ),
    }
    for name, one in fields.items():
        one.label = str(TITLES[name])
    return fields

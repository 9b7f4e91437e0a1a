"""The form by which a patron is registered (PAT-4): parts that a category shows.

The domain checks what was typed, so that every door is told the same; the form keeps
it, whatever is wrong. What stands in a part that the category hides is not read.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final, cast

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from kortisto.core.refusals import Refusal
from kortisto.domain.patrons.actions.register_at_desk import (
    IDENTITY,
    IdentityRefused,
    ToldIdentity,
)
from kortisto.domain.patrons.models import Guardianship, PatronCategory
from kortisto.domain.patrons.new_patron import NewGuardian, NewPatron
from kortisto.domain.patrons.queries import terms_of
from kortisto.domain.patrons.reasons import field_of
from kortisto.domain.patrons.rules import Part, Reach, Tick, parts_of_form
from kortisto.interfaces.staff.message_matrix import ticks_in
from kortisto.ui.fields import DayField

PICKED, BESIDE, WRITTEN = "picked", "beside", "written"
USUAL, CHOSEN = "usual", "chosen"
ADDRESS: Final = ("street", "postal_code", "city", "country")
NEEDS: Final[Mapping[str, Sequence[str]]] = {
    "sms": ("phone",),
    "email": ("email",),
    "paper": ("street", "city"),
}
"""The fields without which a message cannot come that way; the script has them too."""
COPIED: Final = ("phone", "email")  # what is to be checked when a family shares it
REACH: Final = ("phone", "second_phone", "email", "second_email")


def _text(label: Any, most: int, **attrs: Any) -> forms.CharField:
    """A line that is never filled by the browser from another patron's form."""
    widget = forms.TextInput(attrs={"autocomplete": "off", **attrs})
    return forms.CharField(label=label, max_length=most, required=False, widget=widget)


class RegistrationForm(forms.Form):
    card_number = _text(
        _("Card number"),
        30,
        spellcheck="false",
        autofocus=True,
        **{"data-then": "identity_code"},
    )
    category = forms.ChoiceField(label=_("Category"))
    home_library = forms.TypedChoiceField(label=_("Home library"), coerce=int)
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    identity_code = _text(
        _("Personal identity code"),
        20,
        spellcheck="false",
        **{"data-then": "surname"},
    )
    born_in_1800s = forms.BooleanField(label=_("Born in the 1800s"), required=False)
    skip_reason = _text(_("Without a code, because"), 200)

    surname = _text(_("Surname"), 100)
    first_names = _text(_("First names"), 100)
    called_name = _text(_("Called name"), 50)
    born_on = DayField(label=_("Date of birth"), required=False)
    whole_name = _text(_("Name"), 100)
    business_id = _text(_("Business ID"), 20)
    contact_person = _text(_("Contact person"), 100)

    street = _text(_("Street address"), 100)
    postal_code = _text(_("Postal code"), 10, inputmode="numeric")
    city = _text(_("Town"), 60)
    country = _text(_("Country"), 60)
    is_protected = forms.BooleanField(
        label=_("Protection order: the address is hidden"), required=False
    )
    phone = _text(_("Phone"), 30, type="tel")
    second_phone = _text(_("Second phone"), 30, type="tel")
    email = _text(_("E-mail"), 254, type="email")
    second_email = _text(_("Second e-mail"), 254, type="email")

    guardian_how = forms.ChoiceField(
        label=_("The guardian is"),
        required=False,
        initial=PICKED,
        widget=forms.RadioSelect,
        choices=(
            (PICKED, _("a patron already")),
            (BESIDE, _("registered now as well")),
            (WRITTEN, _("not a patron: only written down")),
        ),
    )
    guardian_id = forms.IntegerField(required=False, widget=forms.HiddenInput)
    guardian_kind = forms.ChoiceField(
        label=_("Relation"),
        required=False,
        choices=Guardianship.Kind.choices,
        initial=Guardianship.Kind.PARENT,
    )
    guardian_card_number = _text(_("Card number"), 30, spellcheck="false")
    guardian_identity_code = _text(_("Personal identity code"), 20, spellcheck="false")
    guardian_born_in_1800s = forms.BooleanField(
        label=_("Born in the 1800s"), required=False
    )
    guardian_skip_reason = _text(_("Without a code, because"), 200)
    guardian_surname = _text(_("Surname"), 100)
    guardian_first_names = _text(_("First names"), 100)
    guardian_born_on = DayField(label=_("Date of birth"), required=False)
    guardian_name = _text(_("Name"), 200)
    guardian_address = _text(_("Address"), 200)
    guardian_phone = _text(_("Phone"), 30, type="tel")
    guardian_email = _text(_("E-mail"), 254, type="email")

    hold_identifier = _text(_("Hold identifier"), 60, spellcheck="false")
    pin = _text(_("PIN"), 20, inputmode="numeric")
    messages = forms.ChoiceField(
        label=_("Messages"),
        required=False,
        initial=USUAL,
        widget=forms.RadioSelect,
        choices=(
            (USUAL, _("as usual in the category")),
            (CHOSEN, _("as ticked below")),
        ),
    )
    copied_phone = forms.CharField(required=False, widget=forms.HiddenInput)
    copied_email = forms.CharField(required=False, widget=forms.HiddenInput)
    told_by_register = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        categories: Sequence[PatronCategory],
        libraries: Sequence[tuple[int, str]],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=dict(initial or {}))
        self.categories = {each.code: each for each in categories}
        named = [(each.code, each.name) for each in categories]
        self.fields["category"].choices = named  # type: ignore[attr-defined]
        self.fields["home_library"].choices = list(libraries)  # type: ignore[attr-defined]

    @property
    def parts(self) -> frozenset[Part]:
        """Which parts the chosen category shows."""
        chosen = self.categories.get(str(self["category"].value()))
        first = next(iter(self.categories.values()), None)
        category = chosen or first
        return frozenset() if category is None else parts_of_form(terms_of(category))

    def parts_by_category(self) -> dict[str, list[str]]:
        """For the script that shows and hides parts when another one is chosen."""
        return {
            code: sorted(part.value for part in parts_of_form(terms_of(category)))
            for code, category in self.categories.items()
        }

    def reach(self) -> Reach:
        """How the patron can be reached by what is typed now, right or not (S31)."""

        def typed(name: str) -> bool:
            return bool(str(self[name].value() or "").strip())

        return Reach(
            sms=all(map(typed, NEEDS["sms"])),
            email=all(map(typed, NEEDS["email"])),
            paper=all(map(typed, NEEDS["paper"])) and not self["is_protected"].value(),
        )

    # --- what was told --------------------------------------------------------

    def new_patron(self) -> NewPatron:
        """Raises nothing: what cannot be is for ``register`` to say."""
        data, parts = self.cleaned_data, self.parts
        values: dict[str, Any] = {name: data[name] for name in (*ADDRESS, *REACH)}
        values["is_protected"] = data["is_protected"]
        for name in COPIED:  # of somebody else in the family: is it this patron's too?
            same = bool(data[name]) and data[name] == data[f"copied_{name}"]
            values[f"check_{name}"] = same
        if Part.NAME in parts:
            names = ("surname", "first_names", "called_name", "born_on")
            values |= {name: data[name] for name in names}
        else:
            values["surname"] = data["whole_name"]
        if Part.BUSINESS in parts:
            values |= {n: data[n] for n in ("business_id", "contact_person")}
        if Part.LOG_IN in parts:
            values |= {n: data[n] for n in ("hold_identifier", "pin")}
        return NewPatron(
            category=data["category"],
            home_library_id=data["home_library"],
            card_number=data["card_number"],
            language=data["language"],
            guardians=self._guardians() if Part.GUARDIANS in parts else (),
            messages=self._ticks() if Part.MESSAGES in parts else (),
            told_by_register=frozenset(data["told_by_register"].split()),
            **values,
        )

    def identity(self) -> ToldIdentity:
        return self._told("")

    def identity_of_guardian(self) -> ToldIdentity:
        return self._told("guardian_")

    def _told(self, prefix: str) -> ToldIdentity:
        data = self.cleaned_data
        return ToldIdentity(
            code=data[f"{prefix}identity_code"],
            born_in_1800s=data[f"{prefix}born_in_1800s"],
            skip_reason=data[f"{prefix}skip_reason"],
        )

    def _ticks(self) -> tuple[Tick, ...] | None:
        if self.cleaned_data["messages"] != CHOSEN:
            return None
        return tuple(ticks_in(cast("QueryDict", self.data)))

    def _guardians(self) -> tuple[NewGuardian, ...]:
        """None at all when nothing was told, so that a grown-up needs none."""
        data = self.cleaned_data
        kind = data["guardian_kind"] or Guardianship.Kind.PARENT.value
        match data["guardian_how"]:
            case "beside":
                if not any(data[f"guardian_{n}"] for n in ("surname", "first_names")):
                    return ()
                return (NewGuardian(person=self._person_beside(), kind=kind),)
            case "written":
                told = {
                    name: data[f"guardian_{name}"]
                    for name in ("name", "phone", "email", "address")
                }
                return (NewGuardian(**told, kind=kind),) if any(told.values()) else ()
            case _:
                picked = data["guardian_id"]
                return (
                    ()
                    if picked is None
                    else (NewGuardian(patron_id=picked, kind=kind),)
                )

    def _person_beside(self) -> NewPatron:
        """Of the same address, language and home library as the dependant."""
        data = self.cleaned_data
        grown_up = next(
            (code for code, each in self.categories.items() if each.kind == "person"),
            "",
        )
        own = ("card_number", "surname", "first_names", "born_on", "phone", "email")
        return NewPatron(
            category=grown_up,
            home_library_id=data["home_library"],
            language=data["language"],
            is_protected=data["is_protected"],
            **{name: data[f"guardian_{name}"] for name in own},
            **{name: data[name] for name in ADDRESS},
        )

    # --- what was wrong --------------------------------------------------------

    def show_why(self, refusals: Collection[Refusal]) -> list[Refusal]:
        """Put sentences beside their fields; those that can be set aside come back."""
        asked = [each for each in refusals if each.override is not None]
        for each in refusals:
            if each.override is None:
                self.add_error(self._field(field_of(each)), each.message)
        return asked

    def show_identity(self, refused: IdentityRefused) -> None:
        prefix = "" if refused.of == IDENTITY else "guardian_"
        for each in refused.refusals:
            self.add_error(f"{prefix}identity_code", each.message)

    def _field(self, name: str | None) -> str | None:
        """The field of the form for one of the domain; None: the whole form."""
        if name is None:
            return None
        if name.startswith("guardians"):
            own = f"guardian_{name.rpartition('.')[2]}"
            return own if own in self.fields else "guardian_how"
        if name == "surname" and Part.WHOLE_NAME in self.parts:
            return "whole_name"
        if name == "identity":
            return "identity_code"
        return name if name in self.fields else "messages" if ":" in name else None

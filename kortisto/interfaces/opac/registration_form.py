"""The form of somebody who registers on the web. It checks shape only."""

from typing import Any, Final

from django import forms
from django.utils.timezone import localdate
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from typing_extensions import override

from kortisto.domain.org.queries import Organisation
from kortisto.domain.org.settings import PIN_LENGTH_MAX, PIN_LENGTH_MIN
from kortisto.domain.patrons.actions.online_registration import OnlineContact
from kortisto.domain.patrons.rules import EMAIL, SMS, Tick
from kortisto.domain.patrons.settings import ASK_AT_DESK, REGISTER_ONLINE
from kortisto.interfaces.opac.contact_form import line
from kortisto.interfaces.opac.own_forms import NewPinForm

USUAL_DAYS: Final = 3
USUAL: Final = (("hold-ready", None), ("advance", USUAL_DAYS), ("overdue", None))
ADDRESS: Final = ("street", "postal_code", "city")


class RegistrationForm(NewPinForm):
    """``libraries`` are those at which one can register so, as (id, name)."""

    home_library = forms.TypedChoiceField(
        label=gettext_lazy("Where do you fetch your card?"), coerce=int
    )
    called_name = line(
        gettext_lazy("Called name"),
        "nickname",
        help_text=gettext_lazy("Used in messages instead of the first names."),
    )
    email = line(gettext_lazy("E-mail"), "email", kind="email")
    phone = line(gettext_lazy("Phone"), "tel", kind="tel")
    street = line(gettext_lazy("Street address"), "street-address")
    postal_code = line(gettext_lazy("Postal code"), "postal-code")
    city = line(gettext_lazy("Town"), "address-level2")
    language = forms.ChoiceField(
        label=gettext_lazy("Language of pages and messages"),
        choices=(("fi", "suomi"), ("sv", "svenska"), ("en", "English")),
    )
    by_email = forms.BooleanField(
        label=gettext_lazy("by e-mail"), required=False, initial=True
    )
    by_sms = forms.BooleanField(label=gettext_lazy("as text messages"), required=False)
    terms = forms.BooleanField(
        label=gettext_lazy("I have read the terms of use and accept them"),
        error_messages={"required": gettext_lazy("Accept the terms to go on.")},
    )

    field_order = (
        "home_library", "called_name", "email", "phone", *ADDRESS, "language",
        "by_email", "by_sms", "new", "again", "terms",
    )  # fmt: skip

    def __init__(self, tree: Organisation, data: Any = None) -> None:
        super().__init__(data, initial={"language": get_language()})
        libraries = open_libraries(tree)
        named = [(unit_id, tree.name(unit_id)) for unit_id in libraries]
        choices = [("", _("Choose a library")), *named]
        self.fields["home_library"].choices = choices  # type: ignore[attr-defined]
        self.fields["new"].help_text = _(
            "{shortest}–{longest} digits. Not a row such as 1234, and not all the same."
        ).format(
            shortest=max(
                tree.setting(PIN_LENGTH_MIN, each).value for each in libraries
            ),
            longest=min(tree.setting(PIN_LENGTH_MAX, each).value for each in libraries),
        )
        if all(tree.setting(ASK_AT_DESK, each).value for each in libraries):
            for name in ADDRESS:  # the population register tells it
                del self.fields[name]

    @property
    def asks_address(self) -> bool:
        return "street" in self.fields

    @override
    def clean(self) -> dict[str, Any]:
        """A way that cannot work is told here, beside the box that was ticked."""
        values = super().clean()
        if values.get("by_email") and not values.get("email"):
            self.add_error("email", _("Type your e-mail address, or untick e-mail."))
        if values.get("by_sms") and not values.get("phone"):
            self.add_error("phone", _("Type your phone, or untick text messages."))
        return values

    @property
    def contact(self) -> OnlineContact:
        told = self.cleaned_data
        typed = ("called_name", "email", "phone", "language", *ADDRESS)
        return OnlineContact(
            home_library_id=told["home_library"],
            **{name: told[name] for name in typed if name in told},
            pin=told["new"],
            messages=self._ticks(),
            accepts_terms=told["terms"],
        )

    def _ticks(self) -> tuple[Tick, ...]:
        chosen = ((EMAIL, "by_email"), (SMS, "by_sms"))
        ways = [way for way, box in chosen if self.cleaned_data[box]]
        return tuple(Tick(kind, way, days) for kind, days in USUAL for way in ways)


def open_libraries(tree: Organisation) -> list[int]:
    """Libraries at which patrons register themselves, by name."""
    found = [
        node.id
        for node in tree.libraries(on=localdate())
        if tree.setting(REGISTER_ONLINE, node.id).value
    ]
    return sorted(found, key=tree.name)

"""The fields of a patron that people fill in: their names, and how each is read.

``clean`` takes what a form, a file or another register gives and returns what the
column holds; it raises ValueError with a sentence. ``text_of`` is how a value is
written in the history of changes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.refusals import Refusal
from kortisto.core.text import tidy
from kortisto.core.values import Words
from kortisto.domain.patrons.contacts import business_id, email_address, phone_number
from kortisto.domain.patrons.hold_identifiers import chosen
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.reasons import Reason, about, unfit

LANGUAGES: Final = frozenset({"fi", "sv", "en"})  # as the table's own check
TELL_WHERE: Final = frozenset(
    {
        "home_library",
        *(
            f"{place}{part}"
            for place in ("", "second_")
            for part in ("street", "postal_code", "city", "country")
        ),
        "second_from_on",
        "second_until_on",
    }
)
"""Fields that tell where somebody lives: not of a protected person (GDP-5)."""


@dataclass(frozen=True, slots=True)
class Editable:
    """One field: its name for people, and how a value is read."""

    label: Words
    clean: Callable[[Any], Any]
    own: bool = False  # whether patrons change it themselves (S11)


def _line(value: object) -> str:
    return tidy("" if value is None else str(value))


def _day(value: object) -> date | None:
    if value is None or isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError as wrong:
        raise ValueError(_("This is no date.")) from wrong


def _flag(value: object) -> bool:
    return bool(value)


def _number(value: object) -> str:
    return phone_number("" if value is None else str(value))


def _number_or_none(value: object) -> str | None:
    """None follows the mobile phone; there is no empty number of one's own (S31)."""
    return _number(value) or None


def _email(value: object) -> str:
    return email_address("" if value is None else str(value))


def _business(value: object) -> str:
    return business_id("" if value is None else str(value))


def _hold_identifier(value: object) -> str:
    return chosen("" if value is None else str(value))


def _language(value: object) -> str:
    if value not in LANGUAGES:
        raise ValueError(_("There is no such language."))
    return str(value)


def _history(value: object) -> str:
    return Patron.History(str(value)).value


EDITABLE: Final[Mapping[str, Editable]] = {
    "surname": Editable(gettext_lazy("Surname"), _line),
    "first_names": Editable(gettext_lazy("First names"), _line),
    "called_name": Editable(gettext_lazy("Called name"), _line, own=True),
    "born_on": Editable(gettext_lazy("Date of birth"), _day),
    "business_id": Editable(gettext_lazy("Business ID"), _business),
    "contact_person": Editable(gettext_lazy("Contact person"), _line),
    "hold_identifier": Editable(
        gettext_lazy("Hold identifier"), _hold_identifier, own=True
    ),
    "language": Editable(gettext_lazy("Language"), _language, own=True),
    "street": Editable(gettext_lazy("Street address"), _line),
    "postal_code": Editable(gettext_lazy("Postal code"), _line),
    "city": Editable(gettext_lazy("Town"), _line),
    "country": Editable(gettext_lazy("Country"), _line),
    "second_street": Editable(gettext_lazy("Second street address"), _line),
    "second_postal_code": Editable(gettext_lazy("Second postal code"), _line),
    "second_city": Editable(gettext_lazy("Second town"), _line),
    "second_country": Editable(gettext_lazy("Second country"), _line),
    "second_from_on": Editable(gettext_lazy("At the second address from"), _day),
    "second_until_on": Editable(gettext_lazy("At the second address until"), _day),
    "phone": Editable(gettext_lazy("Phone"), _number, own=True),
    "second_phone": Editable(gettext_lazy("Second phone"), _number, own=True),
    "sms_number": Editable(
        gettext_lazy("Number for text messages"), _number_or_none, own=True
    ),
    "email": Editable(gettext_lazy("E-mail"), _email, own=True),
    "second_email": Editable(gettext_lazy("Second e-mail"), _email, own=True),
    "terms_accepted_on": Editable(gettext_lazy("Terms accepted on"), _day),
    "expires_on": Editable(gettext_lazy("Good until"), _day),
    "check_address": Editable(gettext_lazy("Check the address"), _flag),
    "check_phone": Editable(gettext_lazy("Check the phone"), _flag),
    "check_email": Editable(gettext_lazy("Check the e-mail"), _flag),
    "card_lost": Editable(gettext_lazy("The card is lost"), _flag),
    "is_protected": Editable(gettext_lazy("Protected"), _flag),
    "protected_until_on": Editable(gettext_lazy("Protected until"), _day),
    "died_on": Editable(gettext_lazy("Died on"), _day),
    "history": Editable(gettext_lazy("Loan history"), _history, own=True),
}


def clean(values: Mapping[str, Any]) -> tuple[dict[str, Any], list[Refusal]]:
    """The values as the columns hold them, and what is wrong with the others."""
    good: dict[str, Any] = {}
    wrong: list[Refusal] = []
    for name, value in values.items():
        try:
            good[name] = _fitting(name, EDITABLE[name].clean(value))
        except KeyError:
            wrong.append(about(name, Reason.UNKNOWN_FIELD))
        except ValueError as error:
            wrong.append(about(name, Reason.BAD_VALUE, why=str(error)))
    if good.get("surname") == "":
        wrong.append(about("surname", Reason.NEEDS_NAME))
    return good, wrong


def _fitting(name: str, value: Any) -> Any:
    """The value, if its column is wide enough. Raises ValueError."""
    too_long(value, longest(Patron, name))
    return value


def longest(model: type[Model], name: str) -> int | None:
    """How many characters a column holds; None: as many as you like."""
    field = model._meta.get_field(name)  # noqa: SLF001
    most: int | None = getattr(field, "max_length", None)
    return most


def too_long(value: object, most: int | None) -> None:
    """Raises ValueError for text that is longer than its column."""
    if isinstance(value, str) and most is not None and len(value) > most:
        raise ValueError(
            _("“{beginning}…” is too long: at most {most} characters.").format(
                beginning=value[:20], most=most
            )
        )


def kept_text(
    text: str, most: int | None, *, field: str, read: Callable[[str], str] = tidy
) -> str:
    """What was written, as it is kept. Raises Unfit, beside ``field``.

    ``read`` tidies one line unless it says otherwise, and raises ValueError in words.
    """
    try:
        kept = read(text)
        too_long(kept, most)
    except ValueError as error:
        raise unfit(about(field, Reason.BAD_VALUE, why=str(error))) from error
    return kept


def label_of(name: str) -> str:
    """What people call a field; its own name when it is not one of a form."""
    known = EDITABLE.get(name)
    return name if known is None else str(known.label)


def text_of(value: object) -> str:
    """A value in the history of changes: dates in ISO form, nothing for nothing."""
    if value is None or value is False:
        return ""
    if value is True:
        return "yes"
    return value.isoformat() if isinstance(value, date) else str(value)

"""What registering is told. Everything but the name and the place can come later."""

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any

from kortisto.domain.patrons.fields import EDITABLE
from kortisto.domain.patrons.models import Guardianship, Source
from kortisto.domain.patrons.rules import Tick

Identify = Callable[[int], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewGuardian:
    """A guardian or a contact: a patron, somebody to be registered beside, a name.

    Exactly one of ``patron_id``, ``person`` and ``name``. Nobody marked for the
    bills: the first who answers for the patron gets them. ``identify`` is as for
    ``register``, of ``person``.
    """

    patron_id: int | None = None
    person: "NewPatron | None" = None
    name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    kind: str = Guardianship.Kind.GUARDIAN.value
    gets_bills: bool = False
    sees_loans: bool = False
    sees_charges: bool = False
    starts_on: date | None = None  # None: today
    ends_on: date | None = None  # the last day, today or later; None: until further
    identify: "Identify | None" = field(default=None, repr=False, compare=False)

    @property
    def answers(self) -> bool:
        """Whether they answer for the patron, and are no mere contact."""
        return self.kind in Guardianship.ANSWERING


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPatron:
    """A patron to be registered. ``category`` is a code; values are as typed."""

    surname: str
    category: str
    home_library_id: int
    card_number: str = ""
    first_names: str = ""
    called_name: str = ""
    born_on: date | None = None
    business_id: str = ""
    contact_person: str = ""
    hold_identifier: str = ""  # empty: one is generated
    language: str = "fi"
    street: str = ""
    postal_code: str = ""
    city: str = ""
    country: str = ""
    second_street: str = ""
    second_postal_code: str = ""
    second_city: str = ""
    second_country: str = ""
    second_from_on: date | None = None
    second_until_on: date | None = None
    phone: str = ""
    second_phone: str = ""
    sms_number: str | None = None  # None: the phone
    email: str = ""
    second_email: str = ""
    check_address: bool = False
    check_phone: bool = False
    check_email: bool = False
    is_protected: bool = False
    protected_until_on: date | None = None
    terms_accepted_on: date | None = None
    history: str = ""  # empty: as the category begins
    pin: str = ""  # empty: none yet; pins.generated makes one
    staff_note: str = ""
    public_note: str = ""
    guardians: tuple[NewGuardian, ...] = ()
    messages: tuple[Tick, ...] | None = None  # None: as the category begins
    source: Source | None = None  # None: by who registers
    told_by_register: frozenset[str] = frozenset()  # fields as the register has them

    def columns(self) -> dict[str, Any]:
        """The fields that are columns and read by ``fields.clean``."""
        own = {one.name: getattr(self, one.name) for one in fields(self)}
        typed = {name: value for name, value in own.items() if name in EDITABLE}
        for name in ("hold_identifier", "history"):
            if not typed[name]:
                del typed[name]
        return typed

"""What others may hear about money. Charges and payments stay with the patron."""

from dataclasses import dataclass

from kortisto.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeMade(Event):
    """A patron owes something new."""

    PATRON = "patron_id"

    charge_id: int
    patron_id: int
    cents: int
    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeGrew(Event):
    """An overdue fine became another sum: a day more, or less after all."""

    PATRON = "patron_id"

    charge_id: int
    patron_id: int
    cents: int  # the whole fine now


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentTaken(Event):
    """A patron paid."""

    PATRON = "patron_id"

    entry_id: int
    patron_id: int
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MoneyGivenBack(Event):
    """A patron got credit back in money."""

    PATRON = "patron_id"

    entry_id: int
    patron_id: int
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreditUsed(Event):
    """A patron's credit paid other charges."""

    PATRON = "patron_id"

    entry_id: int
    patron_id: int
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeForgiven(Event):
    """A charge was written off."""

    PATRON = "patron_id"

    charge_id: int
    patron_id: int
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeTakenBack(Event):
    """Nothing is owed for it after all."""

    PATRON = "patron_id"

    charge_id: int
    patron_id: int
    cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ChargeLapsed(Event):
    """Nobody may ask for a charge any more: the law's time is over."""

    PATRON = "patron_id"

    charge_id: int
    patron_id: int
    cents: int

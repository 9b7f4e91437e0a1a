"""Kinds of configured values: how one is stored, typed in, checked and shown.

Settings and lending rules hold values of these kinds. What is stored is plain JSON;
what the program sees is typed; what a person types is read with a sentence to say
why when it will not do.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Generic, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from typing_extensions import override

from kortisto.core import money
from kortisto.core.days import written

T = TypeVar("T")

Words = str | Promise
MOST_CENTS = 9_999_999


class Kind(ABC, Generic[T]):
    """One kind of value. ``widget`` tells a form which field to draw."""

    widget: ClassVar[str] = "text"

    @abstractmethod
    def read(self, stored: object) -> T:
        """The typed value of a stored one. Raises ValueError for what cannot be."""

    def write(self, value: T) -> object:
        """What is stored as JSON."""
        return value

    @abstractmethod
    def parse(self, text: str) -> T:
        """What a person typed. Raises ValueError with a sentence for that person."""

    @abstractmethod
    def show(self, value: T) -> str:
        """The value in words, in the reader's language."""

    def typed(self, value: T) -> str:
        """What a form shows in its field, so that ``parse`` gives it back."""
        return str(self.write(value))


@dataclass(frozen=True)
class WholeNumber(Kind[int]):
    """A whole number from ``least`` to ``most``, both allowed.

    ``counted`` is a lazy plural with ``%(count)d``, as in ``core.counted``.
    """

    least: int = 0
    most: int = 9999
    counted: Words | None = None
    widget: ClassVar[str] = "number"

    @override
    def read(self, stored: object) -> int:
        if isinstance(stored, bool) or not isinstance(stored, int):
            message = f"not a whole number: {stored!r}"
            raise ValueError(message)  # noqa: TRY004
        self._check(stored)
        return stored

    @override
    def parse(self, text: str) -> int:
        try:
            value = int(text.strip())
        except ValueError:
            raise ValueError(
                _("“{text}” is not a whole number.").format(text=text)
            ) from None
        self._check(value)
        return value

    def _check(self, value: int) -> None:
        if not self.least <= value <= self.most:
            raise ValueError(
                _("Give a number from {least} to {most}.").format(
                    least=self.least, most=self.most
                )
            )

    @override
    def show(self, value: int) -> str:
        if self.counted is None:
            return str(value)
        # A lazy plural chooses its form only when it is filled.
        return str(self.counted % {"count": value})


@dataclass(frozen=True)
class Cents(Kind[int]):
    """An amount of money in cents, typed and shown in euros."""

    most: int = MOST_CENTS
    widget: ClassVar[str] = "money"

    @override
    def read(self, stored: object) -> int:
        return WholeNumber(most=self.most).read(stored)

    @override
    def parse(self, text: str) -> int:
        try:
            value = money.cents(text)
        except ValueError:
            raise ValueError(
                _("“{text}” is not an amount in euros; write it like 12,50.").format(
                    text=text
                )
            ) from None
        if value > self.most:
            raise ValueError(
                _("The amount is at most {most}.").format(most=money.euros(self.most))
            )
        return value

    @override
    def show(self, value: int) -> str:
        return money.euros(value)

    @override
    def typed(self, value: int) -> str:
        return f"{value // 100},{value % 100:02d}"


@dataclass(frozen=True)
class YesNo(Kind[bool]):
    widget: ClassVar[str] = "yes-no"

    @override
    def read(self, stored: object) -> bool:
        if not isinstance(stored, bool):
            message = f"neither true nor false: {stored!r}"
            raise ValueError(message)  # noqa: TRY004
        return stored

    @override
    def parse(self, text: str) -> bool:
        word = text.strip().casefold()
        if word in {"yes", "true", "1", "on", _("yes")}:
            return True
        if word in {"no", "false", "0", "off", _("no")}:
            return False
        raise ValueError(_("Answer yes or no."))

    @override
    def show(self, value: bool) -> str:
        return _("yes") if value else _("no")

    @override
    def typed(self, value: bool) -> str:
        return "yes" if value else "no"


@dataclass(frozen=True)
class Choice(Kind[str]):
    """One of a few stored words; ``choices`` maps each to what people read."""

    choices: Mapping[str, Words]
    widget: ClassVar[str] = "choice"

    @override
    def read(self, stored: object) -> str:
        if not isinstance(stored, str) or stored not in self.choices:
            message = f"not one of {', '.join(self.choices)}: {stored!r}"
            raise ValueError(message)
        return stored

    @override
    def parse(self, text: str) -> str:
        word = text.strip()
        for value, label in self.choices.items():
            if word.casefold() in {value, str(label).casefold()}:
                return value
        raise ValueError(
            _("Choose one of: {choices}.").format(
                choices=", ".join(str(label) for label in self.choices.values())
            )
        )

    @override
    def show(self, value: str) -> str:
        return str(self.choices[value])


@dataclass(frozen=True)
class Day(Kind[date]):
    """A date, stored in ISO form, typed and shown as d.m.yyyy."""

    widget: ClassVar[str] = "date"

    @override
    def read(self, stored: object) -> date:
        if not isinstance(stored, str):
            message = f"not a date: {stored!r}"
            raise ValueError(message)  # noqa: TRY004
        return date.fromisoformat(stored)

    @override
    def write(self, value: date) -> str:
        return value.isoformat()

    @override
    def parse(self, text: str) -> date:
        word = text.strip()
        try:
            if "-" in word:
                return date.fromisoformat(word)
            day, month, year = (int(part) for part in word.split("."))
            return date(year, month, day)
        except ValueError:
            raise ValueError(
                _("“{text}” is not a date; write it like 24.12.2026.").format(text=text)
            ) from None

    @override
    def show(self, value: date) -> str:
        return written(value)


NO_VALUE = "-"  # what a person types, and a form sends, for "unlimited" or "none"


@dataclass(frozen=True)
class Maybe(Kind[T | None]):
    """A kind that may also be nothing: unlimited, never, the same as another one.

    Nothing is a value of its own (stored as null, typed as ``-``); it is not an
    empty cell, which inherits.
    """

    kind: Kind[T]
    nothing: Words
    widget: ClassVar[str] = "maybe"  # a field of ``kind`` that may be nothing

    @override
    def read(self, stored: object) -> T | None:
        return None if stored is None else self.kind.read(stored)

    @override
    def write(self, value: T | None) -> object:
        return None if value is None else self.kind.write(value)

    @override
    def parse(self, text: str) -> T | None:
        word = text.strip().casefold()
        if word in {NO_VALUE, str(self.nothing).casefold()}:
            return None
        return self.kind.parse(text)

    @override
    def show(self, value: T | None) -> str:
        return str(self.nothing) if value is None else self.kind.show(value)

    @override
    def typed(self, value: T | None) -> str:
        return NO_VALUE if value is None else self.kind.typed(value)

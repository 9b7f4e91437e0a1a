"""What a parameter of the lending rules is, and the list that they register in."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, Generic, TypeVar

from kortisto.core.values import Kind, Words

T = TypeVar("T")


class Group(StrEnum):
    """How parameters are grouped on a page."""

    LOAN = "loan"
    RENEWAL = "renewal"
    FINE = "fine"
    HOLD = "hold"
    RETURN = "return"


@dataclass(frozen=True, eq=False)
class Parameter(Generic[T]):
    """One column of the rule matrix.

    The key is stored with the rules and is the name of the value in ``Terms``; it
    never changes.
    """

    key: str
    group: Group
    kind: Kind[T]
    default: T
    title: Words
    help: Words

    def read(self, stored: object) -> T:
        """The value of a stored cell. Raises ValueError when it cannot be one."""
        return self.kind.read(stored)

    def write(self, value: T) -> object:
        """What is stored as JSON."""
        return self.kind.write(value)

    def parse(self, text: str) -> T:
        """What somebody typed. Raises ValueError with a sentence that says why not."""
        return self.kind.parse(text)

    def show(self, value: T) -> str:
        """The value in words, in the reader's language."""
        return self.kind.show(value)

    def typed(self, value: T) -> str:
        """What a form shows in its field, so that ``parse`` gives it back."""
        return self.kind.typed(value)


declared: Final[dict[str, Parameter[Any]]] = {}


def declare(
    key: str,
    group: Group,
    kind: Kind[T],
    *,
    default: T,
    title: Words,
    help: Words,  # noqa: A002
) -> Parameter[T]:
    made = Parameter(key, group, kind, default, title, help)
    declared[key] = made
    return made

"""What a role can allow. Each domain app lists its own permissions."""

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from typing_extensions import override


class Permission(StrEnum):
    """Base for the permissions of one domain app: a stored value and a sentence.

    The value is stored with the role, so it never changes; the label says in
    words what the permission lets a person do.
    """

    label: "Promise | str"

    def __new__(cls, value: str, label: "Promise | str") -> "Permission":
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    if TYPE_CHECKING:

        @property
        @override
        def value(self) -> str: ...


def all_permissions() -> Iterator[Permission]:
    """Every permission of every app that has been imported, grouped by app."""
    for family in Permission.__subclasses__():
        yield from family


def permission(value: str) -> Permission:
    """The permission with this stored value. Raises LookupError when unknown."""
    for known in all_permissions():
        if known.value == value:
            return known
    message = f"no such permission: {value}"
    raise LookupError(message)

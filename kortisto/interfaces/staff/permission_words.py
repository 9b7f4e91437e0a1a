"""Permissions in words: the part of the work that each belongs to, and its label."""

from collections.abc import Iterable, Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from kortisto.core.permissions import Permission, all_permissions, permission

FAMILIES: Final[Mapping[str, Promise]] = {
    "lending": gettext_lazy("Lending"),
    "holds": gettext_lazy("Holds"),
    "patrons": gettext_lazy("Patrons"),
    "notices": gettext_lazy("Messages"),
    "fees": gettext_lazy("Charges"),
    "catalogue": gettext_lazy("Collection"),
    "entry": gettext_lazy("Open libraries"),
    "policies": gettext_lazy("Rules"),
    "distribution": gettext_lazy("Where items stand"),
    "org": gettext_lazy("Administration"),
}


def by_family() -> dict[str, list[Permission]]:
    """Every permission under the word before its dot, in the order of the desk."""
    families: dict[str, list[Permission]] = {name: [] for name in FAMILIES}
    for one in all_permissions():
        families.setdefault(one.value.partition(".")[0], []).append(one)
    return {name: found for name, found in families.items() if found}


def family_words(name: str) -> str:
    """The name of a family; its code when nobody has named it."""
    return str(FAMILIES.get(name, name))


def permission_words(value: str) -> str:
    """The label of a stored permission; its code when this version has it no more."""
    try:
        return str(permission(value).label)
    except LookupError:
        return value


def listed(values: Iterable[str]) -> str:
    """Labels in a row; they have commas themselves."""
    return " · ".join(sorted(permission_words(value) for value in values))

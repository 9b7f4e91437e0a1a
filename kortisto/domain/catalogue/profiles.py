"""How an import matches records and treats items: a few named ways.

A profile is chosen by name; ``replace`` changes one thing for one run, such as the
source of bare control numbers.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One way to import.

    ``bare_source``: whose the control numbers without 003 are; "" the file's own
    (its name). ``identifiers_overlay``: a record met by ISBN, EAN, publisher's number
    or 035 takes the place of ours; otherwise it is added and noted as a possible
    duplicate. ``makes_codes``: item types and codes that are unknown are made, with
    the code as their name; otherwise the item is rejected. ``item_type``: for items
    that name none; "" rejects them.
    """

    name: str
    title: "Promise | str"
    bare_source: str = ""
    identifiers_overlay: bool = False
    makes_codes: bool = False
    item_type: str = ""


DEFAULT: Final = "default"

_PROFILES: Final = {
    each.name: each
    for each in (
        Profile(
            name=DEFAULT,
            title=_(
                "Only a record's own control number replaces a record. Items with "
                "unknown codes are rejected."
            ),
        ),
        Profile(
            name="supplier",
            title=_(
                "A record with the same ISBN, EAN, publisher's number or system "
                "number replaces ours, which keeps its control number."
            ),
            identifiers_overlay=True,
        ),
        Profile(
            name="migration",
            title=_(
                "The data of another system as it is: unknown item types and codes "
                "are made."
            ),
            makes_codes=True,
        ),
    )
}


class UnknownProfile(LookupError):
    """There is no profile of that name."""


def profile(name: str | None = None) -> Profile:
    """The profile of this name, the default one without. Raises UnknownProfile."""
    found = _PROFILES.get(name or DEFAULT)
    if found is None:
        message = f"no import profile {name}; there are: {', '.join(_PROFILES)}"
        raise UnknownProfile(message)
    return found


def profiles() -> tuple[Profile, ...]:
    return tuple(_PROFILES.values())

"""Kinds of patron categories, gathered by the question that is asked of them (PAT-20).

``PatronCategory.Kind`` has the kinds themselves, and a test keeps both together.
"""

from typing import Final

ACCOUNTS: Final = frozenset({"staff", "device"})
"""Nobody's: they log in and nothing else. Nothing is lent to them, no message is sent,
no door of an open library opens."""

ORDINARY_PEOPLE: Final = frozenset({"person", "dependant"})
"""Whom age moves to the next category, and long absence out of the register."""

PRIVATE_PEOPLE: Final = ORDINARY_PEOPLE | {"provisional"}
"""Their date of birth must be known (S22) and their age counts everywhere; they have a
personal identity code."""

PEOPLE: Final = PRIVATE_PEOPLE | {"work"}
"""Everybody of flesh and blood: a work card is somebody's too, though not private."""

NAMED_AS_PEOPLE: Final = PEOPLE | {"staff"}
"""First names and surname; all others have one name."""

CUSTOMERS: Final = ORDINARY_PEOPLE | {"organisation"}
"""Who is welcomed, and told that the card expires."""

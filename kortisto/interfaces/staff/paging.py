"""Pages by key: the address keeps the way back, so that no page is counted.

``?after=120.80`` means: two pages were read, the first ended at 120, the second at
80; what is shown begins after 80.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest

from kortisto.core.text import ControlCharacters, is_key, tidy
from kortisto.ui.parts import Pages

PAGE: Final = 50
LONGEST_TRAIL: Final = 60  # pages that can be gone back
LONGEST_TEXT: Final = 300


@dataclass(frozen=True, slots=True)
class Trail:
    """The keys at which the pages before this one ended."""

    keys: tuple[int, ...] = ()

    @classmethod
    def of(cls, request: HttpRequest) -> "Trail":
        """Never raises: an address that is none begins from the beginning."""
        parts = request.GET.get("after", "").split(".")
        if not all(is_key(part) for part in parts):
            return cls()
        return cls(tuple(int(part) for part in parts[-LONGEST_TRAIL:]))

    @property
    def last(self) -> int | None:
        return self.keys[-1] if self.keys else None

    def pages(
        self, request: HttpRequest, *, next_key: int | None, told: str = ""
    ) -> Pages:
        """Ways to the page before and the one after; ``next_key`` None: the last."""
        before = _address(request, self.keys[:-1]) if self.keys else ""
        after = "" if next_key is None else _address(request, (*self.keys, next_key))
        return Pages(previous_url=before, next_url=after, told=told)


def cut(rows: Sequence[int], size: int = PAGE) -> int | None:
    """The key to go on from, when one row more than a page was read."""
    return rows[size - 1] if len(rows) > size else None


def one_line(text: str | None) -> str:
    """What was typed to search for; without what nobody can have meant."""
    try:
        return tidy(text or "")[:LONGEST_TEXT]
    except ControlCharacters:
        return ""


def _address(request: HttpRequest, keys: tuple[int, ...]) -> str:
    given = request.GET.copy()
    given.pop("after", None)
    if keys:
        given["after"] = ".".join(str(key) for key in keys[-LONGEST_TRAIL:])
    return f"?{given.urlencode()}"

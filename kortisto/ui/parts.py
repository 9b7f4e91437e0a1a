"""The values that components show. Doors make them; the template tags draw them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

KINDS: Final = ("ok", "attention", "stop", "info", "hold", "neutral")

KIND_ICONS: Final[Mapping[str, str]] = {
    "ok": "ok",
    "attention": "warn",
    "stop": "stop",
    "info": "info",
    "hold": "hold",
    "neutral": "minus",
}

MATERIAL_ICONS: Final[Mapping[str, str]] = {
    "book": "book",
    "e-book": "e-book",
    "audiobook": "audiobook",
    "music": "cd",
    "score": "score",
    "film": "film",
    "game": "game",
    "magazine": "magazine",
    "map": "map",
    "thing": "thing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceLine:
    """One step of a decision: what was asked, the answer, and where it came from."""

    name: str
    value: str = ""
    source: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalLine:
    """A reason against, as a page shows it.

    ``permission`` names who may set it aside, in words; empty when nobody may.
    """

    code: str
    message: str
    kind: str = "stop"
    may_override: bool = False
    permission: str = ""
    trace: Sequence[TraceLine] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tab:
    """A view of one thing. ``count`` is shown when it is not None."""

    label: str
    url: str
    current: bool = False
    icon: str = ""
    count: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """One value to narrow by; ``url`` adds it, or takes it away when chosen."""

    label: str
    count: int
    url: str
    chosen: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A named group of values, open or folded."""

    label: str
    values: Sequence[FacetValue] = ()
    open: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Pages:
    """Paging by key: there is a next and a previous, never a number of pages."""

    previous_url: str = ""
    next_url: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A sentence about a field, and the id to which it leads; "" for the whole form."""

    anchor: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Happening:
    """One event on a time line."""

    title: str
    at: datetime
    icon: str = "info"
    kind: str = "neutral"
    detail: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One column of a small chart."""

    label: str
    value: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two values to be compared, and how each is written."""

    label: str
    first: int
    second: int
    first_told: str
    second_told: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Availability:
    """How many copies can be taken now, and where; ``queue`` is holds waiting."""

    available: int
    total: int
    where: str = ""
    queue: int = 0

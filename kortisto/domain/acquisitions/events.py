"""What others may hear about purchase suggestions: never what was suggested."""

from dataclasses import dataclass

from kortisto.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseSuggested(Event):
    PATRON = "patron_id"

    patron_id: int
    suggestion_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionWithdrawn(Event):
    """The patron took it back before the library had looked at it; it is gone."""

    PATRON = "patron_id"

    patron_id: int
    suggestion_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionAnswered(Event):
    """The state is another one now; ``state`` is new when it was opened again."""

    PATRON = "patron_id"

    patron_id: int
    suggestion_id: int
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionMerged(Event):
    """It is the same as ``into_id``, and is answered with it from now on."""

    suggestion_id: int
    into_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionParted(Event):
    """It is answered by itself again."""

    suggestion_id: int
    from_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionsForgotten(Event):
    """Suggestions that were answered long ago have been deleted."""

    suggestions: int

"""What others may hear about messages. Ids only."""

from dataclasses import dataclass

from kortisto.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageWritten(Event):
    """Staff wrote to a patron (PAT-16)."""

    PATRON = "patron_id"

    patron_id: int
    notice_id: int
    transport: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageTextChanged(Event):
    """A text of messages has a new version; ``shipped``: the default one again."""

    kind: str
    language: str
    version: int
    shipped: bool

"""What has happened to the lending rules."""

from dataclasses import dataclass

from kortisto.core.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraftChanged(Event):
    """A cell or a row of the draft changed. Stored values; ``parameter`` None: a row.

    ``library_id``, ``category_id`` and ``item_type_id`` None mean all.
    """

    version: int
    library_id: int | None
    category_id: int | None
    item_type_id: int | None
    parameter: str | None = None
    before: object = None
    after: object = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesDrafted(Event):
    """A draft was begun, or thrown away (``discarded``)."""

    version: int
    copied_from: int | None = None
    discarded: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesPublished(Event):
    """A version was published; ``copied_from`` when an old one came back."""

    version: int
    starts_on: str
    copied_from: int | None = None

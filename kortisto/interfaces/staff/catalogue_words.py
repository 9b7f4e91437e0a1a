"""What codes of the collection are called on the staff's pages."""

from collections.abc import Mapping
from typing import Final, Protocol

from django.utils.translation import gettext_lazy as _

from kortisto.domain.catalogue.models import CodedValue
from kortisto.domain.catalogue.queries import coded_values, names_of_codes

PICTURES: Final[Mapping[str, str]] = {
    "EKIRJA": "e-book",
    "VERKKO": "e-book",
    "AANIKIRJA": "audiobook",
    "EAANIKIRJA": "audiobook",
    "LEHTI": "magazine",
    "SANOMALEHTI": "magazine",
    "ARTIKKELI": "magazine",
    "NUOTTI": "score",
    "CD": "music",
    "LP": "music",
    "DVD": "film",
    "BLURAY": "film",
    "PELI": "game",
    "LAUTAPELI": "game",
    "KARTTA": "map",
    "KUVA": "thing",
    "ESINE": "thing",
    "MUU": "thing",
}
"""The picture of a material; everything else looks like a book."""

FIELD_WORDS: Final = {
    "location": (CodedValue.List.LOCATION, _("Location")),
    "sub_location": (CodedValue.List.SUB_LOCATION, _("Sub-location")),
    "collection": (CodedValue.List.COLLECTION, _("Collection")),
    "not_for_loan": (CodedValue.List.NOT_FOR_LOAN, _("Not for loan")),
    "damaged": (CodedValue.List.DAMAGED, _("Damaged")),
    "lost": (CodedValue.List.LOST, _("Lost")),
    "withdrawn": (CodedValue.List.WITHDRAWN, _("Withdrawn")),
    "restricted": (CodedValue.List.RESTRICTED, _("Restricted")),
}


class OnAShelf(Protocol):
    """What says where an item stands: codes."""

    @property
    def location(self) -> str: ...
    @property
    def sub_location(self) -> str: ...
    @property
    def collection(self) -> str: ...


class CodeNames:
    """Names of all codes, read once for a page; a code without a name is itself."""

    def __init__(self) -> None:
        self._names = names_of_codes()

    def __call__(self, coded: CodedValue.List, code: str) -> str:
        return self._names.get((coded.value, code)) or code

    def material(self, code: str) -> str:
        return self(CodedValue.List.MATERIAL, code)

    def place(self, item: OnAShelf) -> str:
        """Where an item stands in its library, the call number left out."""
        words = (
            self(CodedValue.List.LOCATION, item.location),
            self(CodedValue.List.SUB_LOCATION, item.sub_location),
            self(CodedValue.List.COLLECTION, item.collection),
        )
        return " · ".join(word for word in words if word)


def choices_of(coded: CodedValue.List, *, now: str = "") -> list[tuple[str, str]]:
    """The codes of one list to choose from, none first; an unknown code stays."""
    rows = [(row.code, row.name or row.code) for row in coded_values([coded])]
    known = {code for code, _name in rows}
    more = [(now, now)] if now and now not in known else []
    return [("", "–"), *rows, *more]

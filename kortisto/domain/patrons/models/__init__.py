"""People and groups with a library card. Everything here is secret (S17).

``record.py`` the person, ``cards.py`` cards and restrictions, ``family.py`` guardians,
``choices.py`` messages, ``notes.py`` notes, ``changes.py`` where each value came from,
``requests.py`` what patrons want to be changed.
"""

from kortisto.domain.patrons.models.cards import Card, Restriction, RestrictionType
from kortisto.domain.patrons.models.categories import (
    CardValidity,
    History,
    PatronCategory,
)
from kortisto.domain.patrons.models.changes import FieldChange, Renewal, Source
from kortisto.domain.patrons.models.choices import (
    CategoryMessage,
    MessageChoice,
    MessageKind,
    Transport,
)
from kortisto.domain.patrons.models.erasures import Erasure
from kortisto.domain.patrons.models.family import Guardianship
from kortisto.domain.patrons.models.notes import PatronNote
from kortisto.domain.patrons.models.pin_links import PinLink
from kortisto.domain.patrons.models.record import Patron, PatronWord
from kortisto.domain.patrons.models.requests import RequestedChange
from kortisto.domain.patrons.population_position import PopulationPosition

__all__ = [
    "Card",
    "CardValidity",
    "CategoryMessage",
    "Erasure",
    "FieldChange",
    "Guardianship",
    "History",
    "MessageChoice",
    "MessageKind",
    "Patron",
    "PatronCategory",
    "PatronNote",
    "PatronWord",
    "PinLink",
    "PopulationPosition",
    "Renewal",
    "RequestedChange",
    "Restriction",
    "RestrictionType",
    "Source",
    "Transport",
]

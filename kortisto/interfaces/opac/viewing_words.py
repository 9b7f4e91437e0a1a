"""Who has looked at my data, in words for the patron: the library, never its staff."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from kortisto.domain.org.queries import Organisation
from kortisto.domain.patrons.log_words import log_words
from kortisto.domain.patrons.viewings import Viewing


@dataclass(frozen=True, slots=True)
class ViewingRow:
    """``place`` is the library, ``owner`` whose it is; both empty for the system."""

    at: datetime
    what: str
    place: str
    owner: str


def viewing_rows(viewings: Iterable[Viewing], tree: Organisation) -> list[ViewingRow]:
    return [_row(one, tree) for one in viewings]


def _row(one: Viewing, tree: Organisation) -> ViewingRow:
    words = log_words(one.kind, one.page)
    if one.unit_id is None or one.unit_id not in tree.units:
        place = "" if one.page == "guardian" else _("The library system itself")
        return ViewingRow(one.at, words, place, "")
    owner = tree.name(tree.municipality_of(one.unit_id))
    place = tree.name(one.unit_id)
    return ViewingRow(one.at, words, place, "" if owner == place else owner)

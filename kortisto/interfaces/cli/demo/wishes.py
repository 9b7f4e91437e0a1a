"""What patrons of a demo have suggested to be bought, and what became of it."""

from datetime import datetime, timedelta
from typing import Final

from kortisto.core.actors import Actor, ActorKind, Channel
from kortisto.domain.acquisitions.actions.answering import (
    answer_suggestion,
    merge_suggestions,
)
from kortisto.domain.acquisitions.actions.suggesting import NewSuggestion, suggest
from kortisto.domain.acquisitions.models import Suggestion
from kortisto.domain.catalogue.description.kinds import Material
from kortisto.domain.patrons.models import Patron

State = Suggestion.State

WISHES: Final = (
    ("Lintujen kielioppi", "Sundqvist, Aino", Material.BOOK, "Lukupiirimme syyskirja"),
    ("Saimaan yöt", "Kuutti, Otto", Material.AUDIOBOOK, ""),
    ("Järvisuon valssi", "Savon Pelimannit", Material.CD, "Soitan haitaria"),
    ("Kyykkäkuninkaat", "", Material.BOARD_GAME, "Peli-iltoihin"),
)
"""Invented titles: title, author, material, why."""

ANSWERED: Final = (
    (1, State.CONSIDERED, "looking"),
    (2, State.DECLINED, "not-sold"),
    (3, State.ORDERED, "ordered"),
)
"""Which of them has been answered, and how. The first waits."""


def make_wishes(
    patron: Patron, other: Patron, *, by: Actor, now: datetime
) -> list[Suggestion]:
    """Four of one patron, the first of which another has suggested as well."""
    then = now - timedelta(days=20)
    made = [_suggest(patron, *wish, now=then) for wish in WISHES]
    title, _author, material, _why = WISHES[0]
    same = _suggest(other, title.upper(), "", material, "", now=now)
    merge_suggestions(made[0].pk, [same.pk], by=by, now=now)
    for which, state, answer in ANSWERED:
        answer_suggestion(
            made[which].pk,
            state,
            answer=answer,
            seen=State.NEW,
            by=by,
            now=then + timedelta(days=which),
        )
    return made


def _suggest(
    patron: Patron,
    title: str,
    author: str,
    material: Material,
    why: str,
    *,
    now: datetime,
) -> Suggestion:
    by = Actor(
        kind=ActorKind.PATRON,
        id=patron.pk,
        library_id=patron.home_library_id,
        channel=Channel.WEB,
    )
    new = NewSuggestion(
        title=title,
        author=author,
        material=material.value,
        why=why,
        library_id=patron.home_library_id,
    )
    return suggest(patron.pk, new, by=by, now=now)

"""Patrons suggest titles to be bought, and take suggestions back (S33)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import localdate

from kortisto.core.actors import Actor, ActorKind, NotPermitted
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused, refuse
from kortisto.core.text import ControlCharacters, tidy
from kortisto.domain.acquisitions.events import PurchaseSuggested, SuggestionWithdrawn
from kortisto.domain.acquisitions.models import (
    LONGEST_LINK,
    LONGEST_TEXT,
    LONGEST_WHY,
    Suggestion,
    title_key,
)
from kortisto.domain.acquisitions.permissions import AcquisitionsPermission
from kortisto.domain.acquisitions.queries import WAITING, records_with
from kortisto.domain.acquisitions.reasons import Reason, refused
from kortisto.domain.acquisitions.rules import (
    SuggestFacts,
    is_web_address,
    reasons_against,
)
from kortisto.domain.acquisitions.settings import MOST_WAITING, SUGGESTIONS_OPEN
from kortisto.domain.catalogue.description.identifiers import isbn13
from kortisto.domain.catalogue.description.kinds import Material
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import Patron

LONGEST: Final = {"link": LONGEST_LINK, "why": LONGEST_WHY}
SUGGESTED: Final = (
    Material.BOOK,
    Material.EBOOK,
    Material.AUDIOBOOK,
    Material.E_AUDIOBOOK,
    Material.MAGAZINE,
    Material.SCORE,
    Material.CD,
    Material.LP,
    Material.DVD,
    Material.BLURAY,
    Material.GAME,
    Material.BOARD_GAME,
    Material.THING,
    Material.OTHER,
)
"""What a patron can suggest, in the order of a form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSuggestion:
    """What a patron has typed. ``anyway``: though the libraries have it."""

    title: str
    library_id: int
    material: str = Material.BOOK.value
    author: str = ""
    isbn: str = ""
    link: str = ""
    why: str = ""
    anyway: bool = False


@transaction.atomic
def suggest(
    patron_id: int, new: NewSuggestion, *, by: Actor, now: datetime
) -> Suggestion:
    """Suggest a title; only the patron may, in their own name (NotPermitted).

    Raises Refused with every reason; the facts of IN_THE_COLLECTION name the titles.
    """
    _be_oneself(patron_id, by)
    patron = Patron.objects.select_for_update().get(pk=patron_id, binned_at=None)
    texts, wrong = _texts(new)
    isbn = isbn13(texts["isbn"])
    wrong += _what_is_wrong(new, texts, localdate(now))
    if wrong:
        raise Refused(wrong)

    facts = _facts(patron, texts, isbn, anyway=new.anyway)
    refuse(reasons_against(facts), by=by)

    made = Suggestion.objects.create(
        patron=patron,
        title=texts["title"],
        title_key=title_key(texts["title"]),
        author=texts["author"],
        isbn=isbn,
        link=texts["link"],
        material=new.material,
        why=texts["why"],
        library_id=new.library_id,
        made_at=now,
    )
    event = PurchaseSuggested(patron_id=patron_id, suggestion_id=made.pk)
    publish(event, by=by, at=now)
    return made


@transaction.atomic
def withdraw_suggestion(suggestion_id: int, *, by: Actor, now: datetime) -> None:
    """Take back what the library has not looked at yet; the row is deleted.

    Those who have suggested the same go on without it. Raises DoesNotExist,
    NotPermitted, Refused (NOT_NEW).
    """
    row = Suggestion.objects.select_for_update().get(pk=suggestion_id)
    _be_oneself(row.patron_id, by)
    if row.state != Suggestion.State.NEW:
        raise refused(Reason.NOT_NEW)
    _pass_on(row)
    row.delete()
    event = SuggestionWithdrawn(patron_id=row.patron_id, suggestion_id=suggestion_id)
    publish(event, by=by, at=now)


def _be_oneself(patron_id: int, by: Actor) -> None:
    if by.kind is not ActorKind.PATRON or by.id != patron_id:
        raise NotPermitted(AcquisitionsPermission.ANSWER_SUGGESTIONS)


def _texts(new: NewSuggestion) -> tuple[dict[str, str], list[Refusal]]:
    """The fields as they are kept, and those that cannot be."""
    kept: dict[str, str] = {}
    wrong: list[Refusal] = []
    for name in ("title", "author", "isbn", "link", "why"):
        try:
            kept[name] = tidy(getattr(new, name))
        except ControlCharacters:
            kept[name] = ""
            wrong.append(Refusal(Reason.BAD_TEXT, facts={"field": name}))
        if len(kept[name]) > LONGEST.get(name, LONGEST_TEXT):
            wrong.append(Refusal(Reason.BAD_TEXT, facts={"field": name}))
    return kept, wrong


def _what_is_wrong(
    new: NewSuggestion, texts: dict[str, str], today: date
) -> Iterator[Refusal]:
    if not texts["title"]:
        yield Refusal(Reason.NEEDS_TITLE, facts={"field": "title"})
    if texts["isbn"] and not isbn13(texts["isbn"]):
        yield Refusal(Reason.BAD_ISBN, facts={"field": "isbn"})
    if texts["link"] and not is_web_address(texts["link"]):
        yield Refusal(Reason.BAD_LINK, facts={"field": "link"})
    if new.material not in SUGGESTED:
        yield Refusal(Reason.NO_MATERIAL, facts={"field": "material"})
    if new.library_id not in {one.id for one in organisation().libraries(on=today)}:
        yield Refusal(Reason.NO_LIBRARY, facts={"field": "library"})


def _facts(
    patron: Patron, texts: dict[str, str], isbn: str, *, anyway: bool
) -> SuggestFacts:
    tree, home = organisation(), patron.home_library_id
    own = Suggestion.objects.filter(patron=patron, state__in=WAITING)
    same = Q(title_key=title_key(texts["title"]), author__iexact=texts["author"])
    if isbn:
        same |= Q(isbn=isbn)
    return SuggestFacts(
        is_open=tree.setting(SUGGESTIONS_OPEN, home).value,
        waiting=own.count(),
        most_waiting=tree.setting(MOST_WAITING, home).value,
        suggested_before=own.filter(same).exists(),
        records=records_with(isbn),
        anyway=anyway,
    )


def _pass_on(row: Suggestion) -> None:
    """The next of those that are the same stands for the others from now on."""
    heir = row.same.select_for_update().order_by("pk").first()
    if heir is None:
        return
    row.same.exclude(pk=heir.pk).update(same_as=heir)
    heir.same_as = None
    heir.save(update_fields=["same_as"])

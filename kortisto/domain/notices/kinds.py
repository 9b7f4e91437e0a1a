"""What a kind of message is: when it comes, its variables, and the text it ships with.

A kind is declared once, by ``declare``. The shipped texts are in the code in English
and translated like every sentence of the program; an administrator may put another
text in their place (``actions/texts.py``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from kortisto.core.values import Words
from kortisto.domain.notices.variables import Type, Values, Variable, Wording
from kortisto.domain.patrons.models import Patron

LANGUAGES: Final = tuple(code for code, _name in settings.LANGUAGES)

NAME: Final = Variable(
    name="name", title=_("What the patron is called"), type=Type.TEXT
)
LIBRARY: Final = Variable(
    name="library", title=_("Who writes: the home library"), type=Type.TEXT
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    """What a message is written for: who, and the facts that were kept for it."""

    patron: Patron
    facts: Mapping[str, Any]
    now: datetime

    def moment(self, name: str) -> datetime:
        """A fact that is a moment."""
        return datetime.fromisoformat(self.facts[name])


Find = Callable[[Occasion], Values | None]
Address = Callable[[Occasion], str]
NotTold = Callable[[int, datetime], None]
"""From the id of a patron and a moment: what follows when they were not told."""


def nothing_more(_occasion: Occasion) -> Values:
    """For a kind whose only variables are those that every message has."""
    return {}


def own_address(occasion: Occasion) -> str:
    """The one on the record, as it is now; empty when there is none."""
    return occasion.patron.email


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeKind:
    """``when`` tells the administrator what makes it be sent.

    ``find`` and ``address`` are asked at the moment of sending. ``find`` gives the
    variables of the kind, or None when the message is no longer true or of use.
    ``not_told`` is called when the message was given up though it was of use, in the
    same transaction. ``by_staff``: a person writes it, and begins with this text.
    ``names_titles``: the text tells what somebody reads, so it is forgotten with it.
    """

    code: str  # stored, never changed
    title: Words
    when: Words
    subject: Words
    text: Words
    variables: tuple[Variable, ...] = field(default=(NAME, LIBRARY))
    find: Find = nothing_more
    address: Address = own_address
    not_told: NotTold | None = None
    by_staff: bool = False
    names_titles: bool = False

    def shipped(self, language: str) -> Wording:
        """The text that comes with the program."""
        with override(language):
            return Wording(str(self.subject), str(self.text))


_kinds: dict[str, NoticeKind] = {}


def declare(kind: NoticeKind) -> NoticeKind:
    """Raises ValueError when another kind has the code."""
    if _kinds.setdefault(kind.code, kind) != kind:
        message = f"two kinds of messages are called {kind.code}"
        raise ValueError(message)
    return kind


def kinds() -> list[NoticeKind]:
    """Those that come by themselves first, in the order in which they were declared."""
    return sorted(_kinds.values(), key=lambda one: one.by_staff)


def is_written(code: str) -> bool:
    """Whether this version writes such messages; patrons can choose more (NOT-1)."""
    return code in _kinds


def kind_of(code: str) -> NoticeKind:
    """Raises LookupError for a kind that this version does not know."""
    return _kinds[code]


def title_of(code: str) -> str:
    """What a kind is called; its code when this version does not know it."""
    known = _kinds.get(code)
    return code if known is None else str(known.title)

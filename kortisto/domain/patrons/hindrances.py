"""What stands against erasing a patron: asked of every app that knows patrons.

The register does not know loans or money. Who does declares, in its own module called
``hindrances.py``, why somebody cannot be erased yet.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeAlias, TypeVar

from django.utils.translation import gettext_lazy as _

from kortisto.core import refusals
from kortisto.core.refusals import Refusal
from kortisto.domain.patrons.frozen import is_frozen
from kortisto.domain.patrons.models import Patron
from kortisto.domain.patrons.records import dependants_of
from kortisto.domain.patrons.rules import is_minor

Hindering: TypeAlias = Callable[[int, date], Sequence[Refusal]]
"""From a patron's id and the day to the reasons against."""

H = TypeVar("H", bound=Hindering)

_questions: dict[str, Hindering] = {}


class Hindrance(refusals.Reason):
    GUARDIAN_OF_MINORS = (
        "guardian-of-minors",
        _("Guardian of {children}: another guardian is needed first."),
    )
    PROCESSING_RESTRICTED = (
        "processing-restricted",
        _("The processing of the patron's data is restricted: it must be kept."),
    )


def hinders_erasing(name: str) -> Callable[[H], H]:
    """Declare a question that is asked before a patron is erased or deleted."""

    def declare(ask: H) -> H:
        _questions[name] = ask
        return ask

    return declare


def against_erasing(patron_id: int, today: date) -> list[Refusal]:
    """Every reason of every app against erasing the patron today."""
    return [each for ask in _questions.values() for each in ask(patron_id, today)]


@hinders_erasing("processing")
def processing_of(patron_id: int, today: date) -> Sequence[Refusal]:
    """Somebody has demanded that the data is kept as it is (GDP-2)."""
    del today
    return [Refusal(Hindrance.PROCESSING_RESTRICTED)] if is_frozen(patron_id) else ()


@hinders_erasing("dependants")
def minors_of(patron_id: int, today: date) -> Sequence[Refusal]:
    """Children for whom somebody must answer."""
    children = [
        each.link.dependant
        for each in dependants_of(patron_id, today)
        if each.link.answers and is_minor(each.link.dependant.born_on, today)
    ]
    if not children:
        return ()
    names = ", ".join(_called(child) for child in children)
    return [Refusal(Hindrance.GUARDIAN_OF_MINORS, facts={"children": names})]


def _called(child: Patron) -> str:
    return child.called_name or child.first_names or child.surname

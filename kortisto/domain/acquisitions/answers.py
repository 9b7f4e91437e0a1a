"""The ready texts of answers. A patron reads one in the language of the page."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kortisto.domain.acquisitions.models import Suggestion

State = Suggestion.State

NO_TEXT: Final = ""
READY: Final[Mapping[str, Mapping[str, Promise]]] = {
    State.NEW: {},
    State.CONSIDERED: {
        "looking": _("Thank you for the suggestion. We are looking into it."),
        "not-out-yet": _("It has not been published yet. We wait until it has."),
    },
    State.ORDERED: {
        "ordered": _("We have ordered it. It often takes some weeks to arrive."),
        "more-copies": _("We have ordered more copies of it."),
    },
    State.BOUGHT: {
        "bought": _("We have bought it. You find it in the web library."),
    },
    State.DECLINED: {
        "not-sold": _("We cannot buy it: it is not sold any more."),
        "not-lent": _("We cannot buy it: it may not be lent by libraries."),
        "interlibrary": _(
            "We do not buy it, but can borrow it for you from another library. Please "
            "ask at any of our libraries."
        ),
        "money": _("We cannot buy it: the money of this year has been spent."),
        "scope": _("We do not buy it: it does not fit our collection."),
        "have-enough": _("We do not buy more copies: there are enough of them."),
    },
}
"""By state, codes with their sentences. A state can also be told without any."""


def answer_text(state: str, answer: str) -> str:
    """The sentence; empty without one, or when this version does not know it."""
    return str(READY.get(state, {}).get(answer, ""))

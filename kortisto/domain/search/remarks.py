"""What the parser says of a query, for a page to show."""

from dataclasses import dataclass
from enum import Enum
from typing import assert_never

from django.utils.translation import gettext as _


class RemarkKind(Enum):
    FIELD, PHRASE, PREFIX, WITHOUT, EITHER, YEARS, IDENTIFIER = range(7)
    TOO_LONG, TOO_DEEP, STRAY, NOT_A_WORD, STAR, NOT_A_YEAR = range(7, 13)


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing understood or left out; `text` as it was typed."""

    kind: RemarkKind
    text: str = ""

    @property
    def sentence(self) -> str:
        """In the language of the page."""
        return _sentence(self.kind).format(text=self.text)


def _sentence(kind: RemarkKind) -> str:  # noqa: C901, PLR0911, PLR0912 - one line each
    match kind:
        case RemarkKind.FIELD:
            return _("The search was limited by “{text}:”.")
        case RemarkKind.PHRASE:
            return _("The words “{text}” were searched beside one another.")
        case RemarkKind.PREFIX:
            return _("Words that begin with “{text}” were searched.")
        case RemarkKind.WITHOUT:
            return _("Something was left out of the results as you asked.")
        case RemarkKind.EITHER:
            return _("Either one or the other was enough.")
        case RemarkKind.YEARS:
            return _("The years were limited to {text}.")
        case RemarkKind.IDENTIFIER:
            return _("“{text}” was searched as a number as well.")
        case RemarkKind.TOO_LONG:
            return _("The search was very long; its end was left out.")
        case RemarkKind.TOO_DEEP:
            return _("There were too many parentheses; some were left out.")
        case RemarkKind.STRAY:
            return _("“{text}” had nothing to join and was left out.")
        case RemarkKind.NOT_A_WORD:
            return _("“{text}” has no letters or digits and was left out.")
        case RemarkKind.STAR:
            return _("In “{text}” the star was left out: it works after two letters.")
        case RemarkKind.NOT_A_YEAR:
            return _("“{text}” is not a year and was left out.")
        case _:
            assert_never(kind)

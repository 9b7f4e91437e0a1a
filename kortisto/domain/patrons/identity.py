"""Finnish personal identity codes: which can be taken, and what they say. Pure.

``DDMMYYCNNNX``: date of birth, a sign for the century, an individual number, a check
character (REQUIREMENTS S29). A code is never shown by ``repr`` and never in a message.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import InvalidChecksum, ValidationError
from stdnum.fi import hetu

from kortisto.core.refusals import Reason

CENTURIES: Final = {
    "+": 1800,
    **dict.fromkeys("-YXWVU", 1900),
    **dict.fromkeys("ABCDEF", 2000),
}
SHAPE: Final = re.compile(r"[0-9]{6}[-+A-FU-Y][0-9]{3}[0-9A-Y]")
LIKE_A_CODE: Final = r"[0-9]{6}[-+A-FU-Y\u2010-\u2015\u2212][0-9]{3}[0-9A-Y]"
ANYWHERE: Final = re.compile(LIKE_A_CODE)  # scripts of pages know the same pattern
FIRST_ARTIFICIAL: Final = 900  # 900-999 are never given to anybody
DASHES: Final = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")


class CodeTrouble(Reason):
    """Why what was typed or scanned is not taken as it is."""

    NOT_A_CODE = (
        "identity-code-shape",
        _("Check the personal identity code: it has the form 131052-308T."),
    )
    NO_SUCH_DAY = (
        "identity-code-date",
        _("Check the personal identity code: there is no such date of birth."),
    )
    NOT_BORN_YET = (
        "identity-code-future",
        _("Check the personal identity code: its date of birth has not come yet."),
    )
    NO_SUCH_NUMBER = (
        "identity-code-number",
        _("Check the personal identity code: no person has such a number."),
    )
    WRONG_CHECK_CHARACTER = (
        "identity-code-check",
        _("Check the personal identity code: one of its characters is wrong."),
    )
    BORN_IN_1800S = (
        "identity-code-1800s",
        _(
            "Was the patron born in the 1800s? A barcode reader may have turned "
            "the sign - of the code into +."
        ),
    )


@dataclass(frozen=True, slots=True)
class IdentityCode:
    """A code that can be taken, in its one form: no spaces, capital letters."""

    code: str = field(repr=False)
    born_on: date = field(repr=False)


def read_code(
    text: str,
    *,
    today: date,
    born_in_1800s: bool = False,
    artificial: bool = False,
) -> IdentityCode | CodeTrouble:
    """What was typed or scanned, as a code or as the reason why it is none.

    Spaces, small letters and the dashes of word processors are put right. Somebody
    born today passes, and so does everybody older. A ``+`` is questioned until
    ``born_in_1800s`` confirms it (AG26-2). ``artificial`` lets numbers 900-999 pass,
    which no person has: only for demonstrations and tests.
    """
    code = "".join(text.split()).upper().translate(DASHES)
    if not SHAPE.fullmatch(code):
        return CodeTrouble.NOT_A_CODE
    born_on = _born_on(code)
    if born_on is None:
        return CodeTrouble.NO_SUCH_DAY
    try:
        hetu.validate(code, allow_temporary=artificial)
    except InvalidChecksum:
        return CodeTrouble.WRONG_CHECK_CHARACTER
    except ValidationError:
        return _number_or_shape(code, artificial=artificial)
    if born_on > today:
        return CodeTrouble.NOT_BORN_YET
    if code[6] == "+" and not born_in_1800s:
        return CodeTrouble.BORN_IN_1800S
    return IdentityCode(code, born_on)


def is_like_a_code(text: str) -> bool:
    """Whether the whole text has the form of a code, good or not."""
    return ANYWHERE.fullmatch("".join(text.split()).upper()) is not None


def mentions_a_code(text: str) -> bool:
    """Whether free text holds something like a code, which no log may keep."""
    return ANYWHERE.search(text.upper()) is not None


def _born_on(code: str) -> date | None:
    day, month, year = int(code[:2]), int(code[2:4]), int(code[4:6])
    try:
        return date(CENTURIES[code[6]] + year, month, day)
    except ValueError:
        return None


def _number_or_shape(code: str, *, artificial: bool) -> CodeTrouble:
    number = int(code[7:10])
    last = FIRST_ARTIFICIAL + 99 if artificial else FIRST_ARTIFICIAL - 1
    if not 2 <= number <= last:
        return CodeTrouble.NO_SUCH_NUMBER
    return CodeTrouble.WRONG_CHECK_CHARACTER  # a letter that no check character is

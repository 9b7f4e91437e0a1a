"""How much a match is worth. Engines share these, so that they rank alike.

A word's worth is that of its best match; the words of a query are summed. The whole
title outweighs any sum of words; then title, author, series, subject, the rest; the
word as typed before its base form; parts of compounds last.
"""

from typing import Final

from kortisto.domain.search.nodes import Field

TITLE_IS: Final = 100.0  # the words asked are the whole title
TITLE_BEGINS: Final = 12.0  # they are its beginning
PHRASE_IN_TITLE: Final = 5.0  # they stand beside one another in it

EXACT: Final = {
    Field.TITLE: 10.0,
    Field.AUTHOR: 8.0,
    Field.SERIES: 5.0,
    Field.SUBJECT: 4.0,
    Field.PUBLISHER: 1.0,
    Field.REST: 1.0,
}
LEMMA: Final = {
    Field.TITLE: 7.0,
    Field.AUTHOR: 6.0,
    Field.SERIES: 3.5,
    Field.SUBJECT: 3.0,
    Field.PUBLISHER: 0.7,
    Field.REST: 0.7,
}
PART: Final = 0.5
SIMILAR: Final = 0.3  # times the worth of a match, for a word that is only similar
SHORT_TITLE: Final = 0.1  # of a text score that favours short titles: breaks ties


def popularity(loans: int) -> float:
    """A small lift for what is much borrowed: 0 to 0.3, by the number of digits."""
    return min(0.3, 0.06 * (len(str(loans)) - (loans == 0)))

"""How names and addresses are cut into words, so that a search finds them. Pure.

A key is bytes: a mark of what it is of, a word, a zero byte, and the whole folded name
or address. In the order of keys come equal words first, then those that only begin
alike, each by the name; and an index of keys alone tells whether the name has the other
words of a search as well.
"""

from collections.abc import Collection, Iterator
from typing import Final

from kortisto.core.text import fold

WORD_LENGTH: Final = 50  # characters of a word that are compared
NAME_LENGTH: Final = 200  # characters of the name, with a blank before each word
SHORTEST_ENDING: Final = 2
AFTER_ALL: Final = b"\xff"  # no UTF-8 has this byte

NAME: Final = ""  # the mark of the words of names: none
ADDRESS: Final = "\x01"  # of those of addresses
INSIDE: Final = "\x02"  # before either: of what words end in


def search_keys(
    surname: str, first_names: str, street: str, postal_code: str
) -> list[bytes]:
    """Every key by which a patron is found."""
    name = fold(f"{surname} {first_names}").split()
    parts = [part for word in name for part in word.split("-")[1:] if part]
    address = fold(f"{street} {postal_code}").split()
    long = [word for word in address if len(word) > 1]
    return [*_keys(NAME, [*name, *parts], name), *_keys(ADDRESS, long, address)]


def _keys(mark: str, words: Collection[str], whole: Collection[str]) -> list[bytes]:
    text = "".join(f" {word}" for word in whole)[:NAME_LENGTH]
    cut = {word[:WORD_LENGTH] for word in words}
    endings = {ending for word in cut for ending in _endings(word)}
    return [
        *(f"{mark}{word}\0{text}".encode() for word in sorted(cut)),
        *(f"{INSIDE}{mark}{ending}\0{text}".encode() for ending in sorted(endings)),
    ]


def _endings(word: str) -> Iterator[str]:
    """What begins inside the word: any part of a word is the beginning of an ending.

    A number has none, since nobody looks for one by its middle.
    """
    if not word[0].isdigit():
        for start in range(1, len(word) - SHORTEST_ENDING + 1):
            yield word[start:]


def range_of(beginning: str) -> tuple[bytes, bytes]:
    """Where the keys of the words are that begin so: ``first <= key < last``."""
    first = beginning[:WORD_LENGTH].encode()
    return first, first + AFTER_ALL


def range_of_word(word: str) -> tuple[bytes, bytes]:
    """Where the keys of a whole word are: ``first <= key < last``."""
    first = f"{word[:WORD_LENGTH]}\0".encode()
    return first, first + AFTER_ALL


def marks_of(beginning: str) -> tuple[bytes, bytes]:
    """A key has one of these when some word of the whole name begins so."""
    text = beginning[:WORD_LENGTH]
    return f" {text}".encode(), f"-{text}".encode()

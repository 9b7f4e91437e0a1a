"""How names are cut into words, so that they are found by any beginning. Pure."""

from typing import Final

from kortisto.core.text import fold

WORD_LENGTH: Final = 50  # characters of a word that are compared
NAME_LENGTH: Final = 100  # characters of the name that put equal words in order
AFTER_ALL: Final = b"\xff"  # no UTF-8 has this byte


def name_keys(surname: str, first_names: str) -> list[bytes]:
    """A key for each word: the folded word, a zero byte, the folded whole name.

    In the order of keys come equal words first, then those that only begin alike,
    each by the name. The parts of ``Anna-Liisa`` are words of their own as well.
    """
    name = fold(f"{surname} {first_names}")
    whole = name.split()
    parts = [part for word in whole for part in word.split("-")[1:]]
    words = {word[:WORD_LENGTH] for word in (*whole, *parts) if word}
    return [f"{word}\0{name[:NAME_LENGTH]}".encode() for word in sorted(words)]


def range_of(beginning: str) -> tuple[bytes, bytes]:
    """Where the keys of the words are that begin so: ``first <= key < last``."""
    first = beginning[:WORD_LENGTH].encode()
    return first, first + AFTER_ALL

"""How names are cut into words, so that they are found by any beginning. Pure."""

from typing import Final

from kortisto.core.text import fold

WORD_LENGTH: Final = 50  # characters of a word that are compared
NAME_LENGTH: Final = 200  # characters of the name, with a blank before each word
AFTER_ALL: Final = b"\xff"  # no UTF-8 has this byte


def name_keys(surname: str, first_names: str) -> list[bytes]:
    """A key for each word: the folded word, a zero byte, the folded whole name.

    In the order of keys come equal words first, then those that only begin alike,
    each by the name. The parts of ``Anna-Liisa`` are words of their own as well.
    """
    whole = fold(f"{surname} {first_names}").split()
    parts = [part for word in whole for part in word.split("-")[1:]]
    words = {word[:WORD_LENGTH] for word in (*whole, *parts) if word}
    name = "".join(f" {word}" for word in whole)[:NAME_LENGTH]
    return [f"{word}\0{name}".encode() for word in sorted(words)]


ADDRESS: Final = "\x01"  # begins the keys of addresses, which no name does
AFTER_ADDRESSES: Final = b"\x02"  # every key of a name comes after it


def address_keys(street: str, postal_code: str) -> list[bytes]:
    """As ``name_keys``, of a street and a postal code, apart from those of names."""
    whole = fold(f"{street} {postal_code}").split()
    words = {word[:WORD_LENGTH] for word in whole if len(word) > 1}
    address = "".join(f" {word}" for word in whole)[:NAME_LENGTH]
    return [f"{ADDRESS}{word}\0{address}".encode() for word in sorted(words)]


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

"""Text is kept in one form and compared as Finns compare it."""

import pytest

from kortisto.core.failures import in_words
from kortisto.core.text import ControlCharacters, card_code, fold, tidy, tidy_lines


def test_spaces_are_trimmed_and_letters_composed() -> None:
    assert tidy("  Aalto,\t Minna\n ") == "Aalto, Minna"
    assert tidy("Ma\N{COMBINING DIAERESIS}kinen") == "Mäkinen"
    assert tidy("a\N{NO-BREAK SPACE}\N{NO-BREAK SPACE}b") == "a b"


def test_lines_are_kept_as_lines() -> None:
    assert tidy_lines("\n one  two \r\n\r\nthree\r") == "one two\n\nthree"


@pytest.mark.parametrize(
    "text",
    ["a\x00b", "a\x1bb", "a\x7fb", "a\x85b", "a\N{RIGHT-TO-LEFT OVERRIDE}b", "\ud800"],
)
def test_what_cannot_be_seen_is_refused(text: str) -> None:
    for clean in (tidy, tidy_lines, card_code):
        with pytest.raises(ControlCharacters):
            clean(text)


def test_plain_letters_are_folded_as_all_others_are() -> None:
    plain = "".join(map(chr, range(128)))
    assert fold(f"{plain}É") == fold(plain) + "e"
    for sign in plain:
        assert fold(f"A{sign}B É") == f"{fold(f'A{sign}B')} e"


def test_folding_keeps_the_letters_of_our_alphabet() -> None:
    assert fold("Élise  BJÖRK") == "elise björk"
    assert fold("Ålandsbanken") == "ålandsbanken"
    assert fold("A\N{COMBINING RING ABOVE}bo") == "åbo"
    assert fold("Säätöpää") != fold("Saatopaa")
    assert fold("Müller") == fold("Muller")
    assert fold("Straße") == "strasse"
    assert fold("ﬁlmi Š") == "filmi s"


def test_a_card_number_is_what_was_meant_however_it_was_typed() -> None:
    assert card_code(" b0012 3456\r\n") == "B00123456"


def test_a_failure_in_words_is_one_line_without_secrets() -> None:
    error = RuntimeError("no\n answer from redis://me:pw1@host, token=abc123 pin: 0000")

    assert in_words(error) == (
        "RuntimeError: no answer from redis://•••@host, token=••• pin: •••"
    )
    assert in_words(OSError()) == "OSError"
    assert len(in_words(OSError("x" * 9999))) == 500

"""ISO 2709: what goes in comes out, and nothing stops the reading."""

import io
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kortisto.domain.catalogue.marc.iso2709 import (
    CannotWriteError,
    TooLongForIso2709,
    parse,
    to_iso2709,
)
from kortisto.domain.catalogue.marc.iso2709_stream import read_iso2709
from kortisto.domain.catalogue.marc.parsed import Parsed, Reading, Rejected
from kortisto.domain.catalogue.marc.record import Marc
from kortisto.domain.catalogue.tests.marc_strategies import records

LEADER = "00000nam a2200000 i 4500"
BOOK = Marc(
    LEADER,
    (
        ("001", "123"),
        ("650", " 7", (("a", "kahvilat"), ("2", "yso/fin"))),
        ("245", "10", (("a", "Päivä kahvilassa /"), ("c", "Maija Öst."))),
        ("650", " 7", (("a", "kaupungit"), ("2", "yso/fin"))),
    ),
)


def read(data: bytes) -> list[Reading]:
    return list(read_iso2709(io.BytesIO(data)))


def only(readings: Sequence[Reading]) -> Parsed:
    assert len(readings) == 1
    reading = readings[0]
    assert isinstance(reading, Parsed), reading
    return reading


def notes(parsed: Parsed) -> list[str]:
    return [note.code for note in parsed.notes]


def raw_record(*fields: tuple[str, bytes], marc8: bool = False) -> bytes:
    """A record of bytes with right lengths, whatever the bytes are."""
    directory, body = b"", b""
    for tag, content in fields:
        chunk = content + b"\x1e"
        directory += b"%b%04d%05d" % (tag.encode(), len(chunk), len(body))
        body += chunk
    base = 24 + len(directory) + 1
    coding = b" " if marc8 else b"a"
    leader = b"%05dnam %b22%05d i 4500" % (base + len(body) + 1, coding, base)
    return leader + directory + b"\x1e" + body + b"\x1d"


def test_a_record_comes_back_with_every_field_in_its_place() -> None:
    written = to_iso2709(BOOK)

    parsed = only(read(written))

    assert parsed.record.fields == BOOK.fields
    assert parsed.notes == ()
    assert to_iso2709(parsed.record) == written
    assert int(written[:5]) == len(written)


def test_the_leader_keeps_all_but_lengths_and_character_coding() -> None:
    odd = Marc("99999cjm*922999994a 45z0", (("001", "x"),))

    leader = parse(to_iso2709(odd)).record.leader

    assert leader[5:9] + leader[10:12] + leader[17:] == "cjm*224a 45z0"
    assert leader[9] == "a"


@given(records())
def test_any_record_survives(marc: Marc) -> None:
    parsed = only(read(to_iso2709(marc)))

    assert parsed.record.fields == marc.fields
    assert parsed.record.leader[17:] == marc.leader[17:]


@given(st.lists(st.binary(max_size=60), max_size=4))
@settings(max_examples=200)
def test_no_bytes_stop_the_reading(pieces: list[bytes]) -> None:
    good = to_iso2709(BOOK)
    data = b"\x1d".join([*pieces, b""]) + good

    readings = read(data)

    assert isinstance(readings[-1], Parsed)
    assert readings[-1].record.fields == BOOK.fields
    assert all(r.reason and r.sentence for r in readings if isinstance(r, Rejected))


@given(st.data())
@settings(max_examples=200)
def test_a_damaged_record_never_damages_the_next(data: st.DataObject) -> None:
    good = to_iso2709(BOOK)
    at = data.draw(st.integers(0, len(good) - 2))
    byte = data.draw(st.integers(0, 255))

    readings = read(good[:at] + bytes([byte]) + good[at + 1 :] + good)

    last = readings[-1]
    assert isinstance(last, Parsed)
    assert last.record.fields == BOOK.fields


@pytest.mark.parametrize("between", [b"\n", b"\r\n", b"  \0\x1a", b"\xef\xbb\xbf"])
def test_blanks_between_records_are_passed_over(between: bytes) -> None:
    one = to_iso2709(BOOK)

    readings = read(between + one + between + one + b"\n")

    assert [type(reading) for reading in readings] == [Parsed, Parsed]


def test_garbage_before_a_record_is_told_and_the_record_is_read() -> None:
    garbage, good = read(b"HTTP/1.1 200 OK\n" + to_iso2709(BOOK))

    assert isinstance(garbage, Rejected)
    assert (garbage.reason, garbage.raw) == ("not-a-record", b"HTTP/1.1 200 OK\n")
    assert isinstance(good, Parsed)
    assert good.offset == 16


def test_a_wrong_length_is_put_right_with_a_note() -> None:
    written = b"00042" + to_iso2709(BOOK)[5:]

    parsed = only(read(written))

    assert notes(parsed) == ["wrong-length"]
    assert parsed.record.fields == BOOK.fields


def test_lengths_counted_in_characters_are_put_right_with_a_note() -> None:
    """Programs that count characters put every field after an ä a byte too early."""
    good = to_iso2709(BOOK)
    body = good[good.index(b"\x1e") + 1 :]
    directory, position = b"", 0
    for tag, chunk in zip(
        ["001", "650", "245", "650"], body.split(b"\x1e"), strict=False
    ):
        length = len(chunk.decode()) + 1
        directory += b"%b%04d%05d" % (tag.encode(), length, position)
        position += length
    wrong = good[:24] + directory + b"\x1e" + body

    parsed = only(read(wrong))

    assert notes(parsed) == ["wrong-directory"]
    assert parsed.record.fields == BOOK.fields


def test_a_directory_in_another_order_than_the_data_is_followed() -> None:
    body = b"10\x1faSecond\x1e" + b"first\x1e"
    directory = b"001000600011" + b"245001100000"
    leader = b"%05dnam a22%05d i 4500" % (24 + 25 + len(body) + 1, 24 + 25)

    parsed = only(read(leader + directory + b"\x1e" + body + b"\x1d"))

    assert parsed.record.fields == (("001", "first"), ("245", "10", (("a", "Second"),)))
    assert parsed.notes == ()


def test_two_records_without_a_terminator_between_are_both_read() -> None:
    one = to_iso2709(BOOK)

    first, second = read(one[:-1] + one)

    assert isinstance(first, Parsed)
    assert "no-record-end" in notes(first)
    assert first.record.fields == BOOK.fields
    assert isinstance(second, Parsed)
    assert second.notes == ()


def test_a_record_cut_short_is_refused_and_the_next_is_read() -> None:
    one = to_iso2709(BOOK)

    broken, good = read(one[:-20] + one)

    assert isinstance(broken, Rejected)
    assert broken.reason == "truncated"
    assert broken.raw == one[:-20]
    assert isinstance(good, Parsed)


def test_a_file_that_breaks_off_says_so() -> None:
    one = to_iso2709(BOOK)

    good, broken = read(one + one[:-5])

    assert isinstance(good, Parsed)
    assert isinstance(broken, Rejected)
    assert (broken.reason, broken.offset) == ("truncated", len(one))


def test_text_that_looks_like_a_leader_stays_text() -> None:
    marc = Marc(LEADER, (("500", "  ", (("a", f"Leader: {LEADER} x"),)),))
    wrong_length = b"00001" + to_iso2709(marc)[5:]

    assert only(read(to_iso2709(marc))).record.fields == marc.fields
    assert only(read(wrong_length)).record.fields == marc.fields


def test_a_field_without_subfields_keeps_its_text() -> None:
    parsed = only(read(raw_record(("FMT", b"BK"), ("245", b"10\x1faT"))))

    assert parsed.record.fields[0] == ("FMT", "BK")
    assert notes(parsed) == ["no-subfields"]


def test_missing_indicators_are_filled_in() -> None:
    parsed = only(read(raw_record(("245", b"1\x1faT"))))

    assert parsed.record.fields == (("245", "1 ", (("a", "T"),)),)
    assert notes(parsed) == ["missing-indicators"]


def test_text_before_the_first_subfield_is_refused() -> None:
    (refused,) = read(raw_record(("245", b"10lost\x1faT")))

    assert isinstance(refused, Rejected)
    assert refused.reason == "text-before-subfields"


@pytest.mark.parametrize(
    ("data", "marc8", "text", "note"),
    [
        (b"Caf\xe2e", True, "Café", None),
        (b"H\xe8ameenlinna \xa2re", True, "Hämeenlinna Øre", None),
        (b"\x1b(NtEST\x1b(B ok", True, "Тест ok", None),
        (b"H\x1bb2\x1bsO", True, "H₂O", None),
        (b"\x1b$1!0!\x1b(B", True, "\u4e00", None),
        ("Café ä".encode(), True, "Café ä", "utf8-marked-marc8"),
        (b"Kyl\xe4 - Y\xf6 ", True, "Kylä - Yö ", "read-as-latin1"),
        ("Café ä".encode(), False, "Café ä", None),
        (b"H\xe4meenlinna, H\xe4n", False, "Hämeenlinna, Hän", "read-as-latin1"),
        (b"H\xe8ameenlinna", False, "Hämeenlinna", "marc8-marked-utf8"),
    ],
)
def test_characters_are_read_as_what_they_are(
    data: bytes, *, marc8: bool, text: str, note: str | None
) -> None:
    raw = raw_record(("245", b"10\x1fa" + data), marc8=marc8)

    parsed = only(read(raw))

    assert parsed.record.subfields("245", "a") == (text,)
    assert notes(parsed) == ([note] if note else [])
    assert parsed.record.leader[9] == "a"


def test_text_that_is_nothing_known_is_refused() -> None:
    (refused,) = read(raw_record(("245", b"10\x1faA\x81\xff\x8d"), marc8=True))

    assert isinstance(refused, Rejected)
    assert refused.reason == "undecodable-text"


def test_decomposed_letters_stay_decomposed() -> None:
    marc = Marc(LEADER, (("245", "10", (("a", "Ha\u0308n"),)),))

    assert only(read(to_iso2709(marc))).record.fields == marc.fields


def test_a_record_too_long_for_the_format_is_refused_in_words() -> None:
    long = Marc(LEADER, tuple(("500", "  ", (("a", "x" * 9000),)) for _ in range(12)))
    wide = Marc(LEADER, (("505", "0 ", (("a", "ä" * 5000),)),))

    with pytest.raises(TooLongForIso2709, match="holds 99999"):
        to_iso2709(long)
    with pytest.raises(TooLongForIso2709, match="Field 505 is 10005 bytes"):
        to_iso2709(wide)


@pytest.mark.parametrize(
    "field",
    [
        ("500", "  ", (("a", "a\x1eb"),)),
        ("500", "  ", (("a", "a\x1fb"),)),
        ("500", "  ", (("ab", "x"),)),
        ("500", "  ", (("", "x"),)),
        ("500", " ", (("a", "x"),)),
        ("5000", "x"),
        ("50ä", "x"),
        ("500", "  ", (("a", "\ud800"),)),
    ],
)
def test_what_would_not_come_back_the_same_is_not_written(
    field: tuple[str, str],
) -> None:
    with pytest.raises(CannotWriteError):
        to_iso2709(Marc(LEADER, (field,)))

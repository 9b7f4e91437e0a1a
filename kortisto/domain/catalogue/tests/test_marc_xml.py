"""MARCXML, JSON lines and files of unknown form."""

import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given

from kortisto.domain.catalogue.marc import xml
from kortisto.domain.catalogue.marc.iso2709 import CannotWriteError, to_iso2709
from kortisto.domain.catalogue.marc.jsonl import read_jsonl, to_jsonl
from kortisto.domain.catalogue.marc.parsed import Parsed, Reading, Rejected
from kortisto.domain.catalogue.marc.record import Marc
from kortisto.domain.catalogue.marc.sources import (
    Format,
    UnreadableSource,
    open_records,
)
from kortisto.domain.catalogue.marc.xml import (
    collection,
    read_marcxml,
    to_marcxml,
)
from kortisto.domain.catalogue.tests.marc_strategies import XML_TEXT, records

LEADER = "00000nam a2200000 i 4500"
BOOK = Marc(
    LEADER,
    (
        ("001", "1 <&> \n 2\r\t"),
        ("650", " 7", (("a", 'kahvi & "pulla"'), ("2", "yso/fin"))),
        ("245", "10", (("a", "Päivä <kotona> /"), ("c", ""))),
    ),
)
RECORD = (
    "<record><leader>00000nam a2200000 i 4500</leader>"
    '<datafield tag="245" ind1="1" ind2="0"><subfield code="a">{}</subfield>'
    "</datafield></record>"
)


def read(text: str | bytes) -> list[Reading]:
    data = text.encode() if isinstance(text, str) else text
    return list(read_marcxml(io.BytesIO(data)))


def titles(readings: list[Reading]) -> list[str]:
    return [
        reading.record.subfields("245", "a")[0]
        if isinstance(reading, Parsed)
        else reading.reason
        for reading in readings
    ]


def test_a_record_comes_back_the_same() -> None:
    (parsed,) = read("".join(collection([BOOK])))

    assert isinstance(parsed, Parsed)
    assert parsed.record == BOOK
    assert parsed.notes == ()


@given(records(XML_TEXT))
def test_any_record_survives_xml_and_json(marc: Marc) -> None:
    (from_xml,) = read("".join(collection([marc])))
    (from_json,) = list(read_jsonl(io.BytesIO(to_jsonl(marc))))

    assert isinstance(from_xml, Parsed)
    assert isinstance(from_json, Parsed)
    assert from_xml.record == marc
    assert from_json.record == marc


def test_records_that_straddle_blocks_are_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(xml, "CHUNK", 7)
    text = (
        "<collection><!-- <record> -->"
        + RECORD.format("A<![CDATA[ </record> ]]>")
        + RECORD.format("B")
        + "</collection>"
    )

    assert titles(read(text)) == ["A </record> ", "B"]


def test_a_prefix_declared_outside_the_record_is_understood() -> None:
    prefixed = RECORD.format("T").replace("</", "</m:").replace("<", "<m:")
    prefixed = prefixed.replace("<m:/m:", "</m:")
    text = f'<m:collection xmlns:m="{xml.NAMESPACE}">{prefixed}</m:collection>'

    assert titles(read(text)) == ["T"]


def test_records_inside_a_harvesting_answer_are_found() -> None:
    wrapped = (
        "<OAI-PMH><ListRecords><record><header/><metadata>"
        + RECORD.format("Inner")
        + "</metadata></record></ListRecords></OAI-PMH>"
    )

    assert titles(read(wrapped)) == ["Inner"]


def test_malformed_records_are_refused_and_reading_goes_on() -> None:
    text = (
        "<collection>"
        + RECORD.format("One & two")
        + RECORD.format("Good")
        + "<record><leader>half"
        + RECORD.format("Better")
        + "<record></record>"
        + "<record><leader>cut"
    )

    assert titles(read(text)) == [
        "malformed-xml", "Good", "truncated", "Better", "no-leader", "truncated",
    ]  # fmt: skip


def test_a_file_cut_off_between_records_says_so() -> None:
    text = "<collection>" + RECORD.format("Whole")

    assert titles(read(text)) == ["Whole", "truncated-file"]
    assert titles(read(text + "</collection>")) == ["Whole"]


def test_entities_are_never_expanded(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    text = (
        f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}"><!ENTITY a "aaaa">]>'
        "<collection>" + RECORD.format("&e;") + RECORD.format("&a;") + "</collection>"
    )

    assert titles(read(text)) == ["malformed-xml", "malformed-xml"]


def test_other_encodings_are_followed() -> None:
    latin = '<?xml version="1.0" encoding="ISO-8859-1"?>' + RECORD.format("Yö")

    assert titles(read(latin.encode("latin-1"))) == ["Yö"]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('tag="245"', 'tag="24"', "bad-tag"),
        ('code="a"', 'code="ab"', "bad-subfield-code"),
        ('ind1="1"', 'ind1="12"', "bad-indicators"),
    ],
)
def test_what_marc_does_not_have_is_refused(old: str, new: str, reason: str) -> None:
    assert titles(read(RECORD.format("T").replace(old, new))) == [reason]


def test_small_faults_are_put_right_with_a_note() -> None:
    text = RECORD.format("T").replace('ind2="0"', "")
    text = text.replace("</record>", '<datafield tag="500"/><extra/></record>')

    (parsed,) = read(text)

    assert isinstance(parsed, Parsed)
    assert parsed.record.fields == (("245", "1 ", (("a", "T"),)),)
    assert {note.code for note in parsed.notes} == {
        "missing-indicators",
        "empty-field",
        "unknown-element",
    }


def test_characters_that_xml_cannot_hold_are_not_written() -> None:
    with pytest.raises(CannotWriteError, match=r"U\+0000"):
        to_marcxml(Marc(LEADER, (("001", "a\0b"),)))


def test_a_bad_line_does_not_stop_json_lines() -> None:
    lines = b'{"leader": \n\n' + to_jsonl(BOOK) + b'{"fields":[]}\n[1]\n'
    lines += b'{"leader":"x","fields":[{"tag":"245"}]}\n'

    readings = list(read_jsonl(io.BytesIO(lines)))

    assert [r.reason if isinstance(r, Rejected) else "ok" for r in readings] == [
        "malformed-json", "ok", "no-leader", "not-a-record", "bad-field",
    ]  # fmt: skip


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
@pytest.mark.parametrize("form", list(Format))
def test_a_file_is_known_by_what_it_holds(
    tmp_path: Path, form: Format, *, packed: bool
) -> None:
    book = Marc(LEADER, BOOK.fields[1:])
    data = {
        Format.ISO2709: to_iso2709(book) * 3,
        Format.MARCXML: "".join(collection([book] * 3)).encode(),
        Format.JSONL: to_jsonl(book) * 3,
    }[form]
    path = tmp_path / "records.dat"
    path.write_bytes(gzip.compress(data) if packed else data)
    told: list[tuple[int, int]] = []

    with open_records(path, progress=lambda at, size: told.append((at, size))) as file:
        readings = list(file)

    assert file.format is form
    assert [r.record.fields for r in readings if isinstance(r, Parsed)] == (
        [book.fields] * 3
    )
    assert told[-1] == (path.stat().st_size, path.stat().st_size)


def test_utf16_xml_is_read(tmp_path: Path) -> None:
    path = tmp_path / "records.xml"
    declared = '<?xml version="1.0" encoding="UTF-16"?>' + RECORD.format("Yö")
    path.write_bytes(declared.encode("utf-16"))

    with open_records(path) as file:
        assert titles(list(file)) == ["Yö"]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty-file"),
        (b" \r\n", "empty-file"),
        (gzip.compress(b"", mtime=0), "empty-file"),
        (b"PK\x03\x04 some archive", "not-marc"),
        (b"id;title\n1;x\n", "not-marc"),
        (b"<html><body>Not found</body></html>", "no-records"),
    ],
)
def test_an_alien_file_gives_one_clear_error(
    tmp_path: Path, data: bytes, reason: str
) -> None:
    path = tmp_path / "records.mrc"
    path.write_bytes(data)

    def read_all() -> list[Reading]:
        with open_records(path) as file:
            return list(file)

    with pytest.raises(UnreadableSource, match=r"records\.mrc") as caught:
        read_all()
    assert caught.value.reason == reason


def test_a_damaged_gzip_file_gives_what_came_before(tmp_path: Path) -> None:
    path = tmp_path / "records.mrc.gz"
    book = Marc(LEADER, (("001", "x" * 5000),))
    data = gzip.compress(to_iso2709(book) * 2000, compresslevel=0)
    path.write_bytes(data[: len(data) // 2])

    with open_records(path) as file:
        readings = list(file)

    assert isinstance(readings[0], Parsed)
    assert isinstance(readings[-1], Rejected)
    assert readings[-1].reason == "damaged-gzip"
    assert len(readings) > 500

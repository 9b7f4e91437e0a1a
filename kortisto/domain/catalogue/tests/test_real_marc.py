"""Every real record we have: read, described, stored, and written back the same."""

import gzip
import io
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pymarc
import pytest

from kortisto.domain.catalogue.describe import describe, work_key
from kortisto.domain.catalogue.marc import stored
from kortisto.domain.catalogue.marc.accept import is_acceptable, problems
from kortisto.domain.catalogue.marc.iso2709 import TooLongForIso2709, to_iso2709
from kortisto.domain.catalogue.marc.iso2709_stream import read_iso2709
from kortisto.domain.catalogue.marc.parsed import Parsed, Reading, Rejected
from kortisto.domain.catalogue.marc.record import Field, Marc
from kortisto.domain.catalogue.marc.sources import open_records
from kortisto.domain.catalogue.marc.xml import collection, read_marcxml
from kortisto.domain.catalogue.rows import (
    description_of,
    numbered,
    record_row,
    visible,
)

pytestmark = pytest.mark.data

RECORDS_PROMISED = 63_000
ORACLE_EVERY = 40  # pymarc is slow: one record of so many is compared with it
NOT_BIBLIOGRAPHIC = ("auth", "holdings")


def promised_counts(readme: str) -> dict[str, int]:
    """File name and number of records, from the table under "real/"."""
    section = readme.split("## real/")[1].split("\n## ")[0]
    counts: dict[str, int] = {}
    for row in section.splitlines():
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        if len(cells) < 3 or not re.match(r"[\d ,]+( pairs)?$", cells[1]):
            continue
        names = _file_names(cells[0])
        numbers = [
            int(number.replace(" ", "").removesuffix("pairs"))
            for number in cells[1].split(",")
        ]
        numbers *= len(names) if len(numbers) == 1 else 1
        counts |= dict(zip(names, numbers, strict=True))
    return counts


def _file_names(cell: str) -> list[str]:
    """`us-gpo.overlay-before / -after` and `x.mrc.gz, .auth` written out."""
    first, *others = re.split(r"\s*[,/]\s*", cell)
    names = [first]
    for other in others:
        before, cut = (".", 1) if other.startswith(".") else ("-", -1)
        pieces = first.split(before)
        names.append(before.join(pieces[:cut]) + other)
    return [name.removesuffix(".mrc.gz") + ".mrc.gz" for name in names]


def as_fields(record: pymarc.Record) -> tuple[Field, ...]:
    """What pymarc read, in our shape."""
    fields: list[Field] = []
    for field in record.fields:
        if field.control_field:
            fields.append((field.tag, field.data or ""))
        else:
            pairs = tuple((each.code, each.value) for each in field.subfields)
            fields.append((field.tag, "".join(field.indicators or ()), pairs))
    return tuple(fields)


def oracle(raw: bytes) -> tuple[Field, ...]:
    (record,) = pymarc.MARCReader(io.BytesIO(raw), to_unicode=True)
    return as_fields(record)


def whole_pieces(data: bytes) -> Iterator[bytes]:
    """The bytes of each record, cut by its terminator."""
    for piece in data.split(b"\x1d")[:-1]:
        yield piece + b"\x1d"


def check_kept_whole(marc: Marc) -> None:
    """What the columns and their rest say is what the record says."""
    row = record_row(marc, own_source="FI-LUMME", bare_source="file")
    columns = row.columns()

    made = description_of(columns, columns["description"])

    assert made == describe(visible(numbered(marc, own_source="FI-LUMME")))


def check_described(marc: Marc) -> None:
    described = describe(marc)
    assert described.title, marc
    assert described.title_sort
    assert 0 < len(work_key(described)) <= 200
    assert described.year is None or 1000 <= described.year <= 2100, described


def check_file(path: Path) -> Counter[str]:
    """Read, describe, store and write back every record of one file."""
    data = gzip.decompress(path.read_bytes())
    is_marc8 = "marc8" in path.name
    is_other = path.name.split(".")[1] in NOT_BIBLIOGRAPHIC
    found: Counter[str] = Counter()
    readings = read_iso2709(io.BytesIO(data))
    for number, (reading, raw) in enumerate(
        zip(readings, whole_pieces(data), strict=True)
    ):
        assert isinstance(reading, Parsed), reading
        marc = reading.record
        assert reading.notes == ()
        written = to_iso2709(marc)
        if not is_marc8:
            assert written == raw
        if is_marc8 or number % ORACLE_EVERY == 0:
            assert marc.fields == oracle(raw)
        assert stored.from_text(stored.to_text(marc)) == marc
        found["accepted" if is_acceptable(marc) else "rejected"] += 1
        if is_other:
            assert problems(marc)[0].code == "not-bibliographic"
        else:
            check_described(marc)
            check_kept_whole(marc)
        found["xml"] += number % ORACLE_EVERY == 0 and survives_xml(marc)
    return found


def survives_xml(marc: Marc) -> bool:
    (reading,) = read_marcxml(io.BytesIO("".join(collection([marc])).encode()))
    assert isinstance(reading, Parsed)
    assert reading.record == marc
    return True


def test_every_real_record_is_read_and_comes_back_byte_for_byte(
    shared_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    promised = promised_counts((shared_data / "README.md").read_text())
    files = sorted((shared_data / "real").glob("*.mrc.gz"))

    found = {path.name: check_file(path) for path in files}

    with capsys.disabled():
        for name, counts in found.items():
            print(  # noqa: T201 - the run is to show what it read
                f"\n{name}: {counts['accepted']} accepted, "
                f"{counts['rejected']} rejected",
                end="",
            )
    totals = {
        name: counts["accepted"] + counts["rejected"] for name, counts in found.items()
    }
    assert totals == promised
    assert sum(totals.values()) >= RECORDS_PROMISED
    for name, counts in found.items():
        is_other = name.split(".")[1] in NOT_BIBLIOGRAPHIC
        assert counts["rejected"] == (totals[name] if is_other else 0), name


def broken_records(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each broken record that is at hand, with what the index says of it."""
    for line in (folder / "INDEX.tsv").read_text().splitlines()[1:]:
        family, _source, length, offset, reason = line.split("\t")[:5]
        path = folder / f"{family}.broken.bin.gz"
        if int(offset) >= 0 and path.exists():
            data = gzip.decompress(path.read_bytes())
            yield reason, data[int(offset) : int(offset) + int(length)]


def test_each_broken_record_is_refused_or_repaired_in_words(
    shared_data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "broken"
    good = to_iso2709(Marc("00000nam a2200000 i 4500", (("001", "good"),)))
    count = 0
    for reason, raw in broken_records(shared_data / "bad"):
        is_xml = b"<record" in raw or b"record>" in raw
        path.write_bytes(raw if is_xml else raw + good)
        with open_records_anyhow(path) as readings:
            told = list(readings)
        if not is_xml:
            last = told.pop()
            assert isinstance(last, Parsed)
            assert last.record.value("001") == "good"
        assert told, reason
        for reading in told:
            if isinstance(reading, Rejected):
                assert reading.reason
                assert reading.sentence.endswith(".")
            else:
                assert reading.notes or is_xml, reason
        count += 1
    assert count >= 6


class open_records_anyhow:  # noqa: N801 - reads as a verb
    """A file's records, by the XML reader where its start tells no form."""

    def __init__(self, path: Path) -> None:
        self.data = path.read_bytes()

    def __enter__(self) -> Iterator[Reading]:
        file = io.BytesIO(self.data)
        looks_like_xml = b"record>" in self.data
        return read_marcxml(file) if looks_like_xml else read_iso2709(file)

    def __exit__(self, *_: object) -> None:
        self.data = b""


def test_whole_files_of_broken_records_are_read_to_their_end(shared_data: Path) -> None:
    paths = sorted((shared_data / "bad").glob("*.bin.gz"))
    assert paths
    for path in paths:
        with open_records(path) as source:
            readings = list(source)
        assert source.position == source.size
        assert any(
            isinstance(reading, Rejected) or reading.notes for reading in readings
        )


def test_fragments_are_read_and_judged(shared_data: Path) -> None:
    verdicts: Counter[str] = Counter()
    for path in sorted((shared_data / "bad").glob("*.fragments.mrc.gz")):
        data = gzip.decompress(path.read_bytes())
        pieces = list(whole_pieces(data))
        readings = list(read_iso2709(io.BytesIO(data)))
        assert len(readings) == len(pieces)
        for reading, raw in zip(readings, pieces, strict=True):
            assert isinstance(reading, Parsed), reading
            assert to_iso2709(reading.record) == raw
            described = describe(reading.record)
            found = problems(reading.record)
            assert described.title or not is_acceptable(reading.record)
            verdicts[found[0].code if found else "good"] += 1
    assert verdicts["no-title"] > 1000
    assert verdicts["no-data-fields"] > 100


def test_records_too_long_for_iso_2709_are_read_from_xml(shared_data: Path) -> None:
    paths = sorted((shared_data / "bad").glob("*.oversize.xml.gz"))
    assert paths
    for path in paths:
        with open_records(path) as source:
            (reading,) = source
        assert isinstance(reading, Parsed)
        assert is_acceptable(reading.record)
        check_described(reading.record)
        check_kept_whole(reading.record)
        survives_xml(reading.record)
        with pytest.raises(TooLongForIso2709):
            to_iso2709(reading.record)


def test_the_same_records_in_iso_2709_and_xml_are_the_same(shared_data: Path) -> None:
    folder = shared_data / "synthetic" / "consortium-2000"
    with open_records(folder / "titles.mrc.gz") as source:
        from_iso = [r.record.fields for r in source if isinstance(r, Parsed)]
    with open_records(folder / "titles.xml.gz") as source:
        from_xml = [r.record.fields for r in source if isinstance(r, Parsed)]

    assert len(from_iso) == 2000
    assert from_iso == from_xml

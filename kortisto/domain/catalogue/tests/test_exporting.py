"""Exporting: what went in comes out."""

import gzip
import io
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from kortisto.core.actors import NotPermitted, job_actor
from kortisto.core.models import LoggedEvent
from kortisto.domain.catalogue.actions.exporting import (
    ExportReport,
    Wanted,
    export_records,
)
from kortisto.domain.catalogue.actions.importing import Manner, import_files
from kortisto.domain.catalogue.actions.records import delete_record
from kortisto.domain.catalogue.incoming import Agreed, Incoming, incoming
from kortisto.domain.catalogue.marc.iso2709 import to_iso2709
from kortisto.domain.catalogue.marc.iso2709_stream import read_iso2709
from kortisto.domain.catalogue.marc.jsonl import read_jsonl
from kortisto.domain.catalogue.marc.parsed import Parsed, Reading
from kortisto.domain.catalogue.marc.record import DataField, Field, Marc
from kortisto.domain.catalogue.marc.sources import open_records
from kortisto.domain.catalogue.marc.xml import read_marcxml, to_marcxml
from kortisto.domain.catalogue.models import Record
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.catalogue.tests.marc_strategies import records
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_consortium,
    make_item_type,
    make_library,
)

LEADER = "00000nam a2200000 i 4500"
READERS = {"iso2709": read_iso2709, "marcxml": read_marcxml, "jsonl": read_jsonl}

ITEM: DataField = (
    "952",
    "  ",
    (
        ("2", "ykl"), ("7", "2"), ("8", "CEL"), ("9", "371"), ("a", "MLI"),
        ("b", "MLI"), ("c", "AIK"), ("d", "2020-01-31"), ("e", "Kirjavälitys"),
        ("g", "12.50"), ("h", "2019 : 3"), ("i", "7"), ("l", "17"), ("m", "3"),
        ("n", "1"), ("o", "84.2 JAA"), ("p", "491N1"), ("q", "2027-04-01"),
        ("r", "2026-12-24 13:14:15"), ("t", "2"), ("v", "20.00"), ("x", "Oma"),
        ("y", "28VRK"), ("z", "x" * 1500), ("3", "2 osaa"), ("K", "tuntematon"),
    ),
)  # fmt: skip


def book(number: str, *more: Field) -> Marc:
    title: Field = ("245", "10", (("a", f"Kirja {number} /"), ("c", "tekijä.")))
    return Marc(LEADER, (("001", number), ("003", "FI-X"), title, *more))


def took_in(folder: Path, *given: Marc, xml: bool = False) -> None:
    path = folder / "in.mrc"
    if xml:
        path.write_text("<c>" + "".join(map(to_marcxml, given)) + "</c>")
    else:
        path.write_bytes(b"".join(map(to_iso2709, given)))
    report = import_files(
        [path],
        by=job_actor(CataloguePermission.IMPORT),
        now=MONDAY_NOON,
        profile="migration",
        manner=Manner(rejects=folder),
    )
    assert report.total.accepted == len(given)


def gave(
    form: str, *, side: Path | None = None, wanted: Wanted | None = None
) -> tuple[list[Marc], ExportReport]:
    out = io.BytesIO()
    report = export_records(
        form,
        out,
        by=job_actor(CataloguePermission.EXPORT),
        now=MONDAY_NOON,
        wanted=wanted,
        side=side,
    )
    return read(READERS[form](io.BytesIO(out.getvalue()))), report


def read(readings: Iterable[Reading]) -> list[Marc]:
    found: list[Marc] = []
    for each in readings:
        assert isinstance(each, Parsed), each
        found.append(each.record)
    return found


@pytest.mark.django_db
@pytest.mark.parametrize("form", READERS)
def test_records_and_items_come_out_as_they_went_in(form: str, tmp_path: Path) -> None:
    make_library()
    odd: Field = ("952", "  ", (("p", "N9"), ("a", "NOWHERE")))
    given_ = [book("1", ITEM), book("2", odd), book("3")]
    took_in(tmp_path, *given_)

    found, report = gave(form)

    assert (report.records, report.items) == (3, 1)
    assert [each.fields[:3] for each in found] == [each.fields[:3] for each in given_]
    assert sorted(found[0].data("952")[0][2]) == sorted(ITEM[2])
    assert found[1].fields[3] == odd
    assert LoggedEvent.objects.get(kind="RecordsExported").body["records"] == 3


@pytest.mark.django_db
def test_a_record_too_long_for_iso_2709_goes_beside_as_xml(tmp_path: Path) -> None:
    long = book("1", *[("500", "  ", (("a", "p" * 9000),))] * 12)
    took_in(tmp_path, long, book("2"), xml=True)
    side = tmp_path / "long.xml"

    found, report = gave("iso2709", side=side)

    assert [each.value("001") for each in found] == ["2"]
    assert report.records == 2
    assert len(report.too_long) == 1
    with open_records(side) as source:
        assert [each.fields for each in read(source)] == [long.fields]

    left_out, report = gave("iso2709")

    assert len(left_out) == 1
    assert list(report.unwritable) == [Record.objects.get(control_number="1").pk]


@pytest.mark.django_db
def test_deleted_records_come_out_only_when_asked_and_say_so(tmp_path: Path) -> None:
    took_in(tmp_path, book("1"), book("2"))
    gone = Record.objects.get(control_number="1")
    delete_record(gone.pk, by=chief(), now=MONDAY_NOON)

    assert [each.value("001") for each in gave("jsonl")[0]] == ["2"]
    every = gave("jsonl", wanted=Wanted(deleted=True))[0]
    assert [each.leader[5] for each in every] == ["d", "n"]
    chosen = gave("jsonl", wanted=Wanted(record_ids=[gone.pk]))[0]
    assert chosen == []


@pytest.mark.django_db
def test_a_packed_file_is_the_same_every_time(tmp_path: Path) -> None:
    took_in(tmp_path, book("1"))
    outs = []
    for _ in range(2):
        out = io.BytesIO()
        export_records(
            "iso2709",
            out,
            by=job_actor(CataloguePermission.EXPORT),
            now=MONDAY_NOON,
            packed=True,
        )
        outs.append(out.getvalue())

    assert outs[0] == outs[1]
    assert gzip.decompress(outs[0]).endswith(b"\x1d")


@pytest.mark.django_db
def test_who_may_not_export_gets_nothing() -> None:
    out = io.BytesIO()

    with pytest.raises(NotPermitted):
        export_records("jsonl", out, by=desk(), now=MONDAY_NOON)

    assert out.getvalue() == b""
    assert not LoggedEvent.objects.exists()


AGREED = Agreed(
    own_source="FI-A",
    bare_source="b",
    libraries=(),
    item_types=(),
    codes=(),
    makes_codes=False,
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=150)
@given(records())
def test_whatever_is_in_a_record_is_kept(marc: Marc) -> None:
    """Only a control number is added, where there is none."""
    made = incoming(Parsed(marc), AGREED)
    if not isinstance(made, Incoming):
        return
    kept = made.marc
    if marc.value("001").strip():
        assert kept == marc
    else:
        assert kept.leader == marc.leader
        without = marc.without("001")
        if not marc.value("003").strip():
            without, kept = without.without("003"), kept.without("003")
        assert kept.without("001") == without


@pytest.mark.data
@pytest.mark.django_db
def test_real_records_come_out_byte_for_byte(shared_data: Path, tmp_path: Path) -> None:
    """All but what is said in ``export_records``: here, an added own 001 and 003."""
    make_consortium()
    make_item_type()
    names = ("fi-melinda", "us-princeton", "us-loc", "de-hbz", "m2b-multi")
    for name in names:
        path = shared_data / "real" / f"{name}.mrc.gz"
        Record.objects.all().delete()
        import_files(
            [path],
            by=job_actor(CataloguePermission.IMPORT),
            now=MONDAY_NOON,
            manner=Manner(rejects=tmp_path),
        )

        found = gave("iso2709")[0]

        with open_records(path) as source:
            every = read(source)
        kept = {each for each in found if not each.value("001").startswith("K")}
        numbered = {each.without("001", "003").fields for each in found}
        for marc in every:
            if marc.value("001").strip():
                # the last of several with one number is the one that is kept
                assert marc in kept or name in ("fi-melinda", "us-princeton")
            else:
                assert marc.without("001", "003").fields in numbered
        assert len(found) == Record.objects.count()

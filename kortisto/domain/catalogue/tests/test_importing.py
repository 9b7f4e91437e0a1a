"""Importing: matching, items, what is turned away, and running again."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import override_settings

from kortisto.core.actors import NotPermitted, job_actor
from kortisto.core.models import Job, LoggedEvent
from kortisto.domain.catalogue.actions.importing import (
    Manner,
    ask_for_import,
    import_files,
    keep_upload,
)
from kortisto.domain.catalogue.import_report import ImportReport
from kortisto.domain.catalogue.marc.iso2709 import to_iso2709
from kortisto.domain.catalogue.marc.record import Field, Marc
from kortisto.domain.catalogue.models import (
    CodedValue,
    ImportBatch,
    Item,
    ItemType,
    Record,
    RecordVersion,
)
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.catalogue.profiles import Profile, UnknownProfile, profile
from kortisto.domain.catalogue.queries import marc_of
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    desk,
    make_consortium,
    make_item,
    make_item_type,
    make_library,
)
from kortisto.testing.jobs import work

pytestmark = pytest.mark.django_db

ISBN: Field = ("020", "  ", (("a", "0-306-40615-2"),))


def marc(title: str, number: str = "", source: str = "FI-X", *more: Field) -> Marc:
    fields: list[Field] = []
    if number:
        fields.append(("001", number))
    if number and source:
        fields.append(("003", source))
    fields.append(("245", "10", (("a", title),)))
    leader = "00000nam a2200000 i 4500"
    return Marc(leader, tuple(sorted([*fields, *more], key=lambda field: field[0])))


def item952(barcode: str = "B1", library: str = "MLI", **codes: str) -> Field:
    pairs = {"a": library, "b": library, "p": barcode, "y": "28VRK", **codes}
    named = {"not_for_loan": "7", "location": "c"}
    return ("952", "  ", tuple((named.get(k, k), v) for k, v in pairs.items() if v))


class Folder:
    """A folder of files to import."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rejects = path / "rejects"

    def file(self, *records: Marc | bytes, name: str = "a.mrc") -> Path:
        path = self.path / name
        path.write_bytes(
            b"".join(r if isinstance(r, bytes) else to_iso2709(r) for r in records)
        )
        return path

    def imported(
        self,
        *records: Marc | bytes,
        name: str = "a.mrc",
        chosen: Profile | str | None = None,
        dry_run: bool = False,
    ) -> ImportReport:
        return import_files(
            [self.file(*records, name=name)],
            by=job_actor(CataloguePermission.IMPORT),
            now=MONDAY_NOON,
            profile=chosen,
            manner=Manner(rejects=self.rejects, dry_run=dry_run),
        )

    def reasons(self) -> list[dict[str, object]]:
        return [
            json.loads(line)
            for path in sorted(self.rejects.glob("*.reasons.jsonl"))
            for line in path.read_text().splitlines()
        ]


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    make_consortium()
    return Folder(tmp_path)


def kinds() -> list[str]:
    return list(LoggedEvent.objects.order_by("id").values_list("kind", flat=True))


def titles() -> list[str]:
    return sorted(Record.objects.values_list("title", flat=True))


def test_records_come_in_once_however_often_the_file_is_read(folder: Folder) -> None:
    records = [marc("A", "1"), marc("B", "2", ""), marc("C"), marc("D", "1", "FI-Y")]

    first = folder.imported(*records).total
    told = kinds()
    again = folder.imported(*records).total

    assert (first.added, again.unchanged) == (4, 4)
    assert titles() == ["A", "B", "C", "D"]
    assert told == ["RecordAdded"] * 4 + ["ImportFinished"]
    assert kinds() == [*told, "ImportFinished"]
    assert not RecordVersion.objects.exists()


def test_a_newer_record_takes_the_place_and_the_older_is_kept(folder: Folder) -> None:
    folder.imported(marc("Vanha", "1", "FI-X", ISBN))

    counts = folder.imported(marc("Uusi", "1"), name="other.mrc").total

    record = Record.objects.get()
    assert (counts.changed, record.title, record.version) == (1, "Uusi", 2)
    assert "Vanha" in RecordVersion.objects.get().marc
    assert not record.identifiers.filter(kind="isbn").exists()


def test_the_same_bare_number_in_two_files_is_two_records(folder: Folder) -> None:
    folder.imported(marc("A", "1", ""), name="first.mrc")
    folder.imported(marc("B", "1", ""), name="second.mrc.gz")

    assert titles() == ["A", "B"]

    named = replace(profile(), bare_source="first")
    folder.imported(marc("A2", "1", ""), name="third.mrc", chosen=named)

    assert titles() == ["A2", "B"]


def test_a_record_twice_in_one_file_ends_as_its_last_form(folder: Folder) -> None:
    counts = folder.imported(marc("A", "1"), marc("B", "1"), marc("C", "1")).total

    assert (counts.added, counts.changed, titles()) == (1, 2, ["C"])


def test_without_its_number_a_known_isbn_is_a_possible_duplicate(
    folder: Folder,
) -> None:
    folder.imported(marc("Meidän", "1", "FI-X", ISBN))
    other = ("020", "  ", (("a", "9780306406157"),))

    counts = folder.imported(marc("Heidän", "9", "FI-Y", other)).total

    assert counts.added == 1
    assert counts.reasons["possible-duplicate"] == 1


def test_a_suppliers_record_replaces_the_one_with_its_isbn(folder: Folder) -> None:
    folder.imported(marc("Ennakko", "1", "FI-X", ISBN))
    full = marc("Täysi", "9", "FI-Y", ISBN)

    counts = folder.imported(full, chosen="supplier").total
    again = folder.imported(full, chosen="supplier").total

    record = Record.objects.get()
    assert (counts.changed, again.unchanged) == (1, 1)
    assert (record.title, record.control_number) == ("Täysi", "1")
    assert marc_of(record.pk).subfields("035", "a") == ("(FI-Y)9",)


def test_an_ambiguous_match_is_turned_away_with_its_candidates(folder: Folder) -> None:
    folder.imported(marc("A", "1", "FI-X", ISBN), marc("B", "2", "FI-X", ISBN))

    report = folder.imported(marc("C", "9", "FI-Y", ISBN), chosen="supplier")

    assert report.total.rejected == 1
    assert titles() == ["A", "B"]
    (line,) = folder.reasons()
    assert line["reason"] == "ambiguous-match"
    assert line["candidates"] == sorted(Record.objects.values_list("pk", flat=True))
    assert list(folder.rejects.glob("*.rejected.mrc"))


def test_two_records_that_meet_the_same_one_come_after_each_other(
    folder: Folder,
) -> None:
    ean: Field = ("024", "3 ", (("a", "6417892154323"),))
    folder.imported(marc("A", "1", "FI-X", ISBN, ean))

    report = folder.imported(
        marc("B", "8", "FI-Y", ISBN), marc("C", "9", "FI-Z", ean), chosen="supplier"
    )

    assert report.total.read == report.total.accepted == 2
    assert Record.objects.get(control_number="1").version >= 2


def test_a_deleted_record_goes_when_nothing_hangs_on_it(folder: Folder) -> None:
    folder.imported(marc("A", "1"), marc("B", "2"))
    kept = Record.objects.get(control_number="2")
    make_item(record=kept)
    gone = [replace(marc(t, n), leader="00000dam a2200000 i 4500") for t, n in
            [("A", "1"), ("B", "2"), ("C", "3")]]  # fmt: skip

    counts = folder.imported(*gone).total

    assert list(Record.objects.filter(deleted_at=None)) == [kept]
    assert counts.reasons["deleted-but-in-use"] == 1
    assert counts.reasons["deleted-and-not-here"] == 1
    assert "RecordDeleted" in kinds()

    back = folder.imported(marc("A", "1")).total

    assert back.changed == 1
    assert Record.objects.filter(deleted_at=None).count() == 2


def test_items_come_in_with_their_record(folder: Folder) -> None:
    make_library()
    make_item_type()
    CodedValue.objects.create(list="not-for-loan", code="2", name_fi="Käsikirjasto")
    record = marc(
        "A", "1", "FI-X", item952(not_for_loan="2", o="84.2 JAA", v="12,50"),
        item952("B2", l="17"),
    )  # fmt: skip

    counts = folder.imported(record).total

    first, second = Item.objects.order_by("barcode")
    assert counts.items_added == 2
    assert (first.shelf_class, first.replacement_price_cents) == ("84.2", 1250)
    assert (first.not_for_loan, first.not_for_loan_at) == ("2", MONDAY_NOON)
    assert second.earlier_loans == 17
    assert not marc_of(first.record_id).all("952")
    assert folder.imported(record).total.items_changed == 0


def test_an_import_changes_what_it_describes_and_not_where_an_item_is(
    folder: Folder,
) -> None:
    make_library()
    elsewhere = make_library("SVL")
    make_item_type()
    folder.imported(marc("A", "1", "FI-X", item952(o="84.2 A")))
    Item.objects.update(library=elsewhere, lost="1")
    before = Item.objects.get().changed_at

    report = import_files(
        [folder.file(marc("A", "1", "FI-X", item952(o="84.2 B")))],
        by=job_actor(CataloguePermission.IMPORT),
        now=MONDAY_NOON + timedelta(hours=1),
        manner=Manner(rejects=folder.rejects),
    )

    item = Item.objects.get()
    assert (report.total.items_changed, report.total.unchanged) == (1, 1)
    assert (item.call_number, item.library, item.lost) == ("84.2 B", elsewhere, "1")
    assert item.changed_at > before
    assert kinds().count("ItemChanged") == 1


def test_items_that_cannot_come_in_stay_in_the_record_until_they_can(
    folder: Folder,
) -> None:
    make_item_type()
    make_library()
    taken = make_item(barcode="TAKEN")
    record = marc(
        "A", "1", "FI-X", item952("OK"), item952("N1", "NOWHERE"), item952("taken"),
        item952("N2", y="ODD"), item952("", "MLI"), item952("OK"),
        item952("N3", location="HUU"),
    )  # fmt: skip

    counts = folder.imported(record).total

    assert (counts.added, counts.items_added, counts.items_rejected) == (1, 1, 6)
    assert {line["reason"] for line in folder.reasons()} == {
        "unknown-library",
        "barcode-of-another-record",
        "unknown-item-type",
        "no-barcode",
        "barcode-twice",
        "unknown-code",
    }
    assert len(marc_of(Record.objects.get(control_number="1").pk).all("952")) == 6
    assert Item.objects.get(barcode="TAKEN") == taken

    make_library("NOWHERE")

    assert folder.imported(record).total.items_added == 1
    assert len(marc_of(Record.objects.get(control_number="1").pk).all("952")) == 5


def test_a_migration_makes_the_types_and_codes_it_meets(folder: Folder) -> None:
    make_library()
    record = marc("A", "1", "FI-X", item952(y="7VRK", location="LAS"))

    counts = folder.imported(record, chosen="migration").total

    assert counts.items_added == 1
    assert ItemType.objects.get().code == "7VRK"
    assert CodedValue.objects.get().code == "LAS"


def test_rubbish_is_turned_away_in_words_and_stops_nothing(folder: Folder) -> None:
    authority = replace(marc("X", "5"), leader="00000nz  a2200000n  4500")

    report = folder.imported(
        marc("A", "1"),
        b"00026nam a2200000 i 4500 rubbish\x1d",
        authority,
        marc("B", "2"),
    )

    assert titles() == ["A", "B"]
    assert (report.total.read, report.total.rejected) == (4, 2)
    assert [line["reason"] for line in folder.reasons()][1] == "not-bibliographic"
    assert b"rubbish" in next(folder.rejects.glob("*.rejected.mrc")).read_bytes()
    batch = ImportBatch.objects.get()
    assert (batch.added, batch.rejected) == (2, 2)


def test_a_file_that_is_no_marc_is_told_of_and_the_next_is_read(
    folder: Folder,
) -> None:
    paths = [folder.file(b"hello", name="x.txt"), folder.file(marc("A", "1"))]

    report = import_files(
        paths,
        by=job_actor(CataloguePermission.IMPORT),
        now=MONDAY_NOON,
        manner=Manner(rejects=folder.rejects),
    )

    assert report.files[0].trouble
    assert titles() == ["A"]


def test_a_dry_run_counts_and_changes_nothing(folder: Folder) -> None:
    make_library()
    make_item_type()

    report = folder.imported(marc("A", "1", "FI-X", item952()), marc("B"), dry_run=True)

    assert (report.total.added, report.total.items_added) == (2, 1)
    assert not Record.objects.exists()
    assert not Item.objects.exists()
    assert not ImportBatch.objects.exists()
    assert kinds() == []


def test_odd_characters_are_kept_in_the_record_and_off_the_columns(
    folder: Folder,
) -> None:
    make_library()
    make_item_type()
    odd = marc("Nul\0 tässä", "1", "FI-X", item952(z="Huom\0io", x="\x07"))

    counts = folder.imported(odd).total

    assert (counts.added, counts.items_added) == (1, 1)
    record = Record.objects.get()
    assert "\0" in marc_of(record.pk).subfields("245", "a")[0]
    assert record.title == "Nul tässä"
    assert Item.objects.get().public_note == "Huomio"


def test_who_may_not_import_imports_nothing(folder: Folder) -> None:
    with pytest.raises(NotPermitted):
        import_files([folder.file(marc("A", "1"))], by=desk(), now=MONDAY_NOON)
    with pytest.raises(UnknownProfile):
        folder.imported(marc("A", "1"), chosen="nothing")

    assert not Record.objects.exists()


def test_staff_send_a_file_and_a_worker_imports_it(folder: Folder) -> None:
    media = folder.path / "media"
    with override_settings(MEDIA_ROOT=media):
        path = keep_upload("../../uusi erä.mrc", [to_iso2709(marc("A", "1"))])
        asked = ask_for_import([path], by=chief(), now=MONDAY_NOON)

        assert path.parent.parent == media / "imports"
        assert not Record.objects.exists()
        done = work(MONDAY_NOON)

    assert done == asked
    assert done.state == Job.State.DONE
    assert done.result is not None
    assert done.result["files"][0]["added"] == 1
    assert ImportBatch.objects.get().asked_by == chief().label

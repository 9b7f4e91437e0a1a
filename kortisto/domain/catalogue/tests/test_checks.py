"""What ``kortisto check`` finds in the collection."""

import pytest

from kortisto.domain.catalogue import checks
from kortisto.domain.catalogue.models import CodedValue, ImportBatch, Record
from kortisto.testing.builders import (
    MONDAY_NOON,
    make_consortium,
    make_item,
    make_record,
)

pytestmark = pytest.mark.django_db

EVERY = (
    checks.records_are_described,
    checks.items_are_sound,
    checks.barcodes_are_unique,
    checks.imports_have_ended,
)


def test_a_sound_collection_has_nothing_to_mend() -> None:
    CodedValue.objects.create(list="location", code="AIK", name_fi="Aikuiset")
    make_item(record=make_record(description={"title": "x"}), location="AIK")

    assert [finding for look in EVERY for finding in look()] == []


def test_each_fault_is_told_in_a_sentence_with_its_mending() -> None:
    item = make_item(barcode="A B", location="HUU", library=make_consortium())
    Record.objects.filter(pk=item.record_id).update(deleted_at=MONDAY_NOON)
    bare = make_record()
    ImportBatch.objects.create(file_names=["a.mrc"], asked_by="staff:1")

    found = [finding for look in EVERY for finding in look()]

    told = " ".join(finding.sentence for finding in found)
    assert len(found) == 6
    assert str(bare.pk) in told
    assert "A B" in told
    assert "HUU (1)" in told
    assert "a.mrc" in told
    assert all(finding.fix for finding in found)

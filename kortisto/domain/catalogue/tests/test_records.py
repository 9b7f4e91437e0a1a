"""Saving, deleting and restoring records, and what the record columns hold."""

import pytest
from django.db.models import CharField, Model

from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue import rows
from kortisto.domain.catalogue.actions.records import (
    add_record,
    delete_record,
    restore_record,
    restore_version,
    save_record,
    suppress_record,
)
from kortisto.domain.catalogue.marc.record import Field, Marc
from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.catalogue.queries import (
    history_of,
    marc_of,
    own_source,
    record_for_page,
    records_by_identifier,
)
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    make_consortium,
    make_item,
    make_record,
)

LEADER = "00000nam a2200000 i 4500"


def book(title: str = "Putkinotko", *more: Field, number: str = "7") -> Marc:
    return Marc(
        LEADER,
        (
            ("001", number),
            ("003", "FI-X"),
            ("245", "10", (("a", title),)),
            *more,
        ),
    )


def longest(model: type[Model], name: str) -> int:
    field = model._meta.get_field(name)
    assert isinstance(field, CharField)
    assert field.max_length is not None
    return field.max_length


def kinds() -> list[str]:
    return list(LoggedEvent.objects.order_by("id").values_list("kind", flat=True))


@pytest.mark.django_db
def test_a_saved_record_keeps_what_it_was_and_tells_of_it() -> None:
    isbn: Field = ("020", "  ", (("a", "0-306-40615-2"),))
    record = add_record(book("Vanha", isbn), by=chief(), now=MONDAY_NOON)

    saved = save_record(record.pk, book("Uusi"), version=1, by=chief(), now=MONDAY_NOON)

    assert (saved.title, saved.version) == ("Uusi", 2)
    assert [(each.version, each.through) for each in history_of(record.pk)] == [
        (1, "editor")
    ]
    assert not records_by_identifier("9780306406157").exists()
    assert kinds() == ["RecordAdded", "RecordChanged"]

    restore_version(record.pk, 1, by=chief(), now=MONDAY_NOON)

    assert marc_of(record.pk) == book("Vanha", isbn)
    assert records_by_identifier("0-306-40615-2").get().pk == record.pk


@pytest.mark.django_db
def test_saving_the_same_again_changes_nothing() -> None:
    record = add_record(book(), by=chief(), now=MONDAY_NOON)

    save_record(record.pk, book(), version=1, by=chief(), now=MONDAY_NOON)

    assert kinds() == ["RecordAdded"]
    assert not record.versions.exists()


@pytest.mark.django_db
def test_a_save_over_somebody_elses_is_refused() -> None:
    record = add_record(book(), by=chief(), now=MONDAY_NOON)
    save_record(record.pk, book("B"), version=1, by=chief(), now=MONDAY_NOON)

    with pytest.raises(Refused, match="record-changed-meanwhile"):
        save_record(record.pk, book("C"), version=1, by=chief(), now=MONDAY_NOON)

    assert Record.objects.get(pk=record.pk).title == "B"


@pytest.mark.django_db
def test_a_control_number_is_unique_and_never_changes() -> None:
    record = add_record(book(), by=chief(), now=MONDAY_NOON)

    with pytest.raises(Refused, match="control-number-taken"):
        add_record(book("Toinen"), by=chief(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="control-number-stays"):
        save_record(record.pk, book(number="8"), version=1, by=chief(), now=MONDAY_NOON)

    assert Record.objects.count() == 1


@pytest.mark.django_db
def test_a_record_without_a_number_gets_one_of_the_consortium() -> None:
    make_consortium()
    bare = Marc(LEADER, (("245", "10", (("a", "Nimetön"),)),))

    record = add_record(bare, by=chief(), now=MONDAY_NOON)

    assert record.control_number.startswith("K")
    assert record.control_source == own_source() == "FI-LUMME"
    assert marc_of(record.pk).fields[:2] == (
        ("001", record.control_number),
        ("003", "FI-LUMME"),
    )


@pytest.mark.django_db
def test_what_is_no_record_is_refused_with_every_reason() -> None:
    authority = Marc("00000nz  a2200000n  4500", (("001", "1"),))

    with pytest.raises(Refused) as refused:
        add_record(authority, by=chief(), now=MONDAY_NOON)

    assert len(refused.value.refusals) == 2
    assert not Record.objects.exists()
    assert kinds() == []


@pytest.mark.django_db
def test_a_record_with_items_is_not_deleted() -> None:
    item = make_item()

    with pytest.raises(Refused, match="record-has-items"):
        delete_record(item.record_id, by=chief(), now=MONDAY_NOON)

    assert Record.objects.get(pk=item.record_id).deleted_at is None
    assert kinds() == []


@pytest.mark.django_db
def test_a_deleted_record_can_be_brought_back() -> None:
    record = make_record()

    delete_record(record.pk, by=chief(), now=MONDAY_NOON)

    with pytest.raises(Record.DoesNotExist):
        record_for_page(record.pk, public=True)

    restore_record(record.pk, by=chief(), now=MONDAY_NOON)

    assert record_for_page(record.pk, public=True) == record
    assert kinds() == ["RecordDeleted", "RecordChanged"]


@pytest.mark.django_db
def test_a_hidden_record_has_no_public_page() -> None:
    record = make_record()

    suppress_record(record.pk, hidden=True, by=chief(), now=MONDAY_NOON)

    with pytest.raises(Record.DoesNotExist):
        record_for_page(record.pk, public=True)
    assert record_for_page(record.pk, public=False) == record


def test_the_columns_lengths_are_those_of_the_models() -> None:
    lengths = {
        "title": rows.TITLE,
        "title_sort": rows.TITLE,
        "responsibility": rows.TITLE,
        "author": rows.AUTHOR,
        "control_number": rows.NUMBER,
        "control_source": rows.SOURCE,
        "language": rows.LANGUAGE,
        "ykl": rows.YKL,
        "work_key": rows.WORK_KEY,
        "material": rows.MATERIAL,
    }
    for name, length in lengths.items():
        assert longest(Record, name) == length, name
    for name, length in rows.ITEM_TEXTS.items():
        assert longest(Item, name) == length, name
    assert longest(Item, "barcode") == rows.BARCODE


def test_texts_of_any_length_and_kind_fit_their_columns() -> None:
    odd = Marc(
        LEADER,
        (
            ("001", "9" * 100),
            ("003", "F" * 100),
            ("035", "  ", (("a", "x" * 300),)),
            ("100", "1 ", (("a", "Ä" * 2000),)),
            ("245", "10", (("a", "Nul\0 puoli\ud800 pari" + "t" * 2000),)),
        ),
    )

    row = rows.record_row(odd, own_source="FI-A", bare_source="b")

    for name, value in row.columns().items():
        if name not in ("marc", "description", "work_key") and isinstance(value, str):
            assert len(value) <= longest(Record, name), name
            value.encode()
            assert "\0" not in value
    assert row.title.startswith("Nul puoli pari")
    assert all(len(value) <= rows.IDENTIFIER for _kind, value in row.identifiers)
    assert row.description_json.isprintable()


def test_cut_numbers_of_different_records_stay_different() -> None:
    first, second = ("9" * 100 + end for end in "12")

    assert rows.bounded(first, 60) != rows.bounded(second, 60)
    assert len(rows.bounded(first, 60)) == 60

"""Save, delete and restore records by hand."""

from datetime import datetime

from django.db import IntegrityError, transaction

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.catalogue.events import (
    RecordAdded,
    RecordChanged,
    RecordDeleted,
)
from kortisto.domain.catalogue.hindrances import against_records
from kortisto.domain.catalogue.marc.accept import Severity, problems
from kortisto.domain.catalogue.marc.items952 import TAG, without_items
from kortisto.domain.catalogue.marc.record import Marc
from kortisto.domain.catalogue.marc.stored import from_text
from kortisto.domain.catalogue.models import Record, RecordIdentifier, RecordVersion
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.catalogue.queries import own_source
from kortisto.domain.catalogue.reasons import Reason, refused
from kortisto.domain.catalogue.rows import RecordRow, numbered, record_row


@transaction.atomic
def add_record(
    marc: Marc, *, by: Actor, now: datetime, source: str = "", suppressed: bool = False
) -> Record:
    """Add a record made here or copied from elsewhere; ``source`` says where from.

    It gets a control number of our own when it has none. Items in 952 are not read:
    they are added one by one. Refused with every reason why it is no record.
    """
    by.require(CataloguePermission.EDIT_RECORDS)
    row = _row(without_items(marc), bare_source=own_source())
    record = Record(
        **row.columns(),
        source=source[:60],
        suppressed=suppressed,
        created_at=now,
        changed_at=now,
        first_public_at=None if suppressed else now,
    )
    _insert(record)
    _keep_identifiers(record.pk, row)
    publish(RecordAdded(record_id=record.pk), by=by, at=now)
    return record


@transaction.atomic
def save_record(
    record_id: int, marc: Marc, *, version: int, by: Actor, now: datetime
) -> Record:
    """Replace a record's MARC; what it was is kept as a version (CAT-13).

    ``version`` is the one that the editor began with: refused when somebody has saved
    another since. The control number stays. Items in 952 are not read. Saving the
    same content again changes nothing.
    """
    by.require(CataloguePermission.EDIT_RECORDS)
    record = Record.objects.select_for_update().get(pk=record_id)
    if record.version != version:
        raise refused(Reason.RECORD_CHANGED_MEANWHILE, version=record.version)
    kept = _with_rejected_items(record, without_items(marc))
    if kept == from_text(record.marc):
        return record
    row = _row(kept, bare_source=record.control_source)
    if (row.control_number, row.control_source) != (
        record.control_number,
        record.control_source,
    ):
        raise refused(Reason.CONTROL_NUMBER_STAYS, number=record.control_number)
    _replace(record, row, by=by, now=now)
    publish(RecordChanged(record_id=record.pk), by=by, at=now)
    return record


@transaction.atomic
def restore_version(record_id: int, number: int, *, by: Actor, now: datetime) -> Record:
    """Make an earlier version the newest. Raises DoesNotExist when it is not kept."""
    old = RecordVersion.objects.get(record_id=record_id, version=number)
    record = Record.objects.select_for_update().get(pk=record_id)
    return save_record(
        record_id, from_text(old.marc), version=record.version, by=by, now=now
    )


@transaction.atomic
def suppress_record(
    record_id: int, *, hidden: bool, by: Actor, now: datetime
) -> Record:
    """Hide a record from the public, or show it."""
    by.require(CataloguePermission.EDIT_RECORDS)
    record = Record.objects.select_for_update().get(pk=record_id)
    if record.suppressed == hidden:
        return record
    record.suppressed = hidden
    record.changed_at = now
    if not hidden and record.first_public_at is None:
        record.first_public_at = now
    record.save(update_fields=["suppressed", "changed_at", "first_public_at"])
    publish(RecordChanged(record_id=record.pk), by=by, at=now)
    return record


@transaction.atomic
def delete_record(record_id: int, *, by: Actor, now: datetime) -> Record:
    """Take a record out of use (CAT-12); its row stays, for ``restore_record``.

    Refused with every reason: items, loans, holds.
    """
    by.require(CataloguePermission.DELETE_RECORDS)
    record = Record.objects.select_for_update().get(pk=record_id)
    if record.deleted_at is not None:
        return record
    against = list(against_records([record_id])[record_id])
    if items := record.items.count():
        against.insert(0, Refusal(Reason.RECORD_HAS_ITEMS, facts={"items": items}))
    if against:
        raise Refused(against)
    record.deleted_at = record.changed_at = now
    record.save(update_fields=["deleted_at", "changed_at"])
    publish(RecordDeleted(record_id=record.pk), by=by, at=now)
    return record


@transaction.atomic
def restore_record(record_id: int, *, by: Actor, now: datetime) -> Record:
    """Bring a deleted record back into use."""
    by.require(CataloguePermission.DELETE_RECORDS)
    record = Record.objects.select_for_update().get(pk=record_id)
    if record.deleted_at is None:
        return record
    record.deleted_at, record.changed_at = None, now
    record.save(update_fields=["deleted_at", "changed_at"])
    publish(RecordChanged(record_id=record.pk), by=by, at=now)
    return record


def _row(marc: Marc, *, bare_source: str) -> RecordRow:
    """Refused with every problem that keeps it from being a record."""
    against = [
        Refusal(Reason.BAD_RECORD, facts={"sentence": problem.sentence})
        for problem in problems(marc)
        if problem.severity is Severity.REJECT
    ]
    if against:
        raise Refused(against)
    ours = own_source()
    return record_row(
        numbered(marc, own_source=ours), own_source=ours, bare_source=bare_source
    )


def _with_rejected_items(record: Record, marc: Marc) -> Marc:
    """952 fields that never became items stay where they are kept."""
    kept = from_text(record.marc).all(TAG)
    return marc.adding(*kept) if kept else marc


def _insert(record: Record) -> None:
    try:
        with transaction.atomic():
            record.save()
    except IntegrityError as error:
        taken = Record.objects.filter(
            control_number=record.control_number, control_source=record.control_source
        )
        if not taken.exists():
            raise
        raise refused(
            Reason.CONTROL_NUMBER_TAKEN,
            number=record.control_number,
            source=record.control_source,
        ) from error


def _replace(record: Record, row: RecordRow, *, by: Actor, now: datetime) -> None:
    RecordVersion.objects.create(
        record=record,
        version=record.version,
        marc=record.marc,
        replaced_at=now,
        replaced_by=by.label,
        through="editor",
    )
    for name, value in row.columns().items():
        setattr(record, name, value)
    record.version += 1
    record.changed_at = now
    record.save()
    _keep_identifiers(record.pk, row)


def _keep_identifiers(record_id: int, row: RecordRow) -> None:
    known = RecordIdentifier.objects.filter(record_id=record_id)
    before = {(each.kind, each.value): each.pk for each in known}
    gone = [pk for pair, pk in before.items() if pair not in row.identifiers]
    known.filter(pk__in=gone).delete()
    RecordIdentifier.objects.bulk_create(
        RecordIdentifier(record_id=record_id, kind=kind, value=value)
        for kind, value in sorted(row.identifiers - before.keys())
    )

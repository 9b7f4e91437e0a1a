"""Add, change and remove items by hand."""

from datetime import datetime
from typing import Any, cast

from django.db import IntegrityError, transaction
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.events import publish
from kortisto.core.refusals import Refusal, Refused
from kortisto.domain.catalogue.events import ItemAdded, ItemChanged, ItemRemoved
from kortisto.domain.catalogue.hindrances import against_items
from kortisto.domain.catalogue.item_changes import (
    STATUSES,
    ItemChanges,
    NewItem,
    reasons_against,
    tidied,
)
from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.catalogue.queries import has_barcode
from kortisto.domain.catalogue.reasons import Reason, refused


@transaction.atomic
def add_item(record_id: int, values: NewItem, *, by: Actor, now: datetime) -> Item:
    """Add an item to a record. The actor edits items at its home library.

    Without a day of acquisition it was acquired today, unless it is old stock.
    Refused with every reason: unknown codes, a barcode in use, impossible numbers.
    """
    by.require(CataloguePermission.EDIT_ITEMS, at=values["home_library_id"])
    record = Record.objects.select_for_update().get(pk=record_id)
    if record.deleted_at is not None:
        raise refused(Reason.RECORD_IS_DELETED)
    kept = tidied(values)
    kept.setdefault("library_id", kept["home_library_id"])
    if kept.get("acquired_on") is None and not kept.get("old_stock"):
        kept["acquired_on"] = localdate(now)
    _check(kept, own_id=None)
    kept |= _status_times(None, kept, now)
    item = _saved(Item(record=record, changed_at=now, created_at=now, **kept))
    publish(ItemAdded(item_id=item.pk, record_id=record_id), by=by, at=now)
    return item


@transaction.atomic
def change_item(
    item_id: int,
    changes: ItemChanges,
    *,
    by: Actor,
    now: datetime,
    unchanged_since: datetime | None = None,
) -> Item:
    """Change an item; what is not named stays.

    The actor edits items at its home library, and at the new home when that changes.
    ``unchanged_since`` is the ``changed_at`` of the item as the editor saw it:
    refused when it has been changed since. Every change moves ``changed_at``, which
    guards a check-out that is being decided at the same moment.
    """
    item = Item.objects.select_for_update().get(pk=item_id)
    by.require(CataloguePermission.EDIT_ITEMS, at=item.home_library_id)
    kept = tidied(changes)
    if "home_library_id" in kept:
        by.require(CataloguePermission.EDIT_ITEMS, at=kept["home_library_id"])
    if unchanged_since is not None and item.changed_at != unchanged_since:
        raise refused(Reason.ITEM_CHANGED_MEANWHILE)
    different = {n: v for n, v in kept.items() if getattr(item, n) != v}
    if not different:
        return item
    _check(different, own_id=item.pk)
    different |= _status_times(item, different, now)
    for name, value in different.items():
        setattr(item, name, value)
    item.changed_at = now
    _saved(item)
    publish(ItemChanged(item_id=item.pk, record_id=item.record_id), by=by, at=now)
    return item


@transaction.atomic
def remove_item(item_id: int, *, by: Actor, now: datetime) -> None:
    """Remove an item for good.

    Refused with every reason of the apps above: it is on loan, has been lent, waits
    for somebody, is on its way. An item with a past is withdrawn instead.
    """
    item = Item.objects.select_for_update().get(pk=item_id)
    by.require(CataloguePermission.EDIT_ITEMS, at=item.home_library_id)
    against = against_items([item.pk])[item.pk]
    if against:
        raise Refused(against)
    event = ItemRemoved(item_id=item.pk, record_id=item.record_id, barcode=item.barcode)
    item.delete()
    publish(event, by=by, at=now)


def _check(values: dict[str, Any], *, own_id: int | None) -> None:
    against = reasons_against(values)
    barcode = cast("str | None", values.get("barcode"))
    if barcode and has_barcode(barcode, except_for=own_id):
        against.append(Refusal(Reason.BARCODE_TAKEN, facts={"barcode": barcode}))
    if against:
        raise Refused(against)


def _status_times(
    item: Item | None, values: dict[str, Any], now: datetime
) -> dict[str, Any]:
    """Since when, for each status that is set, changed or lifted."""
    return {
        f"{name}_at": now if values[name] else None
        for name in STATUSES
        if name in values and (item is not None or values[name])
    }


def _saved(item: Item) -> Item:
    """Another desk may have used the barcode since it was looked for."""
    try:
        with transaction.atomic():
            item.save()
    except IntegrityError as error:
        if "a_barcode_is_used_once" not in str(error):
            raise
        raise refused(Reason.BARCODE_TAKEN, barcode=item.barcode) from error
    return item

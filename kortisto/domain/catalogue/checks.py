"""What ``kortisto check`` looks at in the collection."""

from collections.abc import Iterable, Iterator
from typing import Final

from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Upper
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from kortisto.core.checks import Finding, check
from kortisto.domain.catalogue.item_changes import LISTS
from kortisto.domain.catalogue.models import (
    CodedValue,
    ImportBatch,
    Item,
    Record,
)
from kortisto.domain.org.models import Unit

SHOWN: Final = 10  # examples in one finding


@check("records", gettext_lazy("Every record is described and can be found."))
def records_are_described() -> Iterator[Finding]:
    live = Record.objects.filter(deleted_at=None)
    bare = live.filter(Q(description={}) | Q(material="") | Q(title_sort=""))
    if count := bare.count():
        numbers = _listed(bare.order_by("pk").values_list("pk", flat=True)[:SHOWN])
        yield Finding(
            ngettext(
                "{count} record has no description, material or sort key: {numbers}.",
                "{count} records have no description, material or sort key: {numbers}.",
                count,
            ).format(count=count, numbers=numbers),
            _("Open each in the editor and save it, or import it again."),
        )
    in_use = Item.objects.filter(record_id=OuterRef("pk"))
    held = Record.objects.filter(Exists(in_use), deleted_at__isnull=False).count()
    if held:
        yield Finding(
            ngettext(
                "{count} deleted record has items.",
                "{count} deleted records have items.",
                held,
            ).format(count=held),
            _("Restore the records, or move their items to others."),
        )


@check("items", gettext_lazy("Items have libraries, sound barcodes and known codes."))
def items_are_sound() -> Iterator[Finding]:
    elsewhere = Item.objects.exclude(
        home_library__kind=Unit.Kind.LIBRARY, library__kind=Unit.Kind.LIBRARY
    )
    if count := elsewhere.count():
        numbers = _listed(elsewhere.values_list("barcode", flat=True)[:SHOWN])
        yield Finding(
            ngettext(
                "{count} item belongs to, or is in, what is no library: {numbers}.",
                "{count} items belong to, or are in, what is no library: {numbers}.",
                count,
            ).format(count=count, numbers=numbers),
            _("Give each a library on its page."),
        )
    spaced = Item.objects.filter(barcode__contains=" ")
    if count := spaced.count():
        numbers = _listed(spaced.values_list("barcode", flat=True)[:SHOWN])
        yield Finding(
            ngettext(
                "{count} barcode has a blank in it and cannot be scanned: {numbers}.",
                "{count} barcodes have blanks in them and cannot be scanned: "
                "{numbers}.",
                count,
            ).format(count=count, numbers=numbers),
            _("Change the barcode on the item's page."),
        )
    yield from _unknown_codes()


def _unknown_codes() -> Iterator[Finding]:
    known = set(CodedValue.objects.values_list("list", "code"))
    for column, list_ in LISTS.items():
        used = (
            Item.objects.exclude(**{column: ""})
            .values(code=F(column))
            .annotate(items=Count("pk"))
            .order_by("code")
        )
        missing = [
            f"{row['code']} ({row['items']})"
            for row in used
            if (list_.value, row["code"]) not in known
        ]
        if missing:
            yield Finding(
                _("Items have codes that the list {list} lacks: {codes}.").format(
                    list=list_.label, codes=_listed(missing)
                ),
                _("Add the codes to the list, or change the items."),
            )


@check("barcodes", gettext_lazy("No two items have the same barcode."))
def barcodes_are_unique() -> Iterator[Finding]:
    """The database sees to it; this finds a database whose index is damaged."""
    twins = (
        Item.objects.annotate(code=Upper("barcode"))
        .values("code")
        .annotate(items=Count("pk"))
        .filter(items__gt=1)
        .order_by("code")
    )
    shown = [row["code"] for row in twins[:SHOWN]]
    if shown:
        yield Finding(
            _("Several items have the same barcode: {numbers}.").format(
                numbers=_listed(shown)
            ),
            _("Rebuild the database's indexes; the disk may be failing."),
        )


@check("imports", gettext_lazy("Every import has come to its end."))
def imports_have_ended() -> Iterator[Finding]:
    for batch in ImportBatch.objects.filter(finished_at=None).order_by("pk")[:SHOWN]:
        files = ", ".join(batch.file_names)
        yield Finding(
            _("Import {id} of {files} has not come to its end.").format(
                id=batch.pk, files=files
            ),
            _("If it is not running now, import the same files again."),
        )


def _listed(things: Iterable[object]) -> str:
    return ", ".join(str(each) for each in things)

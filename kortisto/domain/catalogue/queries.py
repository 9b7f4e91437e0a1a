"""Questions about the collection. Nothing here writes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from django.db.models import Case, Q, QuerySet, Value, When
from django.db.models.functions import Upper

from kortisto.domain.catalogue.description.identifiers import isbn13
from kortisto.domain.catalogue.description.kinds import IdentifierKind
from kortisto.domain.catalogue.marc.record import Marc
from kortisto.domain.catalogue.marc.stored import from_text
from kortisto.domain.catalogue.models import (
    CodedValue,
    ImportBatch,
    Item,
    ItemType,
    Record,
    RecordIdentifier,
    RecordVersion,
)
from kortisto.domain.org.models import Unit

ITEMS_ON_A_PAGE: Final = 50
MOST_FOUND: Final = 20


def own_source() -> str:
    """What stands in 003 of records numbered here: FI- and the consortium's code."""
    root = Unit.objects.filter(kind=Unit.Kind.CONSORTIUM).order_by("pk")
    code = root.values_list("code", flat=True).first()
    return f"FI-{(code or 'KORTISTO').upper()}"[:30]


def shelf_order(item: str = "") -> tuple[str, ...]:
    """Columns in the order in which somebody walks along shelves.

    ``item`` is what leads to the item, as ``loan__item__``.
    """
    columns = ("location", "sub_location", "collection", "call_number_sort")
    return tuple(f"{item}{column}" for column in (*columns, "record__title_sort"))


def live_records() -> QuerySet[Record]:
    return Record.objects.filter(deleted_at=None)


def record_for_page(record_id: int, *, public: bool) -> Record:
    """A record with its columns and description, without its MARC: one statement.

    ``description`` has the names of ``describe.Description``, empty ones left out.
    Raises DoesNotExist; for the public also when it is suppressed or deleted.
    """
    records = Record.objects.defer("marc")
    if public:
        records = records.filter(suppressed=False, deleted_at=None)
    return records.get(pk=record_id)


def marc_of(record_id: int) -> Marc:
    """The MARC as it came in. Raises Record.DoesNotExist."""
    return from_text(Record.objects.values_list("marc", flat=True).get(pk=record_id))


@dataclass(frozen=True, slots=True)
class ItemPlace:
    """Where one page of items ended: what the next page begins after."""

    own: bool
    library: int
    sort: str
    enumchron: str
    id: int


def items_of(
    record_id: int,
    *,
    own_library: int | None = None,
    after: ItemPlace | None = None,
    size: int = ITEMS_ON_A_PAGE,
    among: QuerySet[Item] | None = None,
) -> list[Item]:
    """A page of a record's items by key: one statement, libraries and type included.

    Those of the own library first, then by home library, call number, issue.
    For the next page pass ``place_of`` the last item as ``after``. ``among``: only
    items of this set.
    """
    items = (
        (Item.objects.all() if among is None else among)
        .filter(record_id=record_id)
        .annotate(own=_is_own(own_library))
        .select_related("home_library", "library", "item_type")
        .order_by("-own", "home_library_id", "call_number_sort", "enumchron", "pk")
    )
    if after is not None:
        items = items.filter(_after(after))
    return list(items[:size])


def place_of(item: Item, *, own_library: int | None = None) -> ItemPlace:
    return ItemPlace(
        own=item.home_library_id == own_library,
        library=item.home_library_id,
        sort=item.call_number_sort,
        enumchron=item.enumchron,
        id=item.pk,
    )


def _is_own(library_id: int | None) -> Case:
    return Case(
        When(home_library_id=library_id, then=Value(1)),
        default=Value(0),
    )


def _after(place: ItemPlace) -> Q:
    """``(own, library, sort, enumchron, id)`` beyond the place, own ones first."""
    library = Q(home_library_id=place.library)
    sort = library & Q(call_number_sort=place.sort)
    issue = sort & Q(enumchron=place.enumchron)
    beyond = (
        Q(home_library_id__gt=place.library)
        | (library & Q(call_number_sort__gt=place.sort))
        | (sort & Q(enumchron__gt=place.enumchron))
        | (issue & Q(pk__gt=place.id))
    )
    if place.own:
        return Q(own=0) | beyond
    return Q(own=0) & beyond


def item_count(record_id: int) -> int:
    return Item.objects.filter(record_id=record_id).count()


def _upper_variants(barcodes: Collection[str]) -> set[str]:
    """SQLite's UPPER knows ASCII only; others know every letter."""
    ascii_only = {
        "".join([c.upper() if c.isascii() else c for c in each]) for each in barcodes
    }
    return ascii_only | {each.upper() for each in barcodes}


def items_barcoded(*barcodes: str) -> QuerySet[Item]:
    """Items with these barcodes, whatever the case: by an index on both databases.

    ``iexact`` would read every item on SQLite.
    """
    return Item.objects.alias(upper_barcode=Upper("barcode")).filter(
        upper_barcode__in=_upper_variants(barcodes)
    )


def item_by_barcode(barcode: str) -> Item | None:
    """The item whose barcode this is, blanks and case aside."""
    found = items_barcoded("".join(barcode.split()))
    return found.select_related(
        "record", "home_library", "library", "item_type"
    ).first()


def items_by_barcodes(barcodes: Collection[str]) -> dict[str, Item]:
    """By the barcodes in capitals; unknown ones are missing."""
    return {each.barcode.upper(): each for each in items_barcoded(*barcodes)}


def has_barcode(barcode: str, *, except_for: int | None = None) -> bool:
    """Whether an item, other than the one named, has the barcode."""
    found = items_barcoded(barcode)
    return (found if except_for is None else found.exclude(pk=except_for)).exists()


def records_by_identifier(text: str) -> QuerySet[Record]:
    """Live records with this ISBN, ISSN, EAN, publisher's or control number.

    An ISBN in either form and with or without dashes.
    """
    plain = "".join(text.split())
    bare = plain.replace("-", "").upper()
    values = {plain, bare, bare.zfill(13), isbn13(text)} - {""}
    if len(bare) == 8:
        values.add(f"{bare[:4]}-{bare[4:]}")
    known = RecordIdentifier.objects.filter(
        Q(value__in=values) | _publisher_number(bare)
    ).exclude(kind=IdentifierKind.SYSTEM_NUMBER)
    by_number = Q(control_number=text.strip())
    found = known.values("record_id")
    return (
        live_records().filter(by_number | Q(pk__in=found)).order_by("pk")[:MOST_FOUND]
    )


def _publisher_number(bare: str) -> Q:
    """Without its label: everything between ``number|`` and ``number}``, by index."""
    kind = IdentifierKind.PUBLISHER_NUMBER.value
    return Q(kind=kind, value__gte=f"{bare}|", value__lt=f"{bare}}}")


def coded_values(lists: Collection[CodedValue.List] = ()) -> QuerySet[CodedValue]:
    """Codes in the order of their lists; all lists when none is named."""
    found = CodedValue.objects.all()
    if lists:
        found = found.filter(list__in=lists)
    return found.order_by("list", "order", "code")


def names_of_codes(
    lists: Collection[CodedValue.List] = (),
) -> dict[tuple[str, str], str]:
    """Names in the active language by list and code."""
    return {(each.list, each.code): each.name for each in coded_values(lists)}


def item_types() -> QuerySet[ItemType]:
    return ItemType.objects.order_by("code")


def imports() -> QuerySet[ImportBatch]:
    """The newest first."""
    return ImportBatch.objects.order_by("-pk")


def history_of(record_id: int) -> QuerySet[RecordVersion]:
    """A record's earlier versions, the newest first, without their MARC."""
    versions = RecordVersion.objects.filter(record_id=record_id)
    return versions.defer("marc").order_by("-version")


def titles_of(record_ids: Collection[int]) -> Mapping[int, str]:
    return dict(Record.objects.filter(pk__in=record_ids).values_list("pk", "title"))

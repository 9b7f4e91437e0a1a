"""Places of hold shelves with what stands there, and how much room there is."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Count, Min, Q

from kortisto.domain.holds.models import OF_A_GROUP, ON_THE_SHELF, Hold, ShelfPlace
from kortisto.domain.holds.shelf_places import Place

COMING = (Hold.State.TRAVELLING, Hold.State.PROCESSING)


def places_at(library_id: int, *, today: date, hold: Hold | None = None) -> list[Place]:
    """The places of a library in the order in which they are filled: one statement.

    ``hold``: whose title and group the places are asked about. Copies for one group
    stand together, also those of one title.
    """
    stands = Q(holds__state__in=ON_THE_SHELF)
    title, group = 0 if hold is None else hold.record_id, _group_of(hold)
    others = Q(holds__bundle=None) | ~Q(holds__bundle=group)
    rows = (
        ShelfPlace.objects.filter(library_id=library_id)
        .annotate(
            standing=Count("holds", filter=stands),
            first_on=Min("holds__shelved_on", filter=stands),
            of_title=Count("holds", filter=stands & others & Q(holds__record=title)),
            of_group=Count("holds", filter=stands & Q(holds__bundle=group)),
        )
        .order_by("overflow", "priority", "name", "pk")
    )
    return [
        Place(
            id=row.pk,
            name=row.name,
            capacity=row.capacity,
            priority=row.priority,
            weekday=row.weekday,
            category_id=row.category_id,
            material=row.material,
            overflow=row.overflow,
            same_title=row.same_title,
            one_day=row.one_day,
            locked=row.locked,
            marked_full=row.full_at is not None,
            reserved_by=row.reserved_by if row.reserved_on == today else "",
            standing=row.standing,
            first_on=row.first_on,
            has_title=row.of_title > 0,
            has_group=row.of_group > 0,
        )
        for row in rows
    ]


def _group_of(hold: Hold | None) -> int:
    """0: of no group."""
    if hold is None or hold.part != OF_A_GROUP:
        return 0
    return hold.bundle_id or 0


def room_on_shelves() -> Mapping[int, int]:
    """How many more copies the hold shelf of each library has room for.

    What is on its way there counts as standing there. Libraries without places are not
    among them: nobody knows how much room they have. Two statements at most.
    """
    stands = Q(holds__state__in=ON_THE_SHELF)
    rows = (
        ShelfPlace.objects.order_by()
        .annotate(standing=Count("holds", filter=stands))
        .values_list("library_id", "capacity", "locked", "full_at", "standing")
    )
    room: dict[int, int] = {}
    for library_id, capacity, locked, full_at, standing in rows:
        place = Place(
            id=0,
            capacity=capacity,
            locked=locked,
            marked_full=full_at is not None,
            standing=standing,
        )
        room[library_id] = room.get(library_id, 0) + place.room
    if not room:
        return room
    coming = (
        Hold.objects.filter(state__in=COMING, pickup_library__in=room)
        .order_by()
        .values_list("pickup_library")
        .annotate(copies=Count("pk"))
    )
    for library_id, copies in coming:
        room[library_id] = max(room[library_id] - copies, 0)
    return room

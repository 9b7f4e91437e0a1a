"""Questions about holds."""

from kortisto.domain.holds.models import Hold


def last_pickup_of(patron_id: int) -> int | None:
    """Where the patron's latest hold is, or was, to be picked up."""
    found = Hold.objects.filter(patron_id=patron_id).order_by("-placed_at", "-pk")
    return found.values_list("pickup_library_id", flat=True).first()

"""Which place of the hold shelf a copy is offered (HLD-40). Pure.

Nothing of it is stored: a place is full by what stands there, closed by what came on an
earlier day, and free again when that has gone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Closed(TextChoices):
    """Why a place takes nothing more today, whatever it is; the value is public."""

    LOCKED = "locked", _("Out of use")
    MARKED_FULL = "marked-full", _("Marked as full")
    FULL = "full", _("Full")
    EARLIER_DAY = "earlier-day", _("Has copies of an earlier day")
    RESERVED = "reserved", _("Reserved")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place with what stands there now. ``first_on``: since when the first does."""

    id: int
    name: str = ""
    capacity: int = 1
    priority: int = 100
    weekday: int | None = None
    category_id: int | None = None
    material: str = ""
    overflow: bool = False
    same_title: bool = False
    one_day: bool = True
    locked: bool = False
    marked_full: bool = False
    reserved_by: str = ""  # today
    standing: int = 0
    first_on: date | None = None
    has_title: bool = False  # a copy of the title that is asked about
    has_group: bool = False  # copies for the same group

    @property
    def room(self) -> int:
        """Copies that there is room for, whoever may put them there."""
        if self.locked or (self.marked_full and self.standing):
            return 0
        return max(self.capacity - self.standing, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Newcomer:
    """A copy that comes to the shelf today."""

    today: date
    category_id: int
    material: str
    by: str  # who puts it there


def why_closed(place: Place, *, today: date, by: str) -> Closed | None:
    """A mark as full is over when the place is empty: nobody has to take it away."""
    if place.locked:
        return Closed.LOCKED
    if place.marked_full and place.standing:
        return Closed.MARKED_FULL
    if place.standing >= place.capacity:
        return Closed.FULL
    if place.one_day and place.first_on is not None and place.first_on < today:
        return Closed.EARLIER_DAY
    if place.reserved_by not in {"", by}:
        return Closed.RESERVED
    return None


def suits(place: Place, copy: Newcomer) -> bool:
    """Whether such copies stand there at all; what is not said of a place is free."""
    return (
        place.weekday in {None, copy.today.weekday()}
        and place.category_id in {None, copy.category_id}
        and place.material in {"", copy.material}
        and (place.same_title or not place.has_title)
    )


def choose(places: Iterable[Place], copy: Newcomer) -> Place | None:
    """The first place that is free for the copy; None: none is.

    Where others for the same group stand comes first, then what the one who puts it
    there has reserved; overflow comes last.
    """
    free = [
        place
        for place in places
        if suits(place, copy)
        and why_closed(place, today=copy.today, by=copy.by) is None
    ]
    return min(
        free,
        key=lambda place: (
            not place.has_group,
            place.reserved_by != copy.by,
            place.overflow,
            place.priority,
            place.name,
            place.id,
        ),
        default=None,
    )

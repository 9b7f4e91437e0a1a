"""Where the items of rotating collections are, and which are to follow (CIR-52)."""

from django.db.models import Exists, F, OuterRef, QuerySet

from kortisto.domain.circulation.floating import ON_ITS_WAY
from kortisto.domain.circulation.models import Loan
from kortisto.domain.distribution.models import RotatingItem
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.queue import KEEPS_ITS_ITEM


def to_follow(library_id: int) -> QuerySet[RotatingItem]:
    """What stands at a library while its collection is elsewhere, by the shelves.

    A check-in sends it. What is lent, on its way, kept for a hold, lost or withdrawn
    does not stand there.
    """
    item = OuterRef("item")
    found = RotatingItem.objects.filter(
        ~Exists(Loan.objects.filter(item=item, returned_at=None)),
        ~Exists(Transit.objects.filter(ON_ITS_WAY, item=item)),
        ~Exists(Hold.objects.filter(item=item, state__in=KEEPS_ITS_ITEM)),
        item__library=library_id,
        item__lost="",
        item__withdrawn="",
    ).exclude(collection__stop__library=F("item__library"))
    rows = found.select_related("item__record", "collection__stop__library")
    rows = rows.defer("item__record__marc", "item__record__description")
    return rows.order_by("item__location", "item__call_number_sort", "pk")

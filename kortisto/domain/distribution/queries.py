"""Ask about limits of floating, what is to be sent, and rotating collections."""

from django.db.models import QuerySet

from kortisto.core.versions import Compiled
from kortisto.domain.distribution.models import (
    Dispatch,
    FloatLimit,
    RotatingCollection,
    TransferLimit,
)
from kortisto.domain.distribution.rules import (
    Barrier,
    FloatLimits,
    Kind,
    Limit,
    TransferLimits,
)
from kortisto.domain.org.queries import Organisation


def float_limits(configuration: int | None = None) -> FloatLimits:
    """Every limit, as of a configuration. Built once per change of it."""
    return _compiled.get(configuration)


def transfer_limits(configuration: int | None = None) -> TransferLimits:
    """Every barrier, as of a configuration. Built once per change of it."""
    return _barriers.get(configuration)


def may_be_sent(
    tree: Organisation,
    kind: Kind,
    *,
    origin: int,
    destination: int,
    limits: TransferLimits | None = None,
) -> bool:
    """Whether items of a kind are sent from a library to another one (CIR-51)."""
    limits = limits or transfer_limits()
    if origin == destination or not limits.barriers:
        return True
    return not limits.forbid(tree.path(origin), tree.path(destination), kind)


def dispatches_of(library_id: int) -> QuerySet[Dispatch]:
    """What is planned to leave a library, in the order of its shelves."""
    found = Dispatch.objects.filter(library_id=library_id, item__library_id=library_id)
    rows = found.select_related("item__record", "destination")
    rows = rows.defer("item__record__marc", "item__record__description")
    return rows.order_by("item__location", "item__call_number_sort", "pk")


def rotating() -> QuerySet[RotatingCollection]:
    """The collections in use, the next to go first."""
    found = RotatingCollection.objects.filter(ended_at=None)
    return found.select_related("stop__library").order_by("goes_on", "name", "pk")


def _build() -> FloatLimits:
    rows = FloatLimit.objects.order_by("pk")
    return FloatLimits(
        tuple(
            Limit(
                id=row.pk,
                unit_id=row.unit_id,
                item_type_id=row.item_type_id,
                collection=row.collection,
                most=row.most,
            )
            for row in rows
        )
    )


_compiled = Compiled(_build)


def _build_barriers() -> TransferLimits:
    rows = TransferLimit.objects.order_by("pk")
    return TransferLimits(
        tuple(
            Barrier(
                id=row.pk,
                origin_id=row.origin_id,
                destination_id=row.destination_id,
                item_type_id=row.item_type_id,
                collection=row.collection,
            )
            for row in rows
        )
    )


_barriers = Compiled(_build_barriers)

"""Places of the staff site about where items stand and how they get elsewhere."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.domain.catalogue.permissions import CataloguePermission
from kortisto.domain.circulation.permissions import LendingPermission
from kortisto.domain.distribution.permissions import DistributionPermission
from kortisto.interfaces.staff.nav_entry import NavEntry

STOCK: Final = (
    NavEntry(
        page="drift",
        label=_("Where items have drifted"),
        icon="transit",
        needs=CataloguePermission.SEE,
        hidden=True,
        words=_("floating balance collection library"),
    ),
    NavEntry(
        page="dispatches",
        label=_("To be sent"),
        icon="transit",
        needs=LendingPermission.LEND,
        hidden=True,
        words=_("floating balance rotating list pick send box"),
    ),
    NavEntry(
        page="rotating_collections",
        label=_("Rotating collections"),
        icon="renew",
        needs=LendingPermission.LEND,
        hidden=True,
        words=_("rotating collection round tour send on move"),
    ),
    NavEntry(
        page="transfer_items",
        label=_("Move items to another library"),
        icon="transit",
        needs=LendingPermission.LEND,
        hidden=True,
        words=_("transfer send box move library scan"),
    ),
    NavEntry(
        page="transfer_limits",
        label=_("Where items are not sent"),
        icon="rules",
        needs=DistributionPermission.MANAGE,
        somewhere=True,
        hidden=True,
        words=_("transfer limits forbid send from to"),
    ),
    NavEntry(
        page="float_limits",
        label=_("Limits of floating"),
        icon="rules",
        needs=DistributionPermission.MANAGE,
        somewhere=True,
        hidden=True,
        words=_("floating collection full most maximum"),
    ),
    NavEntry(
        page="try_floating_form",
        label=_("Try floating on past returns"),
        icon="clock",
        needs=DistributionPermission.MANAGE,
        hidden=True,
        words=_("simulate floating before switching on transits saved"),
    ),
)

"""What a person must see to when a desk without a connection has sent its work."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.core.errands import ErrandKind, declare
from kortisto.domain.circulation.permissions import LendingPermission

CONFLICT: Final = declare(
    ErrandKind(
        code="offline.conflict",
        title=_("Could not be recorded"),
        sentence=_(
            "What a desk without a connection did with {barcode} on {at} could not be "
            "recorded."
        ),
        needs=LendingPermission.LEND,
        page="offline_conflict",
        ends_there=True,
    )
)
OTHER_DAY: Final = declare(
    ErrandKind(
        code="offline.other-due-date",
        title=_("The patron was told another due date"),
        sentence=_(
            "A desk without a connection told the patron that {barcode} is due on "
            "{told}. By the rules it is due on {due}: tell the patron."
        ),
        needs=LendingPermission.LEND,
        page="loan",
    )
)

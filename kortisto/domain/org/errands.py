"""What people must see to in the organisation itself."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from kortisto.core.errands import ErrandKind, declare
from kortisto.domain.org.permissions import OrgPermission

REVIEW: Final = declare(
    ErrandKind(
        code="org.access-review",
        title=_("Review of roles"),
        sentence=_(
            "Every role that has been given here is confirmed or ended. The task ends "
            "by itself when the last one has been seen to."
        ),
        needs=OrgPermission.MANAGE_STAFF,
        page="access_review",
        ends_there=True,
    )
)

"""What can be allowed about where items stand."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.permissions import Permission


class DistributionPermission(Permission):
    MANAGE = (
        "distribution.manage",
        _("Limit where items float and go, and move them between libraries"),
    )
    ROTATE = (
        "distribution.rotate",
        _("Keep rotating collections and send them on"),
    )

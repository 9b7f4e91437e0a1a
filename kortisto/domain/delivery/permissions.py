"""What can be allowed about home delivery."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.permissions import Permission


class DeliveryPermission(Permission):
    SERVE = "delivery.serve", _("Serve patrons at home: rounds, wishes, baskets")

"""What can be allowed with money."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.permissions import Permission


class FeePermission(Permission):
    SEE = "fees.see", _("See a patron's charges")
    CHARGE = "fees.charge", _("Charge a patron by hand")
    TAKE_PAYMENT = "fees.take-payment", _("Take a payment")
    REFUND = "fees.refund", _("Give money back")
    WRITE_OFF = "fees.write-off", _("Forgive a charge")

"""How long accounts are kept (GDP-1): as the law says."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.keeping import Kept, declare

declare(
    Kept(
        code="accounts",
        title=_("Charges, payments and refunds"),
        period=lambda: _("at least six years (Accounting Act)"),
        how=_("When the patron is erased they stay under a number without a name."),
    )
)

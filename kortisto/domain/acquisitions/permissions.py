"""What can be allowed with acquisitions."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.permissions import Permission


class AcquisitionsPermission(Permission):
    ANSWER_SUGGESTIONS = (
        "acquisitions.suggestions",
        _("Answer what patrons suggest to be bought"),
    )

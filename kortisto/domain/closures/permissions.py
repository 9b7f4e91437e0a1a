"""What can be allowed about closures."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.permissions import Permission


class ClosurePermission(Permission):
    CLOSE = "closures.close", _("Close libraries for a time, and move due dates")

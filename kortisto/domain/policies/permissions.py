"""What can be allowed with the lending rules."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.permissions import Permission


class PolicyPermission(Permission):
    SEE = "policies.see", _("See the rules and why they give what they give")
    EDIT = "policies.edit", _("Draft and publish rules")

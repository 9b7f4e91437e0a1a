"""What can be allowed in the organisation itself."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.permissions import Permission


class OrgPermission(Permission):
    EDIT_UNITS = "org.edit-units", _("Change the organisation tree and its data")
    EDIT_CALENDAR = "org.edit-calendar", _("Change opening hours and closed days")
    EDIT_VANS = "org.edit-vans", _("Change where and when vans drive")
    EDIT_SETTINGS = "org.edit-settings", _("Change settings")
    MANAGE_STAFF = "org.manage-staff", _("Give and take roles, manage staff accounts")
    MANAGE_WORKSTATIONS = (
        "org.manage-workstations",
        _("Enrol workstations, and shut out stolen ones"),
    )
    SEE_JOBS = "org.see-jobs", _("See background jobs")
    RUN_JOBS = "org.run-jobs", _("Start, cancel and repeat background jobs")
    SEE_AUDIT_LOG = "org.see-audit-log", _("Read the audit log")

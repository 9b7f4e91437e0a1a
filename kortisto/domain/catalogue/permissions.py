"""What can be allowed with the collection."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.permissions import Permission


class CataloguePermission(Permission):
    SEE = "catalogue.see", _("See records and items with their staff-only fields")
    EDIT_ITEMS = "catalogue.edit-items", _("Add and change items")
    EDIT_RECORDS = "catalogue.edit-records", _("Add and change records")
    DELETE_RECORDS = "catalogue.delete-records", _("Delete and restore records")
    IMPORT = "catalogue.import", _("Import records")
    EXPORT = "catalogue.export", _("Export records")

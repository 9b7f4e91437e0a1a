"""What can be allowed with the collection."""

from django.utils.translation import gettext_lazy as _

from kortisto.core.permissions import Permission


class CataloguePermission(Permission):
    SEE = "catalogue.see", _("See records and items with their staff-only fields")
    EDIT_ITEMS = "catalogue.edit-items", _("Add and change items")
    IMPORT = "catalogue.import", _("Import records")
    EXPORT = "catalogue.export", _("Export records")

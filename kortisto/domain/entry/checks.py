"""What ``kortisto check`` looks at in open libraries."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kortisto.core.checks import Finding, check
from kortisto.domain.entry.models import DoorDevice
from kortisto.domain.entry.settings import CATEGORIES
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.models import PatronCategory


@check("doors", gettext_lazy("A door belongs to a library that is open without staff."))
def doors_are_of_open_libraries() -> Iterator[Finding]:
    tree = organisation()
    for door in DoorDevice.objects.filter(removed_at=None).order_by("pk"):
        calendar = tree.calendar(door.library_id)
        hours = any(one.opening.self_service for one in calendar.weekly)
        if not (tree.unit(door.library_id).self_service and hours):
            yield Finding(
                _(
                    "{library} has a door, but is not set up to be without staff."
                ).format(library=tree.name(door.library_id)),
                _("Mark the library as open without staff and give it such hours."),
            )


@check("entry-categories", gettext_lazy("Doors name patron categories that exist."))
def categories_exist() -> Iterator[Finding]:
    known = set(PatronCategory.objects.values_list("code", flat=True))
    tree = organisation()
    for unit_id, stored in tree.decided.get(CATEGORIES.key, {}).items():
        unknown = sorted(set(CATEGORIES.kind.read(stored) or ()) - known)
        if unknown:
            yield Finding(
                _("{unit} lets in the category {codes}, which does not exist.").format(
                    unit=tree.name(unit_id), codes=", ".join(unknown)
                ),
                _("Correct the setting of patron categories that may enter."),
            )

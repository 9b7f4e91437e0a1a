"""Whose patrons may be in a category: it may be for some units only (PAT-20)."""

from django.db.models import QuerySet

from kortisto.core.refusals import Refusal
from kortisto.domain.org.queries import organisation
from kortisto.domain.patrons.category_terms import is_used_at
from kortisto.domain.patrons.models import PatronCategory
from kortisto.domain.patrons.reasons import Reason, about


def why_not_here(category: PatronCategory, library_id: int) -> list[Refusal]:
    """Why somebody with this home library cannot be in the category."""
    tree = organisation()
    units = list(category.units.values_list("pk", flat=True))
    if is_used_at(units, tree.path(library_id)):
        return []
    named = ", ".join(sorted(tree.name(unit) for unit in units))
    return [
        about("category", Reason.NOT_USED_HERE, category=category.name, units=named)
    ]


def used_at(library_id: int) -> QuerySet[PatronCategory]:
    """The categories that patrons of a home library may be in."""
    path = organisation().path(library_id)
    everywhere = PatronCategory.objects.filter(units=None)
    here = PatronCategory.objects.filter(units__in=path)
    return (everywhere | here).distinct().order_by("pk")

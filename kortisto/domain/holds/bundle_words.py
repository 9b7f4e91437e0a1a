"""Say in words what a hold of a bundle is one of. Pure."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kortisto.domain.holds.bundles import Bundle, Kind


def one_of_what(bundle: Bundle, hold_id: int) -> str:
    """In a few words, for a row of a list."""
    number = len(bundle.parts)
    match bundle.kind:
        case Kind.EDITIONS:
            return ngettext(
                "Any of {number} edition", "Any of {number} editions", number
            ).format(number=number)
        case Kind.FIRST:
            return ngettext(
                "The first of {number} title", "The first of {number} titles", number
            ).format(number=number)
        case Kind.SERIES:
            part = bundle.part_of(hold_id).number or 1
            return _("Part {part} of {number}").format(part=part, number=number)


def how_it_goes(bundle: Bundle) -> str:
    """In a sentence, for the page of a hold."""
    match bundle.kind:
        case Kind.EDITIONS:
            return _(
                "Any of these editions will do: the first copy that comes is taken."
            )
        case Kind.FIRST:
            return _("Any of these titles will do: the first copy that comes is taken.")
        case Kind.SERIES:
            return _(
                "These come one at a time: the next one when the one before it has "
                "been returned or is given up."
            )

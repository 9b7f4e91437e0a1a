"""Say in words what a hold of a bundle is one of. Pure."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kortisto.domain.holds.bundles import Bundle, Kind
from kortisto.domain.holds.models import Hold


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
        case Kind.GROUP:
            return _group(bundle)


def _group(bundle: Bundle) -> str:
    """What is left out has been given up, or was never found in time."""
    coming = bundle.number(Hold.State.TRAVELLING, Hold.State.PROCESSING)
    here, got = bundle.number(Hold.State.WAITING), bundle.number(Hold.State.FILLED)
    wanted = [
        part for part in bundle.parts if part.is_open or part.state == Hold.State.FILLED
    ]
    copies, titles = len(wanted), len({part.record_id for part in wanted})
    words = [
        ngettext(
            "{number} copy for a group", "{number} copies for a group", copies
        ).format(number=copies)
    ]
    if titles > 1:
        words.append(
            ngettext("{number} title", "{number} titles", titles).format(number=titles)
        )
    if here:
        words.append(_("{number} on the hold shelf").format(number=here))
    if coming:
        words.append(_("{number} on the way").format(number=coming))
    if got:
        words.append(_("{number} collected").format(number=got))
    return " · ".join(words)


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
        case Kind.GROUP:
            return _(
                "These copies are collected together. What has come waits for the "
                "others until the day by which they are needed."
            )

"""What moves, as pages of closures and due dates show it: counts, examples, values."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from kortisto.core.days import written
from kortisto.domain.catalogue.models import CodedValue, Item
from kortisto.domain.closures.merging import libraries_of, place_of
from kortisto.domain.closures.models import Move, Shift
from kortisto.domain.closures.queries import Preview
from kortisto.domain.notices.actions.telling_moves import reached
from kortisto.domain.org.actions.closures import has_premises
from kortisto.domain.org.queries import organisation

WHATS: Final = (Move.What.DUE, Move.What.LAST_DAY, Move.What.PICKUP)
OF_ITEMS: Final = {
    Move.What.ITEM_HOME,
    Move.What.ITEM_AT,
    Move.What.TRANSIT,
    Move.What.LEFT,
}
OUTCOMES: Final[Mapping[str, tuple[str, str]]] = {
    Move.State.PLANNED.value: ("info", "clock"),
    Move.State.DONE.value: ("ok", ""),
    Move.State.LEFT.value: ("neutral", "info"),
    Move.State.REFUSED.value: ("stop", ""),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One thing that moves, in words."""

    what: str
    title: str
    before: str
    after: str
    library: str = ""
    outcome: str = ""
    kind: str = ""
    icon: str = ""


def value_words(what: str, value: str, statuses: Mapping[str, str]) -> str:
    """A day, the name of a library, or what an item is."""
    match Move.What(what):
        case Move.What.LAST_DAY:
            return written(date.fromisoformat(value))
        case Move.What.DUE:
            return written(localdate(datetime.fromisoformat(value)))
        case Move.What.LEFT:
            return statuses.get(value, value) if value else _("For loan")
        case _library:
            return organisation().name(int(value))


def _statuses() -> dict[str, str]:
    """What items that are not for loan are, by code."""
    rows = CodedValue.objects.filter(list=CodedValue.List.NOT_FOR_LOAN)
    return {row.code: row.name for row in rows}


def shown(preview: Preview) -> dict[str, Any]:
    """What the part of a page about a preview takes."""
    tree = organisation()
    left, statuses = Move.What.LEFT, _statuses()
    whats = (*WHATS, left) if preview.total[left.value] else WHATS
    libraries = {*preview.by_library, *preview.transits}
    rows = sorted(
        (
            tree.name(library),
            [counts[what.value] for what in whats],
            preview.transits.get(library, 0),
        )
        for library in libraries
        for counts in [preview.by_library.get(library, Counter())]
    )
    return {
        "empty": preview.is_empty,
        "kinds": [(what.label, preview.total[what.value]) for what in whats],
        "transits": sum(preview.transits.values()),
        "told": reached(preview.patrons),
        "rows": rows,
        "examples": [
            (
                what.label,
                [
                    Row(
                        what=str(what.label),
                        title=each.title,
                        before=value_words(what, each.planned.before, statuses),
                        after=value_words(what, each.planned.after, statuses),
                    )
                    for each in preview.examples[what.value]
                ],
            )
            for what in whats
            if what.value in preview.examples
        ],
    }


def rows_of(moves: Sequence[Move]) -> list[Row]:
    """What became of each thing; with loans, holds and their records fetched.

    Items are read at once. Patrons are not named: nobody looks at them here.
    """
    tree, statuses = organisation(), _statuses()
    ids = [move.subject_id for move in moves if move.what in OF_ITEMS]
    items = dict(Item.objects.filter(pk__in=ids).values_list("pk", "record__title"))
    return [
        Row(
            what=str(Move.What(move.what).label),
            title=_title(move, items),
            before=value_words(move.what, move.before, statuses),
            after=value_words(move.what, move.after, statuses),
            library=tree.name(move.library_id),
            outcome=str(Move.State(move.state).label),
            kind=OUTCOMES[move.state][0],
            icon=OUTCOMES[move.state][1],
        )
        for move in moves
    ]


def _title(move: Move, items: Mapping[int, str]) -> str:
    if move.subject_id is not None:
        patron = move.what == Move.What.PATRON
        return _("A patron") if patron else items.get(move.subject_id, "–")
    if move.loan is not None:
        return move.loan.title
    return "" if move.hold is None else move.hold.record.title


def name_of(shift: Shift) -> str:
    """What somebody asked for, in a sentence."""
    match Shift.Kind(shift.kind):
        case Shift.Kind.CLOSURE:
            return _name_of_closure(shift)
        case Shift.Kind.PICKUPS:
            return _("What changes with the first or the last day")
        case Shift.Kind.DUE_DATES:
            return _("Due dates moved")
        case Shift.Kind.PUT_BACK:
            return _name_of_return(shift)
        case Shift.Kind.MERGE:
            return _name_of_merge(shift)
        case Shift.Kind.MOVE:
            return _name_of_move(shift)


def _name_of_return(shift: Shift) -> str:
    if place_of(shift) is not None:
        return _name_of_move(shift)
    merge = libraries_of(shift) is not None
    return _("Merge taken back") if merge else _("Due dates put back")


def _name_of_move(shift: Shift) -> str:
    tree = organisation()
    unit, to = place_of(shift) or (0, 0)
    sentence = _("{unit} moved below {to}")
    return sentence.format(unit=tree.name(unit), to=tree.name(to))


def _name_of_merge(shift: Shift) -> str:
    tree = organisation()
    both = libraries_of(shift) or (0, 0)
    sentence = _("{library} merged into {into}")
    return sentence.format(library=tree.name(both[0]), into=tree.name(both[1]))


def _name_of_closure(shift: Shift) -> str:
    if shift.closure is not None and has_premises(shift.closure):
        return _name_of_premises(shift)
    if shift.ends_on is None:
        return _("Closure taken back")
    until = written(shift.ends_on)
    if shift.ended_on is None:
        return _("Closed until {day}").format(day=until)
    if shift.ends_on > shift.ended_on:
        return _("Closed for longer, until {day}").format(day=until)
    opens = written(shift.ends_on + date.resolution)
    return _("Opens sooner, on {day}").format(day=opens)


def _name_of_premises(shift: Shift) -> str:
    if shift.ends_on is None:
        return _("Temporary premises taken back")
    until = written(shift.ends_on)
    if shift.ended_on is None:
        return _("At temporary premises until {day}").format(day=until)
    if shift.ends_on > shift.ended_on:
        return _("Stays there for longer, until {day}").format(day=until)
    back = written(shift.ends_on + date.resolution)
    return _("Is back sooner, on {day}").format(day=back)

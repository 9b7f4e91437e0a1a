"""The message about dates that the library has moved: once, with all that concerns."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from django.utils.timezone import localdate
from django.utils.translation import gettext, override
from django.utils.translation import gettext_lazy as _

from kortisto.core.days import written
from kortisto.core.names import in_language
from kortisto.domain.closures.merging import libraries_of
from kortisto.domain.closures.models import Move, Shift
from kortisto.domain.closures.planning import stored
from kortisto.domain.holds.models import Hold
from kortisto.domain.notices.kinds import (
    LIBRARY,
    NAME,
    NoticeKind,
    Occasion,
    declare,
)
from kortisto.domain.notices.variables import Type, Values, Variable
from kortisto.domain.org.actions.closures import has_premises
from kortisto.domain.org.models import Closure
from kortisto.domain.org.queries import organisation, premises_of
from kortisto.domain.patrons.models import Patron

WHY: Final = Variable(name="why", title=_("Why the dates change"), type=Type.TEXT)
CHANGES: Final = Variable(
    name="changes",
    title=_("Each thing with its new date"),
    type=Type.TEXT,
    required=True,
)
ADDRESS: Final = Variable(
    name="address",
    title=_("The page of the patron's own loans"),
    type=Type.ADDRESS,
    path="/account/",
)


def _moved(occasion: Occasion) -> Values | None:
    """Nothing when none of it is any longer as it was moved."""
    shift = Shift.objects.select_related("closure").get(pk=occasion.facts["shift_id"])
    with override(occasion.patron.language):
        lines = list(_lines(shift, occasion.patron))
        if not lines:
            return None
        return {"why": _why(shift, occasion.patron), "changes": "\n".join(lines)}


def _lines(shift: Shift, patron: Patron) -> Iterator[str]:
    loans = shift.moves.filter(
        state=Move.State.DONE, loan__patron=patron, loan__returned_at=None
    )
    for move in loans.order_by("pk").select_related("loan"):
        loan = move.loan
        if loan is not None and stored(loan.due_at) == move.after:
            sentence = gettext("{title}: due on {day}")
            day = written(localdate(datetime.fromisoformat(move.after)))
            yield sentence.format(title=loan.title, day=day)
    holds = shift.moves.filter(state=Move.State.DONE, hold__patron=patron)
    for move in holds.order_by("pk").select_related("hold__record"):
        hold = move.hold
        if hold is not None:
            yield from _line_of_hold(move, hold, patron)


def _line_of_hold(move: Move, hold: Hold, patron: Patron) -> Iterator[str]:
    title = hold.record.title
    if move.what == Move.What.LAST_DAY and str(hold.pickup_until) == move.after:
        sentence = gettext("{title}: waits for you until {day}")
        day = written(date.fromisoformat(move.after))
        yield sentence.format(title=title, day=day)
    elif move.what == Move.What.PICKUP and str(hold.pickup_library_id) == move.after:
        sentence = gettext("{title}: you collect it at {library}")
        yield sentence.format(title=title, library=_library(int(move.after), patron))


def _why(shift: Shift, patron: Patron) -> str:
    closure = shift.closure
    if (both := libraries_of(shift)) is not None:
        return _why_merged(shift, both, patron)
    if closure is None:
        return gettext("The library has moved these dates.")
    places = [
        _library(library_id, patron)
        for library_id in closure.libraries.order_by("pk").values_list("pk", flat=True)
    ]
    named = ", ".join(dict.fromkeys(places))
    text = in_language(closure.texts, patron.language)
    if has_premises(closure):
        if patron.is_protected:
            return gettext("The library that you use moves for a time, or is back.")
        return _why_elsewhere(shift, closure, named, text)
    if shift.kind == Shift.Kind.CLOSURE and shift.ends_on is None:
        return gettext("Open after all: {libraries}").format(libraries=named)
    if shift.ended_on is not None and (shift.ends_on or date.min) < shift.ended_on:
        opens = written((shift.ends_on or shift.ended_on) + date.resolution)
        sentence = gettext("Opens sooner, on {day}: {libraries}")
        return sentence.format(libraries=named, day=opens)
    sentence = gettext("Closed {first}–{last}: {libraries}. {text}")
    return sentence.format(
        libraries=named,
        first=written(closure.starts_on),
        last=written(shift.ends_on or closure.ends_on),
        text=text,
    )


def _why_elsewhere(shift: Shift, closure: Closure, named: str, text: str) -> str:
    if shift.kind == Shift.Kind.CLOSURE and shift.ends_on is None:
        return gettext("At its own address after all: {libraries}").format(
            libraries=named
        )
    last = shift.ends_on or closure.ends_on
    if shift.ended_on is not None and last < shift.ended_on:
        sentence = gettext("Back at its own address on {day}: {libraries}")
        return sentence.format(libraries=named, day=written(last + date.resolution))
    sentence = gettext("{first}–{last} at {address}: {libraries}. {text}")
    return sentence.format(
        libraries=named,
        first=written(closure.starts_on),
        last=written(last),
        address=premises_of(closure, last).address,
        text=text,
    )


def _why_merged(shift: Shift, both: tuple[int, int], patron: Patron) -> str:
    library, into = (_library(one, patron) for one in both)
    if shift.kind == Shift.Kind.MERGE:
        sentence = gettext("{library} has moved together with {into}.")
    else:
        sentence = gettext("{library} is a library of its own again.")
    return sentence.format(library=library, into=into)


def _library(library_id: int, patron: Patron) -> str:
    """No mailbox may tell where a protected person borrows (GDP-5)."""
    if patron.is_protected:
        return gettext("the library that you use")
    return organisation().name(library_id)


DATES_MOVED: Final = declare(
    NoticeKind(
        code="dates-moved",
        title=_("Dates that the library has moved"),
        when=_(
            "When a library closes for a time or opens early, and when due dates are "
            "moved for many: one message with all that concerns the patron."
        ),
        subject=_("New dates for your loans and holds"),
        text=_(
            "Hello,\n\n"
            "{why}\n\n"
            "These dates are new:\n\n"
            "{changes}\n\n"
            "You need not do anything. All your loans: {address}\n\n"
            "{library}"
        ),
        variables=(NAME, LIBRARY, WHY, CHANGES, ADDRESS),
        find=_moved,
        names_titles=True,
    )
)

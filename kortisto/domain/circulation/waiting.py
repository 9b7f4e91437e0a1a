"""Say in words why a hold has not come yet, to whoever waits. Pure."""

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kortisto.core.days import written
from kortisto.domain.circulation.waiting_facts import Copies, WaitFacts


def place_in_queue(facts: WaitFacts) -> str:
    """The place and the copies together: one without the other says little."""
    return ngettext(
        "Number {place} in the queue, {copies} copy",
        "Number {place} in the queue, {copies} copies",
        facts.copies.total,
    ).format(place=facts.place, copies=facts.copies.total)


def why_not_yet(facts: WaitFacts) -> list[str]:
    """Every reason: what the patron has chosen, then the queue, then the copies."""
    return [*_own_choice(facts), *_queue(facts), *_copies(facts)]


def _own_choice(facts: WaitFacts) -> Iterator[str]:
    if not facts.has_begun and facts.starts_on is not None:
        sentence = _("You wait for this from {day} on. The place in the queue is kept.")
        yield sentence.format(day=written(facts.starts_on))
    if facts.stands_back:
        yield _("Its turn comes when the part before it has been returned.")
    if not facts.is_suspended:
        return
    if facts.suspended_until is None:
        yield _("You have suspended the hold until you resume it. Its place is kept.")
    else:
        yield _("You have suspended the hold until {day}. Its place is kept.").format(
            day=written(facts.suspended_until)
        )


def _queue(facts: WaitFacts) -> Iterator[str]:
    before = facts.place - 1
    if not before:
        yield _("You are the first in the queue.")
    else:
        yield ngettext(
            "{number} customer is before you in the queue.",
            "{number} customers are before you in the queue.",
            before,
        ).format(number=before)
    if facts.passed_over:
        yield ngettext(
            "{number} hold before yours is passed over: suspended or served otherwise.",
            "{number} holds before yours are passed over: suspended or served "
            "otherwise.",
            facts.passed_over,
        ).format(number=facts.passed_over)


def _copies(facts: WaitFacts) -> Iterator[str]:
    copies = facts.copies
    if not copies.total:
        yield _("The libraries have no copy now that could be given to you.")
    if copies.free:
        yield ngettext(
            "{number} copy is on a shelf, and the library sets it aside soon.",
            "{number} copies are on a shelf, and the library sets them aside soon.",
            copies.free,
        ).format(number=copies.free)
    yield from _on_loan(copies)
    if copies.away:
        yield ngettext(
            "{number} copy is on its way or already waits for somebody else.",
            "{number} copies are on their way or already wait for somebody else.",
            copies.away,
        ).format(number=copies.away)
    if copies.ordered:
        yield ngettext(
            "{number} copy is on order or being made ready.",
            "{number} copies are on order or being made ready.",
            copies.ordered,
        ).format(number=copies.ordered)
    yield from _out_of_use(copies)


def _on_loan(copies: Copies) -> Iterator[str]:
    if copies.lent:
        yield ngettext(
            "{number} copy is on loan.", "{number} copies are on loan.", copies.lent
        ).format(number=copies.lent)
    if copies.due_on is not None:
        yield _("The first is due back on {day}.").format(day=written(copies.due_on))
    if copies.overdue:
        yield ngettext(
            "{number} copy is overdue: nobody knows when it comes back.",
            "{number} copies are overdue: nobody knows when they come back.",
            copies.overdue,
        ).format(number=copies.overdue)


def _out_of_use(copies: Copies) -> Iterator[str]:
    if copies.lost:
        yield ngettext(
            "{number} copy has been lost.",
            "{number} copies have been lost.",
            copies.lost,
        ).format(number=copies.lost)
    if copies.damaged:
        yield ngettext(
            "{number} copy is damaged and out of use.",
            "{number} copies are damaged and out of use.",
            copies.damaged,
        ).format(number=copies.damaged)

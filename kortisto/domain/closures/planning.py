"""What a closure would move, and where to: for a preview, and for carrying it out."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.utils.timezone import localdate

from kortisto.domain.circulation.due import HELSINKI, LAST_MOMENT, end_of
from kortisto.domain.circulation.models import Loan
from kortisto.domain.closures.left_behind import coming_back, leaving
from kortisto.domain.closures.models import Move
from kortisto.domain.closures.planned import Planned, earlier_moves
from kortisto.domain.closures.rules import due_day, last_day, not_too_soon
from kortisto.domain.closures.settings import DAYS_TO_COME
from kortisto.domain.holds.models import Hold
from kortisto.domain.org.models import Closure, Premises
from kortisto.domain.org.queries import Organisation, organisation, premises_of
from kortisto.domain.org.rules import HOLDS_LEAVE, ClosedPeriod, OpeningCalendar
from kortisto.domain.policies.queries import rules_in_force

IGNORE: Final = "ignore"  # rules by which a due date may fall on a closed day


def stored(moment: datetime) -> str:
    """A moment as ``Move`` keeps it: the same text for the same moment."""
    return moment.astimezone(UTC).isoformat()


def moment_on(day: date, moment: datetime, calendar: OpeningCalendar) -> datetime:
    """A due moment on another day: its end, or closing time for a loan by the hour."""
    local = moment.astimezone(HELSINKI)
    if local.date() == day:
        return moment
    if local.timetz().replace(tzinfo=None, microsecond=0) == LAST_MOMENT:
        return end_of(day)
    closes = calendar.closing_time(day) or LAST_MOMENT
    return datetime.combine(day, closes, tzinfo=HELSINKI)


def origin_by_trace(
    origin: str, steps: list[list[str]], *, calendar: OpeningCalendar
) -> str:
    """What a due date goes back to: what it was, if that was no recall's.

    A recall that was taken back leaves no step: then the date before it counts, from
    which the loan has been moved since.
    """
    moved_from = [step[1] for step in steps if step[0] == "moved"]
    was = datetime.fromisoformat(origin)
    if not moved_from or localdate(was).isoformat() in moved_from:
        return origin
    day = date.fromisoformat(moved_from[-1])
    return stored(moment_on(day, was, calendar))


def soonest(tree: Organisation, library_id: int, today: date) -> date:
    """The first day to which a date may be put back at a library."""
    days = tree.setting(DAYS_TO_COME, library_id).value
    return today + timedelta(days=days)


class ClosurePlan:
    """What a closure moves when its last day becomes ``ends_on`` (None: taken back).

    Made before the calendars change. ``holds_on`` is the day for which it is asked
    where holds are collected; a preview asks for the first day of the closure.
    """

    def __init__(
        self,
        closure: Closure,
        ends_on: date | None,
        *,
        now: datetime,
        holds_on: date | None = None,
    ) -> None:
        self.closure, self.ends_on = closure, ends_on
        self.now, self.today = now, localdate(now)
        self.holds_on = holds_on or self.today
        self.tree = organisation()
        self.libraries = list(closure.libraries.values_list("pk", flat=True))
        self.place = Premises.objects.filter(closure=closure).first()
        self._matrix = rules_in_force(self.today)
        self._without = {one: self._calendar(one, None) for one in self.libraries}
        self._new = {one: self._calendar(one, ends_on) for one in self.libraries}

    def everything(self) -> Iterator[Planned]:
        yield from self.due_dates()
        yield from self.last_days()
        yield from self.of_the_day()

    def of_the_day(self) -> Iterator[Planned]:
        """What changes with the first day, and goes back after the last."""
        yield from self.pickups()
        yield from self.left_behind()

    def left_behind(self) -> Iterator[Planned]:
        """Items on shelves that a library leaves are not for loan until it is back."""
        if self.place is None:
            return
        first, last = self.closure.starts_on, self.ends_on
        [library] = self.libraries
        if last is not None and first <= self.holds_on <= last:
            yield from leaving(self.closure, self.place, library)
        else:
            yield from coming_back(self.closure, library)

    def due_dates(self) -> Iterator[Planned]:
        """Loans that are due while the library is closed, and those moved before."""
        earlier = earlier_moves(self.closure, Move.What.DUE)
        rows = Loan.objects.filter(
            returned_at=None, rules_library__in=self.libraries, due_at__gte=self.now
        ).filter(self._due_while_closed | self._moved("loan"))
        columns = ("rules_library_id", "category_id", "item_type_id", "due_at")
        for loan_id, steps, library, category, kind, due_at in rows.order_by(
            "pk"
        ).values_list("pk", "trace__steps", *columns):
            before = stored(due_at)
            moved = earlier.get(loan_id)
            is_ours = moved is not None and moved.after == before
            origin = before
            if moved is not None and is_ours:
                origin = origin_by_trace(
                    moved.origin, steps or [], calendar=self._new[library]
                )
            terms = self._matrix.terms(library, category, kind)
            if terms.closed_days == IGNORE and not is_ours:
                continue
            after = self._due(library, datetime.fromisoformat(origin), told=due_at)
            if after != due_at:
                yield Planned(
                    what=Move.What.DUE,
                    library_id=library,
                    loan_id=loan_id,
                    before=before,
                    after=stored(after),
                    origin=origin,
                )

    def last_days(self) -> Iterator[Planned]:
        """Copies on the hold shelf: as many open days as they would have had."""
        earlier = earlier_moves(self.closure, Move.What.LAST_DAY)
        rows = Hold.objects.filter(
            state=Hold.State.WAITING, pickup_library__in=self.libraries
        ).filter(
            Q(pickup_until__gte=max(self.closure.starts_on, self.today))
            | self._moved("hold")
        )
        for hold_id, library, until in rows.order_by("pk").values_list(
            "pk", "pickup_library_id", "pickup_until"
        ):
            if until is None:
                continue
            moved = earlier.get(hold_id)
            is_ours = moved is not None and moved.after == until.isoformat()
            origin = moved.origin if moved is not None and is_ours else ""
            after = self._last_day(library, until, origin)
            if after != until:
                yield Planned(
                    what=Move.What.LAST_DAY,
                    library_id=library,
                    hold_id=hold_id,
                    before=until.isoformat(),
                    after=after.isoformat(),
                    origin=origin or until.isoformat(),
                )

    def pickups(self) -> Iterator[Planned]:
        """Holds that wait for a copy are collected elsewhere, or here again."""
        if self._holds_are_away:
            yield from self._away()
        else:
            yield from self._home()

    @property
    def _holds_are_away(self) -> bool:
        first = self.closure.starts_on - HOLDS_LEAVE
        return self.ends_on is not None and first <= self.holds_on <= self.ends_on

    def _away(self) -> Iterator[Planned]:
        pickup = self.closure.pickup_id
        if pickup is None:
            return
        states = [Hold.State.QUEUED]
        if self.holds_on >= self.closure.starts_on:  # until then a copy still arrives
            states.append(Hold.State.TRAVELLING)
        rows = Hold.objects.filter(
            state__in=states, pickup_library__in=self.libraries
        ).order_by("pk")
        for hold_id, library in rows.values_list("pk", "pickup_library_id"):
            yield Planned(
                what=Move.What.PICKUP,
                library_id=library,
                hold_id=hold_id,
                before=str(library),
                after=str(pickup),
                origin=str(library),
            )

    def _home(self) -> Iterator[Planned]:
        earlier = earlier_moves(self.closure, Move.What.PICKUP)
        rows = Hold.objects.filter(
            self._moved("hold"), state__in=(Hold.State.QUEUED, Hold.State.TRAVELLING)
        ).order_by("pk")
        for hold_id, library in rows.values_list("pk", "pickup_library_id"):
            moved = earlier.get(hold_id)
            if moved is not None and moved.after == str(library) != moved.origin:
                yield Planned(
                    what=Move.What.PICKUP,
                    library_id=int(moved.origin),
                    hold_id=hold_id,
                    before=moved.after,
                    after=moved.origin,
                    origin=moved.origin,
                )

    def _due(self, library: int, origin: datetime, *, told: datetime) -> datetime:
        calendar, day = self._new[library], localdate(origin)
        told_day = localdate(told)
        if self.ends_on is not None and self.closure.starts_on <= day <= self.ends_on:
            day = due_day(day, calendar)
        day = not_too_soon(
            day,
            told=told_day,
            earliest=soonest(self.tree, library, self.today),
            calendar=calendar,
        )
        return told if day == told_day else moment_on(day, origin, calendar)

    def _last_day(self, library: int, until: date, origin: str) -> date:
        calendar = self._new[library]
        if not origin:  # nobody's day becomes an earlier one whom we did not move
            now = self.tree.calendar(library)
            return max(until, self._counted(until, was=now, becomes=calendar))
        was = date.fromisoformat(origin)
        return not_too_soon(
            self._counted(was, was=self._without[library], becomes=calendar),
            told=until,
            earliest=soonest(self.tree, library, self.today),
            calendar=calendar,
        )

    def _counted(
        self, day: date, *, was: OpeningCalendar, becomes: OpeningCalendar
    ) -> date:
        if self.ends_on is None or day < self.closure.starts_on:
            return day
        return last_day(day, since=self.closure.starts_on, was=was, becomes=becomes)

    @property
    def _due_while_closed(self) -> Q:
        last = max(self.ends_on or date.min, self.closure.ends_on)
        first = datetime.combine(self.closure.starts_on, time.min, tzinfo=HELSINKI)
        return Q(due_at__gte=first, due_at__lte=end_of(last))

    def _moved(self, of: str) -> Exists:
        moves = Move.objects.filter(shift__closure=self.closure, state=Move.State.DONE)
        return Exists(moves.filter(**{of: OuterRef("pk")}))

    def _calendar(self, library: int, ends_on: date | None) -> OpeningCalendar:
        if self.place is not None:
            return self._calendar_elsewhere(library, ends_on)
        periods = [
            each
            for each in self.tree.closures.get(library, ())
            if each.closure_id != self.closure.pk
        ]
        if ends_on is not None:
            periods.append(
                ClosedPeriod(
                    closure_id=self.closure.pk,
                    starts_on=self.closure.starts_on,
                    ends_on=ends_on,
                    names=self.closure.texts,
                )
            )
        return self.tree.calendar_if(library, periods)

    def _calendar_elsewhere(
        self, library: int, ends_on: date | None
    ) -> OpeningCalendar:
        periods = [
            each
            for each in self.tree.premises.get(library, ())
            if each.closure_id != self.closure.pk
        ]
        if ends_on is not None:
            periods.append(premises_of(self.closure, ends_on))
        closed = self.tree.closures.get(library, ())
        return self.tree.calendar_if(library, closed, periods)

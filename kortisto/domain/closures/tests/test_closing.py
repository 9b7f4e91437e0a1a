"""A library closes for five weeks, and opens again sooner (acceptance scenario 12)."""

from datetime import date, datetime, timedelta

import pytest
from django.utils.timezone import localdate

from kortisto.core.actors import Actor
from kortisto.core.jobs import enqueue
from kortisto.core.models import Job, LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.recalling import recall, take_recall_back
from kortisto.domain.circulation.actions.renew import renew
from kortisto.domain.circulation.due import end_of
from kortisto.domain.circulation.models import Loan
from kortisto.domain.closures.actions import carrying_out
from kortisto.domain.closures.actions.asking import set_closure
from kortisto.domain.closures.jobs import mover
from kortisto.domain.closures.models import Move
from kortisto.domain.closures.queries import preview_closure
from kortisto.domain.holds.actions.changing import change_pickup
from kortisto.domain.holds.models import Hold, Transit
from kortisto.domain.holds.pickup import pickup_libraries
from kortisto.domain.org.models import Closure
from kortisto.domain.org.queries import organisation
from kortisto.testing.builders import (
    MONDAY_NOON,
    chief,
    close_library,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
)
from kortisto.testing.closures import carried_out, last_until, make_closure
from kortisto.testing.jobs import work
from kortisto.testing.loans import lend

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
CLOSED_FROM, CLOSED_TO = date(2027, 3, 22), date(2027, 4, 25)
OPENS = CLOSED_TO + DAY
DUE = date(2027, 3, 29)  # four weeks from MONDAY_NOON


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    del db
    make_rules({"values": {"loan_period": 28, "pickup_days": 5}})


def five_weeks(*, pickup: bool = False) -> Closure:
    return make_closure(
        make_library(),
        starts_on=CLOSED_FROM,
        ends_on=CLOSED_TO,
        now=MONDAY_NOON,
        pickup=make_library("SVL") if pickup else None,
    )


def on(day: date) -> datetime:
    return MONDAY_NOON + (day - localdate(MONDAY_NOON))


def waiting(until: date) -> Hold:
    item = make_item()
    return make_hold(
        make_patron(), item.record, item=item,
        state=Hold.State.WAITING, pickup_until=until,
    )  # fmt: skip


def due_on(loan_id: int) -> date:
    return localdate(Loan.objects.get(pk=loan_id).due_at)


def test_due_dates_fall_on_the_day_it_opens_and_go_back_when_it_opens_early() -> None:
    loan = lend(make_item()).loan_id
    elsewhere = lend(make_item(library=make_library("SVL"))).loan_id
    closure = five_weeks()
    shift = last_until(closure, CLOSED_TO, now=MONDAY_NOON)
    assert (due_on(loan), due_on(elsewhere)) == (OPENS, DUE)
    assert Loan.objects.get(pk=loan).due_at == end_of(OPENS)
    assert shift.state == "done"
    last_until(closure, None, now=MONDAY_NOON + DAY)
    assert due_on(loan) == DUE
    assert Loan.objects.get(pk=loan).due_at == end_of(DUE)
    closure.refresh_from_db()
    assert closure.state == Closure.State.CANCELLED
    assert organisation().calendar(make_library().pk).is_open(CLOSED_FROM)


def test_a_loan_remembers_what_its_due_date_was() -> None:
    loan = lend(make_item()).loan_id
    closure = five_weeks()
    last_until(closure, CLOSED_TO, now=MONDAY_NOON)
    steps = Loan.objects.get(pk=loan).trace["steps"]
    assert steps[-1] == ["moved", DUE.isoformat(), OPENS.isoformat()]
    told = LoggedEvent.objects.get(kind="LoanDueMoved")
    assert told.body["why"] == f"closure:{closure.pk}"
    assert told.body["before"] < told.body["due_at"]


def test_the_preview_counts_what_then_happens_and_writes_nothing() -> None:
    lend(make_item())
    waiting(CLOSED_FROM + DAY)
    item = make_item()
    make_hold(make_patron(), item.record)
    Transit.objects.create(
        item=item, origin=make_library("SVL"), destination=make_library(),
        sent_at=MONDAY_NOON,
    )  # fmt: skip
    closure = five_weeks(pickup=True)
    told = preview_closure(closure, CLOSED_TO, now=MONDAY_NOON)
    assert told.by_library[make_library().pk] == told.total
    assert told.total == {"due": 1, "last-day": 1, "pickup": 1}
    assert told.transits == {make_library().pk: 1}
    assert len(told.patrons) == 3
    assert told.examples["due"][0].title == "Seitsemän veljestä"
    assert not Move.objects.exists()
    assert due_on(Loan.objects.get().pk) == DUE


def test_a_copy_on_the_hold_shelf_waits_as_many_open_days_as_it_would_have() -> None:
    """HLD-10: two days before it closes, and three after it has opened."""
    hold = waiting(CLOSED_FROM + 2 * DAY)  # three open days from the first closed one
    before = waiting(CLOSED_FROM - DAY)
    closure = five_weeks()
    last_until(closure, CLOSED_TO, now=MONDAY_NOON)
    hold.refresh_from_db()
    before.refresh_from_db()
    assert hold.pickup_until == OPENS + 2 * DAY
    assert before.pickup_until == CLOSED_FROM - DAY
    last_until(closure, None, now=MONDAY_NOON)
    hold.refresh_from_db()
    assert hold.pickup_until == CLOSED_FROM + 2 * DAY


def test_queued_holds_are_collected_elsewhere_while_it_is_closed_and_then_here() -> (
    None
):
    home, other = make_library(), make_library("SVL")
    hold = make_hold(make_patron(), make_record())
    closure = five_weeks(pickup=True)
    last_until(closure, CLOSED_TO, now=MONDAY_NOON)
    hold.refresh_from_db()
    assert hold.pickup_library == home  # three weeks are left: it may still come

    night_before(CLOSED_FROM - 3 * DAY)
    hold.refresh_from_db()
    assert hold.pickup_library == other
    night_before(OPENS)
    hold.refresh_from_db()
    assert hold.pickup_library == home
    assert [move.after for move in hold.moves.order_by("pk")] == [
        str(other.pk),
        str(home.pk),
    ]


def night_before(day: date) -> None:
    """What the schedule starts at five past midnight, and what follows from it."""
    now = on(day)
    enqueue("closures.follow", {}, by=chief(), run_after=now)
    while Job.objects.filter(state="waiting", run_after__lte=now).exists():
        assert work(now).state == "done"


def test_a_copy_on_its_way_goes_where_the_hold_is_collected_now() -> None:
    home, other = make_library(), make_library("SVL")
    item = make_item(library=make_library("KAN"))
    hold = make_hold(make_patron(), item.record, item=item, state=Hold.State.TRAVELLING)
    Transit.objects.create(
        item=item, origin=make_library("KAN"), destination=home, sent_at=MONDAY_NOON
    )
    today = localdate(MONDAY_NOON)
    closure = make_closure(
        home, starts_on=today, ends_on=CLOSED_TO, now=MONDAY_NOON, pickup=other
    )
    last_until(closure, CLOSED_TO, now=MONDAY_NOON)
    moving = Transit.objects.get(cancelled_at=None)
    assert (moving.destination, moving.sent_at) == (other, MONDAY_NOON)
    checkin(item.barcode, by=desk(other), now=MONDAY_NOON + DAY)
    hold.refresh_from_db()
    assert (hold.state, hold.pickup_library) == (Hold.State.WAITING, other)


def test_a_loan_that_was_renewed_meanwhile_keeps_its_own_date() -> None:
    loan, other = lend(make_item()).loan_id, lend(make_item()).loan_id
    closure = five_weeks()
    last_until(closure, CLOSED_TO, now=MONDAY_NOON)
    renewed_on = on(date(2027, 4, 2))
    own = renew(loan, by=chief(), now=renewed_on)
    shift = last_until(closure, date(2027, 4, 2), now=renewed_on + DAY)
    assert due_on(loan) == localdate(own.due_at) == date(2027, 4, 30)
    assert due_on(other) == date(2027, 4, 10)
    assert [move.loan_id for move in shift.moves.all()] == [other]


def test_what_changes_between_the_plan_and_its_turn_is_left() -> None:
    """A hold that its patron moved elsewhere after the plan was made."""
    other = make_library("SVL")
    hold = make_hold(make_patron(), make_record())
    today = localdate(MONDAY_NOON)
    closure = make_closure(
        make_library(), starts_on=today, ends_on=CLOSED_TO, now=MONDAY_NOON,
        pickup=other,
    )  # fmt: skip
    shift = set_closure(closure.pk, CLOSED_TO, by=chief(), now=MONDAY_NOON)
    carrying_out.begin(shift.pk, by=mover(), now=MONDAY_NOON)
    third = make_library("KAN")
    change_pickup([hold.pk], third.pk, by=chief(), now=MONDAY_NOON)
    shift = carried_out(shift, now=MONDAY_NOON)
    hold.refresh_from_db()
    assert hold.pickup_library == third
    assert shift.moves.get().state == Move.State.LEFT


def test_opening_in_the_middle_leaves_people_time_to_come() -> None:
    """Due on 29.3. once; the library opens on 5.4., so it is due a week after that."""
    loan = lend(make_item()).loan_id
    late = lend(make_item(), now=MONDAY_NOON + 20 * DAY).loan_id
    closure = five_weeks()
    last_until(closure, CLOSED_TO, now=MONDAY_NOON + 20 * DAY)
    reopens = date(2027, 4, 5)
    last_until(closure, reopens - DAY, now=on(reopens))
    assert due_on(loan) == reopens + 7 * DAY
    assert due_on(late) == date(2027, 4, 18)  # its own day, as nobody was told sooner


def test_a_longer_closure_moves_the_same_things_on_and_remembers_the_first_day() -> (
    None
):
    loan = lend(make_item()).loan_id
    hold = waiting(CLOSED_FROM)
    closure = five_weeks()
    last_until(closure, CLOSED_TO, now=MONDAY_NOON)
    new_loan = lend(make_item(), now=on(CLOSED_FROM + 7 * DAY)).loan_id
    assert due_on(new_loan) == OPENS
    longer = date(2027, 5, 9)
    last_until(closure, longer, now=on(CLOSED_FROM + 8 * DAY))
    hold.refresh_from_db()
    assert (due_on(loan), due_on(new_loan)) == (longer + DAY, longer + DAY)
    assert hold.pickup_until == longer + DAY
    assert Move.objects.filter(loan=loan).latest("pk").origin.startswith("2027-03-29")


def test_new_loans_and_choices_follow_the_closure() -> None:
    home, other = make_library(), make_library("SVL")
    last_until(five_weeks(), CLOSED_TO, now=MONDAY_NOON)
    loan = lend(make_item(), now=MONDAY_NOON + DAY).loan_id
    assert due_on(loan) == OPENS
    offered = pickup_libraries(CLOSED_FROM - 3 * DAY)
    assert [library.id for library in offered] == [other.pk]
    offered = pickup_libraries(CLOSED_FROM - 4 * DAY)
    assert {library.id for library in offered} == {home.pk, other.pk}


def test_an_opening_in_the_calendar_does_not_open_a_closed_library() -> None:
    home = make_library()
    close_library(home, OPENS)
    last_until(five_weeks(), CLOSED_TO, now=MONDAY_NOON)
    loan = lend(make_item(), now=MONDAY_NOON + DAY).loan_id
    assert due_on(loan) == OPENS + DAY


def test_rules_that_let_due_dates_fall_on_closed_days_are_followed() -> None:
    make_rules({"values": {"loan_period": 28, "closed_days": "ignore"}})
    loan = lend(make_item()).loan_id
    shift = last_until(five_weeks(), CLOSED_TO, now=MONDAY_NOON)
    assert due_on(loan) == DUE
    assert not shift.moves.exists()


def test_what_is_overdue_already_stays() -> None:
    loan = lend(make_item()).loan_id
    today = DUE + DAY
    closure = make_closure(
        make_library(), starts_on=DUE, ends_on=today + 30 * DAY, now=on(today)
    )
    last_until(closure, today + 30 * DAY, now=on(today))
    assert due_on(loan) == DUE


def test_a_library_is_closed_by_one_closure_at_a_time() -> None:
    last_until(five_weeks(), CLOSED_TO, now=MONDAY_NOON)
    with pytest.raises(Refused, match="closed-already"):
        five_weeks()
    with pytest.raises(Refused, match="no-pickup-while-closed"):
        make_closure(
            make_library("SVL"), starts_on=CLOSED_TO, ends_on=CLOSED_TO,
            now=MONDAY_NOON, pickup=make_library(),
        )  # fmt: skip
    assert Closure.objects.count() == 1


def test_a_closure_that_has_gone_by_is_over() -> None:
    closure = five_weeks()
    last_until(closure, CLOSED_TO, now=MONDAY_NOON)
    with pytest.raises(Refused, match="not-in-force"):
        set_closure(closure.pk, OPENS, by=chief(), now=on(OPENS))
    with pytest.raises(Refused, match="reopens-in-past"):
        set_closure(closure.pk, CLOSED_FROM, by=chief(), now=on(CLOSED_TO))


def test_a_worker_that_dies_in_the_middle_goes_on_where_it_was(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each thing moves once, and its event is told once."""
    loans = [lend(make_item()).loan_id for _loan in range(4)]
    closure = five_weeks()
    shift = set_closure(closure.pk, CLOSED_TO, by=chief(), now=MONDAY_NOON)
    whole = carrying_out.carry_out
    done: list[int] = []

    def dies(move_id: int, *, by: Actor, now: datetime) -> None:
        if len(done) == 2:
            message = "the power went"
            raise RuntimeError(message)
        done.append(move_id)
        whole(move_id, by=by, now=now)

    monkeypatch.setattr(carrying_out, "carry_out", dies)
    assert work(MONDAY_NOON).attempts == 1
    states = list(shift.moves.order_by("pk").values_list("state", flat=True))
    assert states == ["done", "done", "planned", "planned"]
    monkeypatch.undo()
    carried_out(shift, now=MONDAY_NOON + DAY)
    assert {due_on(loan) for loan in loans} == {OPENS}
    moved = LoggedEvent.objects.filter(kind="LoanDueMoved")
    assert sorted(event.body["loan_id"] for event in moved) == sorted(loans)


def test_a_change_waits_until_the_one_before_it_is_done() -> None:
    closure = five_weeks()
    set_closure(closure.pk, CLOSED_TO, by=chief(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="still-moving"):
        set_closure(closure.pk, CLOSED_TO - DAY, by=chief(), now=MONDAY_NOON)


def test_a_recall_taken_back_while_it_is_closed_forgets_the_recalled_date() -> None:
    """Due on 29.3.; recalled for 8.3.; closed from 5.3. on: due when it opens."""
    make_rules(
        {"values": {"loan_period": 28, "recall_days": 7, "recall_least_days": 0}}
    )
    loan = lend(make_item()).loan_id
    recall(loan, by=chief(), now=MONDAY_NOON)
    assert due_on(loan) == date(2027, 3, 8)
    closure = make_closure(
        make_library(), starts_on=date(2027, 3, 5), ends_on=CLOSED_TO, now=MONDAY_NOON
    )
    last_until(closure, CLOSED_TO, now=MONDAY_NOON)
    assert due_on(loan) == OPENS

    take_recall_back(loan, by=chief(), now=MONDAY_NOON + DAY)
    assert due_on(loan) == OPENS  # 29.3. is a closed day
    steps = Loan.objects.get(pk=loan).trace["steps"]
    assert steps[-1] == ["moved", DUE.isoformat(), OPENS.isoformat()]
    assert not [step for step in steps if step[0] == "recalled"]
    last_until(closure, None, now=MONDAY_NOON + DAY)
    assert due_on(loan) == DUE  # and not 8.3., when nobody needs it any more


def test_a_recall_taken_back_finds_a_closed_day_that_came_meanwhile() -> None:
    """The recalled date itself was not moved, the one before it cannot be met."""
    make_rules(
        {"values": {"loan_period": 28, "recall_days": 7, "recall_least_days": 0}}
    )
    loan = lend(make_item()).loan_id
    recall(loan, by=chief(), now=MONDAY_NOON)
    last_until(five_weeks(), CLOSED_TO, now=MONDAY_NOON)
    assert due_on(loan) == date(2027, 3, 8)
    take_recall_back(loan, by=chief(), now=MONDAY_NOON + DAY)
    assert due_on(loan) == OPENS


def test_what_a_patron_was_told_after_a_recall_is_never_made_sooner() -> None:
    make_rules(
        {"values": {"loan_period": 10, "recall_days": 2, "recall_least_days": 0}}
    )
    loan = lend(make_item()).loan_id
    recall(loan, by=chief(), now=MONDAY_NOON)
    first = date(2027, 3, 2)
    closure = make_closure(
        make_library(), starts_on=first, ends_on=first + 20 * DAY, now=MONDAY_NOON
    )
    last_until(closure, first + 20 * DAY, now=MONDAY_NOON)
    told = due_on(loan)
    last_until(closure, first + 8 * DAY, now=MONDAY_NOON + DAY)
    soon = due_on(loan)
    take_recall_back(loan, by=chief(), now=MONDAY_NOON + DAY)
    assert soon <= due_on(loan) <= told
    assert due_on(loan) == max(soon, date(2027, 3, 11))

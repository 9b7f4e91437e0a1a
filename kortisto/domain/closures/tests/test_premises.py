"""A library works at another address while its own house is repaired (TOL-11)."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils.timezone import localdate

from kortisto.core.actors import NotPermitted
from kortisto.core.jobs import enqueue
from kortisto.core.models import Job, LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.actions.items import change_item
from kortisto.domain.catalogue.models import CodedValue, Item
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.models import Loan
from kortisto.domain.closures.actions import carrying_out
from kortisto.domain.closures.actions.asking import set_closure
from kortisto.domain.closures.actions.premises import plan_premises
from kortisto.domain.closures.jobs import mover
from kortisto.domain.closures.models import Move, Shift
from kortisto.domain.closures.queries import preview_closure
from kortisto.domain.holds.models import Hold
from kortisto.domain.holds.pickup import pickup_libraries
from kortisto.domain.org.actions.calendars import Hours
from kortisto.domain.org.actions.closures import OtherPlace, Plan
from kortisto.domain.org.models import Closure, Unit, WeeklyHours
from kortisto.domain.org.queries import organisation
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_rules,
    make_unit,
)
from kortisto.testing.closures import (
    last_until,
    make_closure,
    make_premises,
)
from kortisto.testing.jobs import work
from kortisto.testing.loans import lend

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
TODAY = localdate(MONDAY_NOON)  # a Monday
FIRST, LAST = date(2027, 3, 22), date(2027, 12, 31)
DUE = date(2027, 3, 29)
WEEKDAYS = tuple(Hours(day, time(12), time(18)) for day in range(1, 5))  # Tue to Fri
LIST = CodedValue.List


@pytest.fixture(autouse=True)
def codes(db: None) -> None:
    del db
    make_rules({"values": {"loan_period": 28, "pickup_days": 5}})
    for name in ("VARASTO", "SALI"):
        CodedValue.objects.create(list=LIST.LOCATION, code=name, name_fi=name)
    CodedValue.objects.create(list=LIST.NOT_FOR_LOAN, code="7", name_fi="Remontissa")


def elsewhere(**place: Any) -> Closure:
    told = {"left_locations": ("VARASTO",), "left_status": "7", "hours": WEEKDAYS}
    return make_premises(
        make_library(), starts_on=FIRST, ends_on=LAST, now=MONDAY_NOON,
        **{**told, **place},
    )  # fmt: skip


def night_before(day: date) -> datetime:
    """What the schedule starts at five past midnight, and what follows from it."""
    now = MONDAY_NOON + (day - TODAY)
    enqueue("closures.follow", {}, by=chief(), run_after=now)
    while Job.objects.filter(state="waiting", run_after__lte=now).exists():
        assert work(now).state == "done"
    return now


def status(item: Item) -> str:
    item.refresh_from_db()
    return item.not_for_loan


def due_on(loan_id: int) -> date:
    return localdate(Loan.objects.get(pk=loan_id).due_at)


def test_address_and_hours_hold_from_the_first_day_to_the_last_by_themselves() -> None:
    library = make_library()
    closure = elsewhere()
    assert organisation().premises_on(library.pk, FIRST) is None  # a plan only
    last_until(closure, LAST, now=MONDAY_NOON)
    tree = organisation()
    calendar = tree.calendar(library.pk)
    for day in (FIRST - DAY, LAST + DAY):
        assert tree.premises_on(library.pk, day) is None
        assert calendar.hours(day)[0].opens == time(8)
    for day in (FIRST, LAST):
        place = tree.premises_on(library.pk, day)
        assert place is not None
        assert place.address == "Väistökatu 3, 50100 Mikkeli"
    assert not calendar.is_open(FIRST)  # a Monday
    [opening] = calendar.hours(FIRST + DAY)
    assert (opening.opens, opening.closes) == (time(12), time(18))
    assert library.pk in {one.id for one in pickup_libraries(FIRST)}
    assert WeeklyHours.objects.filter(library=library).count() == 7  # as they were
    told = LoggedEvent.objects.get(kind="PremisesSet")
    assert told.body["ends_on"] == LAST.isoformat()
    assert not LoggedEvent.objects.filter(kind="ClosureSet").exists()


def test_dates_on_days_that_are_closed_there_move_and_the_others_stay() -> None:
    on_monday = lend(make_item()).loan_id
    on_tuesday = lend(make_item(), now=MONDAY_NOON + DAY).loan_id
    item = make_item()
    hold = make_hold(
        make_patron(), item.record, item=item,
        state=Hold.State.WAITING, pickup_until=FIRST,
    )  # fmt: skip
    closure = elsewhere()
    told = preview_closure(closure, LAST, now=MONDAY_NOON)
    assert told.total == {"due": 1, "last-day": 1}
    last_until(closure, LAST, now=MONDAY_NOON)
    hold.refresh_from_db()
    assert (due_on(on_monday), due_on(on_tuesday)) == (DUE + DAY, DUE + DAY)
    assert hold.pickup_until == FIRST + DAY

    last_until(closure, None, now=MONDAY_NOON)
    hold.refresh_from_db()
    assert (due_on(on_monday), hold.pickup_until) == (DUE, FIRST)
    assert organisation().premises_on(make_library().pk, FIRST) is None
    closure.refresh_from_db()
    assert closure.state == Closure.State.CANCELLED


def test_what_stays_on_the_old_shelves_is_not_for_loan_until_the_library_is_back() -> (
    None
):
    left, taken = make_item(location="VARASTO"), make_item(location="SALI")
    other = make_item(location="VARASTO", library=make_library("SVL"))
    closure = elsewhere()
    told = preview_closure(closure, LAST, now=MONDAY_NOON)
    assert told.total == {"left": 1}
    assert told.examples["left"][0].title == "Seitsemän veljestä"
    last_until(closure, LAST, now=MONDAY_NOON)
    assert status(left) == ""  # the house is open for three weeks yet

    night_before(FIRST - DAY)
    assert status(left) == ""
    night_before(FIRST)
    assert [status(item) for item in (left, taken, other)] == ["7", "", ""]
    with pytest.raises(Refused, match="not-for-loan"):
        checkout(card_of(make_patron()), left.barcode, by=desk(), now=MONDAY_NOON)
    night_before(LAST)
    assert status(left) == "7"
    night_before(LAST + DAY)
    assert status(left) == ""
    night_before(LAST + 2 * DAY)
    moves = list(Move.objects.filter(what="left").values_list("before", "after"))
    assert moves == [("", "7"), ("7", "")]


def test_what_is_lent_or_comes_back_later_is_not_left() -> None:
    lent, comes_back = make_item(location="VARASTO"), make_item(location="VARASTO")
    left = make_item(location="VARASTO")
    for item in (lent, comes_back):
        lend(item, now=MONDAY_NOON + 14 * DAY)
    last_until(elsewhere(), LAST, now=MONDAY_NOON)
    night_before(FIRST)
    now = MONDAY_NOON + (FIRST + DAY - TODAY)
    checkin(comes_back.barcode, by=desk(), now=now)
    night_before(FIRST + 2 * DAY)
    assert [status(item) for item in (lent, comes_back, left)] == ["", "", "7"]


def test_what_somebody_fetched_or_marked_otherwise_stays_so() -> None:
    fetched, marked = make_item(location="VARASTO"), make_item(location="VARASTO")
    CodedValue.objects.create(list=LIST.NOT_FOR_LOAN, code="3", name_fi="Lukusali")
    last_until(elsewhere(), LAST, now=MONDAY_NOON)
    now = night_before(FIRST)
    change_item(fetched.pk, {"not_for_loan": ""}, by=chief(), now=now)
    change_item(marked.pk, {"not_for_loan": "3"}, by=chief(), now=now)
    night_before(FIRST + DAY)
    assert (status(fetched), status(marked)) == ("", "3")
    shifts = Shift.objects.count()
    night_before(LAST + DAY)
    assert (status(fetched), status(marked)) == ("", "3")
    assert Shift.objects.count() == shifts  # and no night tries again


def test_it_lasts_longer_or_ends_sooner_by_the_same_page() -> None:
    left = make_item(location="VARASTO")
    closure = elsewhere()
    last_until(closure, LAST, now=MONDAY_NOON)
    now = night_before(FIRST)
    longer = LAST + 60 * DAY
    last_until(closure, longer, now=now)
    night_before(LAST + DAY)
    assert status(left) == "7"
    assert organisation().premises_on(make_library().pk, longer) is not None

    back = MONDAY_NOON + (LAST + 10 * DAY - TODAY)
    last_until(closure, LAST + 9 * DAY, now=back)
    assert status(left) == ""
    assert organisation().premises_on(make_library().pk, LAST + 10 * DAY) is None


def test_it_may_be_closed_for_some_weeks_while_it_is_elsewhere() -> None:
    library = make_library()
    last_until(elsewhere(), LAST, now=MONDAY_NOON)
    summer = date(2027, 7, 1)
    closed = make_closure(
        library, starts_on=summer, ends_on=summer + 30 * DAY, now=MONDAY_NOON
    )
    last_until(closed, summer + 30 * DAY, now=MONDAY_NOON)
    calendar = organisation().calendar(library.pk)
    assert not calendar.is_open(summer + DAY)
    assert calendar.hours(date(2027, 8, 3))[0].opens == time(12)
    with pytest.raises(Refused, match="elsewhere-already"):
        make_premises(library, starts_on=summer, ends_on=summer, now=MONDAY_NOON)


def test_a_worker_that_dies_in_the_middle_leaves_each_item_once() -> None:
    items = [make_item(location="VARASTO") for _item in range(4)]
    today = make_premises(
        make_library(), starts_on=TODAY, ends_on=LAST, now=MONDAY_NOON,
        left_locations=("VARASTO",), left_status="7",
    )  # fmt: skip
    Item.objects.update(created_at=MONDAY_NOON - 30 * DAY)
    shift = set_closure(today.pk, LAST, by=chief(), now=MONDAY_NOON)
    carrying_out.begin(shift.pk, by=mover(), now=MONDAY_NOON)
    for move_id in carrying_out.waiting(shift.pk)[:2]:
        carrying_out.carry_out(move_id, by=mover(), now=MONDAY_NOON)
    while Job.objects.filter(state="waiting", run_after__lte=MONDAY_NOON).exists():
        work(MONDAY_NOON)
    assert {status(item) for item in items} == {"7"}
    assert LoggedEvent.objects.filter(kind="ItemChanged").count() == 4


def test_every_reason_is_told_and_nothing_is_planned() -> None:
    library, other = make_library(), make_library("SVL")
    bare = make_unit("UUSI", parent=library.parent)
    fine: dict[str, Any] = {"street": "Väistökatu 3", "city": "Mikkeli"}

    def refused(match: str, *libraries: Unit, **place: Any) -> None:
        plan = Plan(
            library_ids=tuple(one.pk for one in libraries or (library,)),
            starts_on=FIRST, ends_on=LAST, texts={"fi": "Remontti"},
            premises=OtherPlace(**{**fine, **place}),
        )  # fmt: skip
        with pytest.raises(Refused, match=match):
            plan_premises(plan, by=chief(), now=MONDAY_NOON)

    refused("address-missing", street=" ")
    refused("one-library-moves", library, other)
    refused("left-status-missing", left_locations=("VARASTO",))
    refused("no-such-status", left_locations=("VARASTO",), left_status="99")
    refused("no-such-shelf", left_locations=("KELLARI",), left_status="7")
    refused("hours-unknown", bare, hours=WEEKDAYS)
    refused("hours-backwards", hours=(Hours(0, time(18), time(12)),))
    assert not Closure.objects.exists()
    with pytest.raises(NotPermitted):
        plan_premises(
            Plan(
                library_ids=(library.pk,), starts_on=FIRST, ends_on=LAST,
                texts={"fi": "Remontti"}, premises=OtherPlace(**fine),
            ),
            by=desk(), now=MONDAY_NOON,
        )  # fmt: skip

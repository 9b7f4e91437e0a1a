"""A library moves to another municipality, or is merged, on a day that is to come."""

from datetime import date, datetime, timedelta

import pytest
from django.utils.timezone import localdate

from kortisto.core.actors import NotPermitted
from kortisto.core.jobs import enqueue
from kortisto.core.models import Job, LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.models import Loan
from kortisto.domain.closures.actions import carrying_out
from kortisto.domain.closures.actions.asking import merge_libraries, put_back
from kortisto.domain.closures.actions.later import move_on_day, withdraw
from kortisto.domain.closures.jobs import mover
from kortisto.domain.closures.models import Shift
from kortisto.domain.closures.queries import what_waits_for
from kortisto.domain.org.actions.units import change_unit
from kortisto.domain.org.models import Membership, Unit
from kortisto.domain.org.queries import organisation
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_item,
    make_library,
    make_patron,
    make_rules,
    make_unit,
)
from kortisto.testing.jobs import work

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
NEW_YEAR = date(2028, 1, 1)


@pytest.fixture(autouse=True)
def rules(db: None) -> None:
    del db
    make_rules({"values": {"loan_period": 28}})


def midnight(day: date) -> datetime:
    """Five past twelve, when the schedule starts, and all that follows from it."""
    now = MONDAY_NOON + (day - localdate(MONDAY_NOON))
    now = now.replace(hour=0, minute=5)
    enqueue("closures.follow", {}, by=chief(), run_after=now)
    while Job.objects.filter(state="waiting", run_after__lte=now).exists():
        work(now)
    return now


def below(library: Unit) -> int | None:
    library.refresh_from_db()
    return library.parent_id


def savonlinna() -> Unit:
    make_library("SVL")
    return Unit.objects.get(code="K-SVL")


def test_it_moves_in_the_night_of_its_day_and_not_before() -> None:
    library, to = make_library(), savonlinna()
    old = library.parent_id
    shift = move_on_day(library.pk, to.pk, NEW_YEAR, by=chief(), now=MONDAY_NOON)
    assert [one.pk for one in what_waits_for(library.pk)] == [shift.pk]
    midnight(NEW_YEAR - DAY)
    assert below(library) == old
    assert not Membership.objects.exists()

    midnight(NEW_YEAR)
    shift.refresh_from_db()
    assert (shift.state, below(library)) == ("done", to.pk)
    assert organisation().municipality_of(library.pk) == to.pk
    member = Membership.objects.get(unit=library)
    assert (member.owner_id, member.starts_on) == (to.pk, NEW_YEAR)
    midnight(NEW_YEAR + DAY)
    assert LoggedEvent.objects.filter(kind="MembershipChanged").count() == 1
    assert LoggedEvent.objects.filter(kind="ShiftCarriedOut").count() == 1


def test_a_day_that_the_workers_missed_is_made_good() -> None:
    library, to = make_library(), savonlinna()
    move_on_day(library.pk, to.pk, NEW_YEAR, by=chief(), now=MONDAY_NOON)
    midnight(NEW_YEAR + 3 * DAY)
    assert below(library) == to.pk
    assert Membership.objects.get().starts_on == NEW_YEAR + 3 * DAY


def test_until_its_day_it_can_be_withdrawn_and_then_never_happens() -> None:
    library, to = make_library(), savonlinna()
    old = library.parent_id
    shift = move_on_day(library.pk, to.pk, NEW_YEAR, by=chief(), now=MONDAY_NOON)
    withdraw(shift.pk, by=chief(), now=MONDAY_NOON + DAY)
    with pytest.raises(Refused, match="not-withdrawn-now"):
        withdraw(shift.pk, by=chief(), now=MONDAY_NOON + DAY)
    midnight(NEW_YEAR)
    assert below(library) == old
    assert what_waits_for(library.pk) == []
    told = LoggedEvent.objects.filter(kind="ShiftWithdrawn")
    assert [event.body["shift_id"] for event in told] == [shift.pk]
    assert not LoggedEvent.objects.filter(kind="UnitChanged").exists()


def test_what_was_withdrawn_while_its_job_waited_is_not_done() -> None:
    library, to = make_library(), savonlinna()
    shift = move_on_day(library.pk, to.pk, NEW_YEAR, by=chief(), now=MONDAY_NOON)
    now = MONDAY_NOON.replace(year=2028)
    withdraw(shift.pk, by=chief(), now=now)
    assert not carrying_out.begin(shift.pk, by=mover(), now=now)
    shift.refresh_from_db()
    assert shift.state == "withdrawn"


def test_what_is_begun_before_its_day_by_hand_waits_on() -> None:
    library, to = make_library(), savonlinna()
    shift = move_on_day(library.pk, to.pk, NEW_YEAR, by=chief(), now=MONDAY_NOON)
    assert not carrying_out.begin(shift.pk, by=mover(), now=MONDAY_NOON)
    shift.refresh_from_db()
    assert shift.state == "asked"


def test_after_its_day_it_is_taken_back_to_where_it_stood() -> None:
    library, to = make_library(), savonlinna()
    old = library.parent_id
    shift = move_on_day(library.pk, to.pk, NEW_YEAR, by=chief(), now=MONDAY_NOON)
    now = midnight(NEW_YEAR)
    with pytest.raises(Refused, match="not-withdrawn-now"):
        withdraw(shift.pk, by=chief(), now=now)
    put_back(shift.pk, by=chief(), now=now)
    midnight(NEW_YEAR)
    assert below(library) == old
    with pytest.raises(Refused, match="nothing-to-put-back"):
        put_back(shift.pk, by=chief(), now=now)


def test_a_merge_waits_for_its_day_too() -> None:
    old, new = make_library(), make_library("SVL")
    item = make_item()
    shift = merge_libraries(old.pk, new.pk, by=chief(), now=MONDAY_NOON, on=NEW_YEAR)
    patron = make_patron()
    checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON + DAY)
    midnight(NEW_YEAR - DAY)
    item.refresh_from_db()
    assert item.home_library == old
    midnight(NEW_YEAR)
    shift.refresh_from_db()
    item.refresh_from_db()
    old.refresh_from_db()
    assert (item.home_library, old.closed_on) == (new, NEW_YEAR - DAY)
    assert Loan.objects.get().rules_library == new
    put_back(shift.pk, by=chief(), now=midnight(NEW_YEAR))
    midnight(NEW_YEAR)
    item.refresh_from_db()
    old.refresh_from_db()
    assert (item.home_library, old.closed_on) == (old, None)


def test_what_cannot_be_on_its_day_any_more_moves_nothing_and_says_so() -> None:
    """The library into which it was to be merged ended in the summer."""
    old, new = make_library(), make_library("SVL")
    item = make_item()
    shift = merge_libraries(old.pk, new.pk, by=chief(), now=MONDAY_NOON, on=NEW_YEAR)
    change_unit(
        new.pk, {"closed_on": date(2027, 6, 30)}, by=chief(), now=MONDAY_NOON + DAY
    )
    midnight(NEW_YEAR)
    shift.refresh_from_db()
    item.refresh_from_db()
    assert (shift.state, item.home_library) == ("asked", old)
    job = Job.objects.filter(kind="closures.carry-out").latest("pk")
    assert (job.state, job.attempts) == ("failed", 1)
    assert "not-in-use" in job.last_error
    withdraw(shift.pk, by=chief(), now=MONDAY_NOON.replace(year=2028))


def test_a_unit_moves_once_at_a_time_and_every_reason_is_told() -> None:
    library, to = make_library(), savonlinna()
    by, now = chief(), MONDAY_NOON
    for target, day, reason in (
        (to.pk, localdate(now) - DAY, "day-has-gone"),
        (library.pk, NEW_YEAR, "own-ancestor"),
        (library.parent_id or 0, NEW_YEAR, "stands-there"),
    ):
        with pytest.raises(Refused, match=reason):
            move_on_day(library.pk, target, day, by=by, now=now)
    change_unit(to.pk, {"closed_on": date(2027, 12, 31)}, by=by, now=now)
    with pytest.raises(Refused, match="place-not-in-use"):
        move_on_day(library.pk, to.pk, NEW_YEAR, by=by, now=now)
    with pytest.raises(NotPermitted):
        move_on_day(library.pk, to.pk, NEW_YEAR, by=desk(), now=now)
    assert not Shift.objects.exists()

    third = make_unit("K-KAN", Unit.Kind.MUNICIPALITY, parent=library.parent)
    move_on_day(library.pk, third.pk, NEW_YEAR, by=by, now=now)
    other = make_library("KAN")
    with pytest.raises(Refused, match="still-moving"):
        merge_libraries(library.pk, other.pk, by=by, now=now)
    assert Shift.objects.count() == 1

"""Stories of copies for a group: a class, a club, a reading circle."""

from datetime import date, timedelta

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.followers import follow
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item, Record
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.place_bundle import (
    RefusedTitles,
    Several,
    place_bundle,
)
from kortisto.domain.circulation.actions.place_group import ForAGroup, place_group
from kortisto.domain.circulation.actions.place_hold import Wish, place_hold
from kortisto.domain.holds.actions.changing import change_days, change_pickup, suspend
from kortisto.domain.holds.actions.expiring import expire_holds
from kortisto.domain.holds.actions.extending import ask_for_more_time, keep_until
from kortisto.domain.holds.actions.restoring import restore
from kortisto.domain.holds.actions.shelving import PlaceTold, save_place
from kortisto.domain.holds.bundle_words import how_it_goes, one_of_what
from kortisto.domain.holds.bundles import bundle_of, leading
from kortisto.domain.holds.models import Hold, HoldBundle
from kortisto.domain.holds.queue import OPEN, active_on
from kortisto.domain.patrons.models import Patron
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    chief,
    desk,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
    themself,
)

pytestmark = pytest.mark.django_db

TODAY = MONDAY_NOON.date()
NEEDED_ON = TODAY + timedelta(days=21)
LIMITS = {"holds_per_record": 30, "holds_max": 40, "pickup_days": 7}


def title(copies: int) -> tuple[Record, list[Item]]:
    record = make_record()
    return record, [make_item(record=record) for _ in range(copies)]


def wait_for(
    patron: Patron,
    *records: Record,
    copies: int,
    by_day: date = NEEDED_ON,
    overriding: tuple[str, ...] = (),
) -> list[Hold]:
    wish = Wish(record_id=0, pickup_library_id=make_library().pk, expires_on=by_day)
    group = ForAGroup(record_ids=tuple(one.pk for one in records), copies=copies)
    by = chief() if overriding else desk()
    place_group(patron.pk, wish, group, by=by, now=MONDAY_NOON, overriding=overriding)
    return list(Hold.objects.filter(patron=patron).order_by("pk"))


def states(holds: list[Hold]) -> list[str]:
    for hold in holds:
        hold.refresh_from_db()
    return [hold.state for hold in holds]


def test_every_copy_comes_and_none_stands_back() -> None:
    make_rules({"values": LIMITS})
    record, items = title(3)
    holds = wait_for(make_patron(), record, copies=3)
    assert Hold.objects.filter(active_on(TODAY)).count() == 3
    for item in items:
        checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    assert states(holds) == ["waiting"] * 3
    assert {hold.item for hold in holds} == set(items)


def test_they_wait_for_one_another_until_the_day_they_are_needed() -> None:
    make_rules({"values": LIMITS})
    record, items = title(2)
    holds = wait_for(make_patron(), record, copies=2)
    checkin(items[0].barcode, by=desk(), now=MONDAY_NOON)
    states(holds)
    assert holds[0].pickup_until == NEEDED_ON
    late = MONDAY_NOON + timedelta(days=20)
    checkin(items[1].barcode, by=desk(), now=late)
    states(holds)
    assert holds[1].pickup_until == NEEDED_ON + timedelta(days=6)  # the ordinary time
    alone = make_hold(make_patron(), make_record())
    single = make_item(record=alone.record)
    checkin(single.barcode, by=desk(), now=MONDAY_NOON)
    alone.refresh_from_db()
    assert alone.pickup_until == TODAY + timedelta(days=7)


def test_what_has_not_come_by_the_day_is_not_waited_for_any_more() -> None:
    make_rules({"values": LIMITS})
    record, items = title(2)
    holds = wait_for(make_patron(), record, copies=2)
    checkin(items[0].barcode, by=desk(), now=MONDAY_NOON)
    expire_holds(by=chief(), now=MONDAY_NOON + timedelta(days=21))
    assert states(holds) == ["waiting", "queued"]
    expire_holds(by=chief(), now=MONDAY_NOON + timedelta(days=22))
    assert states(holds) == ["uncleared", "expired"]


@pytest.mark.django_db(transaction=True)
def test_each_loan_fills_the_hold_of_its_copy_and_the_others_go_on() -> None:
    make_rules({"values": LIMITS})
    record, items = title(3)
    patron = make_patron()
    holds = wait_for(patron, record, copies=3)
    for item in items[:2]:
        checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    checkout(card_of(patron), items[1].barcode, by=desk(), now=MONDAY_NOON)
    while follow("hold-bundles", now=MONDAY_NOON):
        pass
    assert states(holds) == ["waiting", "filled", "queued"]
    checkin(items[2].barcode, by=desk(), now=MONDAY_NOON)
    for item in (items[0], items[2]):
        checkout(card_of(patron), item.barcode, by=desk(), now=MONDAY_NOON)
    assert states(holds) == ["filled"] * 3


def test_each_copy_counts_against_the_limits() -> None:
    make_rules({"values": LIMITS | {"holds_max": 5, "holds_per_record": 4}})
    patron = make_patron()
    record, _items = title(9)
    with pytest.raises(RefusedTitles, match="held-already"):
        wait_for(patron, record, copies=5)
    other, _items = title(9)
    with pytest.raises(RefusedTitles, match="too-many-holds"):
        wait_for(patron, record, other, copies=3)
    assert not Hold.objects.exists()
    assert not HoldBundle.objects.exists()
    assert not LoggedEvent.objects.filter(kind="HoldPlaced").exists()
    wait_for(patron, record, copies=4)
    place_hold(patron.pk, _one(other), by=desk(), now=MONDAY_NOON)
    third, _items = title(1)
    with pytest.raises(Refused, match="too-many-holds"):
        place_hold(patron.pk, _one(third), by=desk(), now=MONDAY_NOON)


def _one(record: Record) -> Wish:
    return Wish(record_id=record.pk, pickup_library_id=make_library().pk)


def test_more_copies_than_there_are_need_a_permission() -> None:
    make_rules({"values": LIMITS})
    record, _items = title(2)
    with pytest.raises(RefusedTitles, match="fewer-copies"):
        wait_for(make_patron(), record, copies=3)
    assert len(wait_for(make_patron(), record, copies=3, overriding=("fewer-copies",)))


def test_a_group_that_has_some_copies_may_wait_for_more() -> None:
    make_rules({"values": LIMITS})
    record, items = title(4)
    patron = make_patron()
    checkout(card_of(patron), items[0].barcode, by=desk(), now=MONDAY_NOON)
    assert len(wait_for(patron, record, copies=3)) == 3


def test_a_reading_circle_is_bound_by_the_rules_of_its_category() -> None:
    make_rules({"values": LIMITS | {"holds_per_record": 1}})
    record, _items = title(4)
    with pytest.raises(RefusedTitles, match="held-already"):
        wait_for(make_patron(), record, copies=2)


def test_the_group_is_one_row_and_says_how_it_is() -> None:
    make_rules({"values": LIMITS})
    patron = make_patron()
    record, items = title(3)
    holds = wait_for(patron, record, copies=3)
    mine = Hold.objects.filter(patron=patron, state__in=OPEN)
    assert list(leading(mine)) == [holds[0]]
    checkin(items[0].barcode, by=desk(), now=MONDAY_NOON)
    checkin(items[1].barcode, by=desk(), now=MONDAY_NOON)
    assert list(leading(mine)) == [holds[2]]
    checkout(card_of(patron), items[0].barcode, by=desk(), now=MONDAY_NOON)
    bundle = bundle_of(holds[0].pk)
    assert bundle is not None
    assert one_of_what(bundle, holds[0].pk) == (
        "3 copies for a group · 1 on the hold shelf · 1 collected"
    )
    assert "collected together" in how_it_goes(bundle)
    checkin(items[2].barcode, by=desk(), now=MONDAY_NOON)
    assert list(leading(mine)) == [holds[1]]


def test_a_group_of_several_titles_says_how_many_there_are() -> None:
    make_rules({"values": LIMITS})
    records = [title(2)[0] for _ in range(2)]
    holds = wait_for(make_patron(), *records, copies=2)
    bundle = bundle_of(holds[0].pk)
    assert bundle is not None
    assert one_of_what(bundle, holds[0].pk) == "4 copies for a group · 2 titles"


def test_the_whole_or_a_part_is_cancelled_and_comes_back() -> None:
    make_rules({"values": LIMITS})
    record, _items = title(3)
    holds = wait_for(make_patron(), record, copies=3)
    cancel_holds([holds[2].pk], by=desk(), now=MONDAY_NOON, alone=True)
    assert states(holds) == ["queued", "queued", "cancelled"]
    later = MONDAY_NOON + timedelta(minutes=1)
    cancel_holds([holds[0].pk], by=desk(), now=later)
    assert states(holds) == ["cancelled"] * 3
    restore(holds[0].pk, by=desk(), now=later)
    assert states(holds) == ["queued", "queued", "cancelled"]


def test_the_whole_group_is_suspended_as_far_as_it_waits() -> None:
    make_rules({"values": LIMITS})
    record, items = title(3)
    holds = wait_for(make_patron(), record, copies=3)
    checkin(items[0].barcode, by=desk(), now=MONDAY_NOON)
    suspend([holds[1].pk], until=None, by=desk(), now=MONDAY_NOON)
    states(holds)
    assert [hold.suspended_from for hold in holds] == [None, TODAY, TODAY]


def test_another_day_is_one_for_what_has_come_as_well() -> None:
    make_rules({"values": LIMITS})
    record, items = title(3)
    holds = wait_for(make_patron(), record, copies=3)
    for item in items[:2]:
        checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    later = NEEDED_ON + timedelta(days=5)
    change_days(
        holds[2].pk, starts_on=None, expires_on=later, by=desk(), now=MONDAY_NOON
    )
    states(holds)
    assert {hold.expires_on for hold in holds} == {later}
    assert [hold.pickup_until for hold in holds] == [later, later, None]


def test_more_time_is_given_to_all_that_have_come() -> None:
    make_rules({"values": LIMITS})
    record, items = title(2)
    patron = make_patron()
    holds = wait_for(patron, record, copies=2)
    for item in items:
        checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    day = NEEDED_ON + timedelta(days=2)
    keep_until(holds[0].pk, day, by=desk(), now=MONDAY_NOON)
    states(holds)
    assert [hold.pickup_until for hold in holds] == [day, day]
    last = ask_for_more_time(holds[1].pk, by=themself(patron), now=MONDAY_NOON)
    states(holds)
    assert [hold.pickup_until for hold in holds] == [last, last]


def test_a_group_is_collected_in_one_library() -> None:
    make_rules({"values": LIMITS})
    record, items = title(2)
    there = make_library("SVL")
    holds = wait_for(make_patron(), record, copies=2)
    change_pickup([holds[0].pk], there.pk, by=desk(), now=MONDAY_NOON)
    states(holds)
    assert {hold.pickup_library for hold in holds} == {there}
    checkin(items[0].barcode, by=desk(), now=MONDAY_NOON)
    with pytest.raises(Refused, match="hold-is-on-its-way"):
        change_pickup([holds[1].pk], make_library().pk, by=desk(), now=MONDAY_NOON)
    states(holds)
    assert {hold.pickup_library for hold in holds} == {there}


def test_copies_for_a_group_stand_together_on_the_hold_shelf() -> None:
    make_rules({"values": LIMITS})
    here = make_library()
    for number in (1, 2):
        told = PlaceTold(name=f"A{number}", capacity=9)
        save_place(here.pk, told, by=chief(), now=MONDAY_NOON)
    record, items = title(4)
    alone = make_hold(make_patron(), record, placed_at=MONDAY_NOON - timedelta(hours=1))
    holds = wait_for(make_patron(), record, copies=3)
    for item in items:
        checkin(item.barcode, by=desk(), now=MONDAY_NOON)
    states([alone, *holds])
    names = [hold.stands_in and hold.stands_in.name for hold in (alone, *holds)]
    assert names == ["A1", "A2", "A2", "A2"]


def test_a_bundle_of_other_kinds_is_placed_by_its_own_action() -> None:
    make_rules({"values": LIMITS})
    titles = tuple(title(1)[0].pk for _ in range(2))
    several = Several(kind=HoldBundle.Kind.GROUP, record_ids=titles)
    wish = Wish(record_id=0, pickup_library_id=make_library().pk)
    with pytest.raises(ValueError, match="bundle"):
        place_bundle(make_patron().pk, wish, several, by=desk(), now=MONDAY_NOON)
    assert not Hold.objects.exists()


def test_only_staff_place_for_a_group_and_only_what_can_be() -> None:
    make_rules({"values": LIMITS})
    patron = make_patron()
    record, _items = title(2)
    here = make_library().pk
    wish = Wish(record_id=0, pickup_library_id=here, expires_on=NEEDED_ON)
    group = ForAGroup(record_ids=(record.pk,), copies=2)
    with pytest.raises(NotPermitted):
        place_group(patron.pk, wish, group, by=themself(patron), now=MONDAY_NOON)
    for wrong, what in (
        (ForAGroup(record_ids=(), copies=2), wish),
        (ForAGroup(record_ids=(record.pk, record.pk), copies=2), wish),
        (ForAGroup(record_ids=(record.pk,), copies=0), wish),
        (ForAGroup(record_ids=(record.pk,), copies=100), wish),
        (group, Wish(record_id=0, pickup_library_id=here)),
    ):
        with pytest.raises(ValueError, match="group"):
            place_group(patron.pk, what, wrong, by=desk(), now=MONDAY_NOON)
    assert not Hold.objects.exists()

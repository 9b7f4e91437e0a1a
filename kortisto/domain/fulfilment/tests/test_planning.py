"""Stories of the pull list: it is true at once, and says nothing of patrons."""

from dataclasses import fields
from datetime import timedelta

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.followers import follow
from kortisto.core.models import LoggedEvent
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.circulation.actions.place_bundle import Several, place_bundle
from kortisto.domain.circulation.actions.place_group import ForAGroup, place_group
from kortisto.domain.circulation.actions.place_hold import Wish, place_hold
from kortisto.domain.fulfilment.actions.picking import ask_later, not_found
from kortisto.domain.fulfilment.actions.planning import plan_titles
from kortisto.domain.fulfilment.queries import PullRow, pull_list_of, sections_of
from kortisto.domain.holds.actions.changing import suspend
from kortisto.domain.holds.models import Hold, HoldBundle, Pull
from kortisto.domain.org.models import LibraryGroup, Unit
from kortisto.testing.builders import (
    MONDAY_NOON,
    card_of,
    desk,
    make_group,
    make_hold,
    make_item,
    make_library,
    make_patron,
    make_record,
    make_rules,
    themself,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows, count_queries

pytestmark = pytest.mark.django_db


def plan(*items: Item) -> int:
    return plan_titles({item.record_id for item in items}, now=MONDAY_NOON)


def listed(library: Unit | None = None, *, hours: int = 0) -> list[PullRow]:
    place = library or make_library()
    return pull_list_of(place.pk, now=MONDAY_NOON + timedelta(hours=hours))


def items_of(rows: list[PullRow]) -> list[int]:
    return [row.item_id for row in rows]


def test_a_hold_on_what_stands_on_the_shelf_is_on_the_list() -> None:
    item = make_item(location="AIK", call_number="84.2 KIV")
    make_hold(make_patron(), item.record, pickup=make_library("SVL"))
    assert plan(item) == 1
    [row] = listed()
    assert (row.item_id, row.title, row.call_number) == (
        item.pk,
        item.record.title,
        "84.2 KIV",
    )
    assert row.pickup_library_id == make_library("SVL").pk
    assert listed(make_library("SVL")) == []


def test_the_list_knows_nothing_of_patrons() -> None:
    assert not any("patron" in field.name for field in fields(PullRow))


def test_planning_again_changes_nothing() -> None:
    item = make_item()
    make_hold(make_patron(), item.record)
    plan(item)
    assert plan(item) == 0


def test_one_library_only_is_asked_for_each_hold() -> None:
    """AG24-8: others do not see what one library fetches."""
    record = make_record()
    here, there = make_library("MLI"), make_library("SVL")
    make_item(record=record, library=here)
    near = make_item(record=record, library=there)
    make_hold(make_patron(), record, pickup=there)
    plan(near)
    assert listed(here) == []
    assert items_of(listed(there)) == [near.pk]


def test_the_own_picking_group_is_asked_before_others() -> None:
    record = make_record()
    far, near, pickup = (make_library(code) for code in ("AAA", "SVL", "PIE"))
    make_group(near, pickup, purpose=LibraryGroup.Purpose.PICKING)
    make_item(record=record, library=far)
    in_the_group = make_item(record=record, library=near)
    make_hold(make_patron(), record, pickup=pickup)
    plan(in_the_group)
    assert items_of(listed(near)) == [in_the_group.pk]


@pytest.mark.parametrize("how", ["lent", "held", "missing", "suspended", "cancelled"])
def test_a_row_is_gone_the_moment_it_is_not_true_any_more(how: str) -> None:
    """Before any plan is made anew: the list never lies (pain point 5)."""
    item, patron = make_item(), make_patron()
    hold = make_hold(patron, item.record)
    plan(item)
    match how:
        case "lent":
            checkout(card_of(make_patron()), item.barcode, by=desk(), now=MONDAY_NOON)
        case "held":
            checkin(item.barcode, by=desk(), now=MONDAY_NOON)
        case "missing":
            Item.objects.filter(pk=item.pk).update(lost="4")
        case "suspended":
            suspend([hold.pk], until=None, by=themself(patron), now=MONDAY_NOON)
        case _:
            cancel_holds([hold.pk], by=desk(), now=MONDAY_NOON)
    assert listed() == []
    assert Pull.objects.count() == 1


@pytest.mark.django_db(transaction=True)  # PostgreSQL shows what is committed only
def test_what_happens_is_planned_by_the_follower() -> None:
    patron, first, second = make_patron(), make_item(), make_item()
    for item in (first, second):
        wish = Wish(record_id=item.record_id, pickup_library_id=make_library().pk)
        place_hold(patron.pk, wish, by=desk(), now=MONDAY_NOON)
    while follow("pull-lists", now=MONDAY_NOON):
        pass
    assert {*items_of(listed())} == {first.pk, second.pk}
    checkin(first.barcode, by=desk(), now=MONDAY_NOON)
    while follow("pull-lists", now=MONDAY_NOON):
        pass
    assert list(Pull.objects.values_list("item", flat=True)) == [second.pk]


def test_scanning_the_copy_serves_the_hold_it_was_fetched_for() -> None:
    """And not the first of the queue, for whom another copy is on its way."""
    record = make_record()
    here, there = make_library("MLI"), make_library("SVL")
    mine = make_item(record=record, library=here)
    make_item(record=record, library=there)
    first = make_hold(make_patron(), record, pickup=there)
    second = make_hold(make_patron(), record, pickup=here, placed_at=MONDAY_NOON)
    plan(mine)
    checkin(mine.barcode, by=desk(here), now=MONDAY_NOON)
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.state == Hold.State.QUEUED
    assert (second.state, second.item) == (Hold.State.WAITING, mine)


def test_a_copy_that_is_not_found_sends_another_library() -> None:
    record = make_record()
    here, there = make_library("MLI"), make_library("SVL")
    lost_sight_of = make_item(record=record, library=here)
    other = make_item(record=record, library=there)
    make_hold(make_patron(), record, pickup=here)
    plan(other)
    [row] = listed(here)
    assert not not_found(row.pull_id, by=desk(here), now=MONDAY_NOON)
    assert listed(here) == []
    assert items_of(listed(there)) == [other.pk]
    told = LoggedEvent.objects.get(kind="ItemMissed")
    assert told.body["item_id"] == lost_sight_of.pk
    lost_sight_of.refresh_from_db()
    assert lost_sight_of.lost == ""


def test_a_copy_missed_three_times_is_missing_until_it_is_seen() -> None:
    item = make_item()
    make_hold(make_patron(), item.record)
    for time in range(1, 4):
        plan(item)
        Item.objects.filter(pk=item.pk).update(last_seen_at=None)
        row = Pull.objects.first()
        if row is None:  # somebody still has the list of before
            row = Pull.objects.create(
                hold=Hold.objects.get(),
                item=item,
                library=item.library,
                planned_at=MONDAY_NOON,
            )
        missing = not_found(row.pk, by=desk(), now=MONDAY_NOON)
        assert missing == (time == 3)
    item.refresh_from_db()
    assert item.lost == "4"
    checkin(item.barcode, by=desk(), now=MONDAY_NOON + timedelta(minutes=1))
    assert Hold.objects.get().state == Hold.State.WAITING


def test_a_row_that_is_put_off_comes_last_and_comes_back() -> None:
    first, second = make_item(location="A"), make_item(location="B")
    for item in (first, second):
        make_hold(make_patron(), item.record)
        plan(item)
    ask_later(listed()[0].pull_id, by=desk(), now=MONDAY_NOON)
    assert items_of(listed()) == [second.pk, first.pk]
    assert [row.put_off for row in listed()] == [False, True]
    assert items_of(listed(hours=5)) == [first.pk, second.pk]


def test_each_walks_along_their_own_shelves() -> None:
    upstairs, cellar = make_item(location="AIK"), make_item(location="VAR")
    for item in (upstairs, cellar):
        make_hold(make_patron(), item.record)
        plan(item)
    here = make_library().pk
    assert sections_of(here, now=MONDAY_NOON) == [("AIK", 1), ("VAR", 1)]
    rows = pull_list_of(here, now=MONDAY_NOON, sections=["VAR"])
    assert items_of(rows) == [cellar.pk]


def test_whoever_may_not_fetch_says_nothing() -> None:
    item = make_item()
    make_hold(make_patron(), item.record)
    plan(item)
    [row] = listed()
    for say in (not_found, ask_later):
        with pytest.raises(NotPermitted):
            say(row.pull_id, by=themself(make_patron()), now=MONDAY_NOON)
    assert not LoggedEvent.objects.filter(kind="ItemMissed").exists()


def test_what_is_not_holdable_is_not_fetched() -> None:
    make_rules({"values": {"holdable": False}})
    item = make_item()
    make_hold(make_patron(), item.record)
    assert plan(item) == 0


def test_a_list_of_any_length_is_one_statement() -> None:
    def add() -> None:
        item = make_item()
        make_hold(make_patron(), item.record)
        plan(item)

    assert_same_queries_with_more_rows(listed, add_rows=add)


def test_planning_many_titles_costs_no_more_statements_than_one() -> None:
    def some(number: int) -> list[Item]:
        items = [make_item() for _ in range(number)]
        for item in items:
            make_hold(make_patron(), item.record)
        return items

    one, many = some(1), some(12)
    plan(*some(1))  # warm what is kept
    assert count_queries(lambda: plan(*one)) == count_queries(lambda: plan(*many))


def test_one_copy_is_fetched_for_a_wish_for_several_titles() -> None:
    items = [make_item(record=make_record(f"Painos {n}")) for n in range(3)]
    several = Several(
        kind=HoldBundle.Kind.EDITIONS,
        record_ids=tuple(item.record_id for item in items),
    )
    wish = Wish(record_id=0, pickup_library_id=make_library("SVL").pk)
    patron = make_patron()
    place_bundle(patron.pk, wish, several, by=desk(), now=MONDAY_NOON)

    plan(*items)
    assert items_of(listed()) == [items[0].pk]
    plan(items[1])  # on its own: another title is about to be fetched
    assert items_of(listed()) == [items[0].pk]

    not_found(Pull.objects.get().pk, by=desk(), now=MONDAY_NOON)
    plan(*items)
    assert items_of(listed()) == [items[1].pk]


def test_the_next_part_of_a_series_is_fetched_when_the_first_is_back() -> None:
    items = [make_item(record=make_record(f"Osa {n}")) for n in range(2)]
    several = Several(
        kind=HoldBundle.Kind.SERIES,
        record_ids=tuple(item.record_id for item in items),
    )
    wish = Wish(record_id=0, pickup_library_id=make_library().pk)
    patron = make_patron()
    place_bundle(patron.pk, wish, several, by=desk(), now=MONDAY_NOON)
    plan(*items)
    assert items_of(listed()) == [items[0].pk]
    first = items[0].barcode
    checkin(first, by=desk(), now=MONDAY_NOON)
    checkout(card_of(patron), first, by=desk(), now=MONDAY_NOON)
    plan(*items)
    assert listed() == []

    checkin(first, by=desk(), now=MONDAY_NOON + timedelta(hours=1))
    plan(*items)

    assert items_of(listed()) == [items[1].pk]


def test_a_copy_is_fetched_for_each_hold_of_a_group() -> None:
    make_rules({"values": {"holds_per_record": 9}})
    first, second = make_record(), make_record()
    for record in (first, first, second, second):
        make_item(record=record)
    wish = Wish(
        record_id=0,
        pickup_library_id=make_library().pk,
        expires_on=MONDAY_NOON.date() + timedelta(days=9),
    )
    group = ForAGroup(record_ids=(first.pk, second.pk), copies=2)
    place_group(make_patron().pk, wish, group, by=desk(), now=MONDAY_NOON)
    for record in (first, second):
        plan_titles([record.pk], now=MONDAY_NOON)
    assert Pull.objects.count() == 4

"""Stories of the places of a hold shelf: offered, filled, closed, free again."""

from datetime import timedelta
from functools import partial

import pytest

from kortisto.core.actors import NotPermitted
from kortisto.core.models import LoggedEvent
from kortisto.core.refusals import Refused
from kortisto.domain.catalogue.models import Item
from kortisto.domain.circulation.actions.cancel_hold import cancel_holds
from kortisto.domain.circulation.actions.checkin import checkin
from kortisto.domain.circulation.actions.checkout import checkout
from kortisto.domain.holds.actions.expiring import expire_holds
from kortisto.domain.holds.actions.shelving import (
    PlaceTold,
    mark_full,
    open_to_all,
    put_elsewhere,
    remove_place,
    reserve,
    save_place,
)
from kortisto.domain.holds.models import Hold, ShelfPlace
from kortisto.domain.holds.shelf_queries import places_at, room_on_shelves
from kortisto.domain.org.models import Unit
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
    themself,
)
from kortisto.testing.queries import assert_same_queries_with_more_rows
from kortisto.testing.races import at_once, codes

pytestmark = pytest.mark.django_db

A_DAY = timedelta(days=1)


def make_place(
    name: str, *, capacity: int = 2, library: Unit | None = None, **told: object
) -> ShelfPlace:
    place = library or make_library()
    return save_place(
        place.pk,
        PlaceTold(name=name, capacity=capacity, **told),  # type: ignore[arg-type]
        by=chief(place),
        now=MONDAY_NOON,
    )


def arrive(item: Item | None = None, *, days: int = 0, by: int = 1) -> Hold:
    """A copy comes back for somebody who waits."""
    back = item or make_item()
    hold = make_hold(make_patron(), back.record)
    who = desk() if by == 1 else chief()
    checkin(back.barcode, by=who, now=MONDAY_NOON + days * A_DAY)
    hold.refresh_from_db()
    assert hold.state == Hold.State.WAITING
    return hold


def place_of(hold: Hold) -> str:
    hold.refresh_from_db()
    return "" if hold.stands_in is None else hold.stands_in.name


def test_a_library_without_places_shelves_as_it_pleases() -> None:
    make_place("B1", library=make_library("SVL"))
    assert arrive().stands_in is None


def test_places_are_filled_one_after_another() -> None:
    for name in ("A2", "A1"):
        make_place(name)
    assert [place_of(arrive()) for _ in range(5)] == ["A1", "A1", "A2", "A2", ""]


def test_two_copies_of_one_title_stand_apart_unless_the_place_takes_both() -> None:
    make_place("A1", capacity=9)
    make_place("A2", capacity=9)
    record = make_record()
    first, second, third = (arrive(make_item(record=record)) for _ in range(3))
    assert [place_of(one) for one in (first, second, third)] == ["A1", "A2", ""]
    make_place("SALI", capacity=9, same_title=True)
    assert place_of(arrive(make_item(record=record))) == "SALI"
    assert place_of(arrive(make_item(record=record))) == "SALI"


def test_what_came_yesterday_closes_a_place_until_it_is_empty() -> None:
    make_place("A1")
    make_place("A2")
    old = arrive()
    assert place_of(arrive(days=1)) == "A2"
    assert place_of(old) == "A1"
    assert old.item is not None
    checkout(card_of(old.patron), old.item.barcode, by=desk(), now=MONDAY_NOON + A_DAY)
    assert place_of(arrive(days=1)) == "A1"


@pytest.mark.parametrize("how", ["collected", "cancelled", "expired"])
def test_room_is_free_as_soon_as_the_copy_has_gone(how: str) -> None:
    """A hold that has ended keeps its room while its copy still stands there."""
    make_place("A1", capacity=1, one_day=False)
    hold = arrive()
    assert hold.item is not None
    later = MONDAY_NOON + 30 * A_DAY
    match how:
        case "collected":
            checkout(card_of(hold.patron), hold.item.barcode, by=desk(), now=later)
        case "cancelled":
            cancel_holds([hold.pk], by=desk(), now=later)
        case _:
            expire_holds(by=chief(), now=later)
    if how != "collected":
        assert place_of(hold) == "A1"
        assert arrive(days=30).stands_in is None
        checkin(hold.item.barcode, by=desk(), now=later)
    assert place_of(hold) == ""
    assert place_of(arrive(days=30)) == "A1"


def test_a_copy_lent_to_somebody_else_leaves_its_place_and_its_hold_waits() -> None:
    make_place("A1", capacity=1)
    hold = arrive()
    assert hold.item is not None
    checkout(
        card_of(make_patron()),
        hold.item.barcode,
        by=chief(),
        now=MONDAY_NOON,
        overriding=["waits-for-another"],
    )
    hold.refresh_from_db()
    assert (hold.state, hold.shelf_place, hold.shelved_on) == ("queued", None, None)


def test_a_reserved_place_is_for_one_and_for_today() -> None:
    make_place("A1", priority=1)
    mine = make_place("A2", priority=2)
    reserve(mine.pk, by=desk(), now=MONDAY_NOON)
    assert place_of(arrive()) == "A2"
    assert place_of(arrive(by=2)) == "A1"
    with pytest.raises(Refused, match="place-is-reserved"):
        reserve(mine.pk, by=chief(), now=MONDAY_NOON)
    reserve(mine.pk, by=chief(), now=MONDAY_NOON + A_DAY)
    open_to_all(mine.pk, by=desk(), now=MONDAY_NOON + A_DAY)
    mine.refresh_from_db()
    assert (mine.reserved_by, mine.reserved_on) == ("", None)


def test_a_place_marked_as_full_is_free_again_by_itself() -> None:
    place = make_place("A1", capacity=9, one_day=False)
    thick = arrive()
    mark_full(place.pk, full=True, by=desk(), now=MONDAY_NOON)
    assert arrive().stands_in is None
    assert thick.item is not None
    checkout(card_of(thick.patron), thick.item.barcode, by=desk(), now=MONDAY_NOON)
    assert place_of(arrive()) == "A1"
    place.refresh_from_db()
    assert place.full_at is None


def test_staff_may_put_a_copy_elsewhere_but_not_where_there_is_no_room() -> None:
    make_place("A1", capacity=1)
    tuesdays = make_place("TI", capacity=1, weekday=1)
    locked = make_place("POIS", locked=True)
    there = make_place("B1", library=make_library("SVL"))
    hold = arrive()
    put_elsewhere(hold.pk, tuesdays.pk, by=desk(), now=MONDAY_NOON)
    assert place_of(hold) == "TI"
    other = arrive()
    for place, why in (
        (tuesdays, "place-has-no-room"),
        (locked, "place-is-locked"),
        (there, "place-is-elsewhere"),
    ):
        with pytest.raises(Refused, match=why):
            put_elsewhere(other.pk, place.pk, by=desk(), now=MONDAY_NOON)
    assert place_of(other) == "A1"
    put_elsewhere(other.pk, None, by=desk(), now=MONDAY_NOON)
    assert place_of(other) == ""
    told = LoggedEvent.objects.filter(kind="HoldChanged", body__hold_id=other.pk)
    assert [row.body["fields"] for row in told] == [["shelf_place"]]


def test_a_copy_that_is_not_on_the_shelf_is_put_nowhere() -> None:
    place = make_place("A1")
    queued = make_hold(make_patron(), make_record())
    with pytest.raises(Refused, match="not-on-hold-shelf"):
        put_elsewhere(queued.pk, place.pk, by=desk(), now=MONDAY_NOON)


def test_a_place_is_named_once_and_removed_when_it_is_empty() -> None:
    place = make_place("A1")
    with pytest.raises(Refused, match="place-name-in-use"):
        make_place(" a1 ")
    make_place("A1", library=make_library("SVL"))
    hold = arrive()
    with pytest.raises(Refused, match="place-is-not-empty"):
        remove_place(place.pk, by=chief(), now=MONDAY_NOON)
    assert hold.item is not None
    checkout(card_of(hold.patron), hold.item.barcode, by=desk(), now=MONDAY_NOON)
    remove_place(place.pk, by=chief(), now=MONDAY_NOON)
    hold.refresh_from_db()
    assert (hold.state, hold.shelf_place) == (Hold.State.FILLED, None)
    assert LoggedEvent.objects.filter(kind="ShelfPlaceRemoved").count() == 1


def test_who_may_not_decide_of_the_shelf_changes_nothing() -> None:
    place = make_place("A1")
    told = PlaceTold(name="A2", capacity=5)
    before = LoggedEvent.objects.count()
    with pytest.raises(NotPermitted):
        save_place(make_library().pk, told, by=desk(), now=MONDAY_NOON)
    with pytest.raises(NotPermitted):
        remove_place(place.pk, by=desk(), now=MONDAY_NOON)
    for act in (reserve, open_to_all, partial(mark_full, full=True)):
        with pytest.raises(NotPermitted):
            act(place.pk, by=themself(make_patron()), now=MONDAY_NOON)
        with pytest.raises(ShelfPlace.DoesNotExist):  # of another library's shelf
            act(place.pk, by=desk(make_library("SVL")), now=MONDAY_NOON)
    assert LoggedEvent.objects.count() == before


def test_what_is_on_its_way_takes_room() -> None:
    here = make_library()
    assert room_on_shelves() == {}
    make_place("A1", capacity=2)
    make_place("A2", capacity=2, locked=True)
    arrive()
    assert room_on_shelves() == {here.pk: 1}
    item = make_item(library=make_library("SVL"))
    make_hold(make_patron(), item.record, pickup=here)
    checkin(item.barcode, by=desk(make_library("SVL")), now=MONDAY_NOON)
    assert room_on_shelves() == {here.pk: 0}


def test_places_are_read_at_once() -> None:
    today = MONDAY_NOON.date()
    numbers = iter(range(1, 99))

    def one_more() -> None:
        make_place(f"A{next(numbers)}")
        arrive()

    one_more()
    here = make_library().pk
    assert_same_queries_with_more_rows(
        lambda: places_at(here, today=today), add_rows=one_more
    )


@pytest.mark.django_db(transaction=True)
def test_two_captures_for_the_last_room_get_one_each_or_none() -> None:
    for number in range(5):
        Hold.objects.filter(state=Hold.State.WAITING).update(state="filled")
        ShelfPlace.objects.all().update(locked=True)
        place = make_place(f"A{number}", capacity=1)
        items = [make_item(), make_item()]
        for item in items:
            make_hold(make_patron(), item.record)
        at_once(
            *(
                partial(checkin, item.barcode, by=desk(), now=MONDAY_NOON)
                for item in items
            )
        )
        waiting = Hold.objects.filter(state=Hold.State.WAITING)
        assert waiting.count() == 2
        assert waiting.filter(shelf_place=place).count() == 1
        assert waiting.filter(shelf_place=None).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_name_a_place_alike_at_once_make_one() -> None:
    here, by = make_library().pk, chief()
    for number in range(5):
        told = PlaceTold(name=f"A{number}", capacity=1)
        answers = at_once(
            *(partial(save_place, here, told, by=by, now=MONDAY_NOON) for _ in "12")
        )
        assert codes(answers) == ["place-name-in-use"]
    assert ShelfPlace.objects.count() == 5
